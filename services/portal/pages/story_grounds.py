"""On what grounds a case went where it went, as its story says: a rule, or what was learned."""

from collections.abc import Mapping
from typing import Any

from services.portal.pages.language import later as _
from services.portal.pages.language import listed, say
from services.portal.pages.rule_forms import MET_WORDS


def grounds_of(told: Mapping[str, Any]) -> str:
    """Return the grounds that a fact tells; nothing where it tells none."""
    if told.get("suggestion"):
        return _counted(told["suggestion"])
    return f"；{_ruled(told['rule'])}" if told.get("rule") else ""


def _counted(made: Mapping[str, Any]) -> str:
    told = [line.partition(":") for line in str(made.get("counted_masked") or "").splitlines()]
    named = [f"{say(MET_WORDS[kind])}：{value}" for kind, _at, value in told if kind in MET_WORDS]
    said = [value for kind, _at, value in told if kind == "word"]
    named += [say(_("说到：{words}")).format(words=listed(said))] if said else []
    return say(_("；依据：{what}")).format(what="，".join(named)) if named else ""


def _ruled(rule: Mapping[str, Any]) -> str:
    told = [line.partition(":") for line in str(rule.get("met_masked") or "").splitlines()]
    met = "，".join(
        f"{say(MET_WORDS[name])}：{value}" for name, _at, value in told if name in MET_WORDS
    )
    named = say(_("规则 {code}（第 {number} 版）"))
    fits = say(_("，符合：{what}")).format(what=met) if met else ""
    return named.format(code=rule["code"], number=rule["catalogue"]) + fits
