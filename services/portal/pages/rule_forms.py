"""What is typed about rules of dispatch, and what the API is asked; conditions in words."""

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from services.portal.pages.calling import Answer
from services.portal.pages.dates import CHINA, WEEKDAYS
from services.portal.pages.forms import Form, number_in
from services.portal.pages.language import later as _
from services.portal.pages.language import listed
from services.portal.pages.words import CHANNELS, PARTIES

BETWEEN = re.compile(r"[\s,，、;；]+")
LISTS = ("items", "kinds", "regions", "any_words", "all_words", "no_words")
"""Conditions typed as a list of codes or words."""
CHOSEN = ("channels", "parties", "weekdays")
DAYS = ("valid_from", "valid_until")
BLANK: Mapping[str, Any] = MappingProxyType(
    {
        **dict.fromkeys((*LISTS, *DAYS, "title", "unit_code", "co_units", "legal_basis"), ""),
        **dict.fromkeys(("from_hour", "to_hour", "urgency", "complexity", "place", "code"), ""),
        **dict.fromkeys(CHOSEN, ()),
    }
)
"""The fields of a rule before anything is typed."""
CONDITION_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "items": _("事项"),
        "kinds": _("事项类别"),
        "regions": _("地区"),
        "channels": _("来源"),
        "parties": _("反映人"),
        "any_words": _("含任意一个词"),
        "all_words": _("含全部的词"),
        "no_words": _("不含的词"),
        "valid_from": _("从哪天起"),
        "valid_until": _("到哪天止"),
        "weekdays": _("星期"),
        "hours": _("时段"),
    }
)
MET_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "item": _("事项"),
        "kind": _("事项类别"),
        "region": _("地区"),
        "channel": _("来源"),
        "party": _("反映人"),
        "any_words": _("关键词"),
        "all_words": _("关键词"),
        "day": _("日期"),
        "weekday": _("星期"),
        "hour": _("时段"),
    }
)
URGENCIES: Mapping[str, str] = MappingProxyType(
    {"ordinary": _("一般"), "urgent": _("急"), "critical": _("特急")}
)
FINDINGS: Mapping[str, str] = MappingProxyType(
    {
        "unknown_unit": _("没有这个单位"),
        "unit_inactive": _("单位已停用"),
        "unknown_item": _("没有这个事项"),
        "never": _("条件互相矛盾，永远不会符合"),
        "shadowed": _("永远轮不到：排在前面的规则全都管了"),
        "contradiction": _("和排在前面的规则矛盾：同样的事派给不同单位"),
        "expired": _("有效期已过"),
        "co_is_lead": _("协办单位就是主办单位"),
    }
)
CHANGES: Mapping[str, str] = MappingProxyType(
    {"added": _("新增"), "removed": _("删除"), "changed": _("修改"), "moved": _("调整顺序")}
)
FIELD_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "title": _("名称"),
        "conditions": _("条件"),
        "unit_code": _("主办单位"),
        "co_units": _("协办单位"),
        "urgency": _("紧急程度"),
        "complexity": _("难易提示"),
        "legal_basis": _("依据"),
        "source": _("来历"),
    }
)


def rule_body(form: Form) -> dict[str, Any]:
    """Return the rule that a form holds, as the API takes it."""
    told = {name: form.optional(name) for name in ("urgency", "complexity", "source")}
    place = number_in(form.get("place"))
    return {
        **{name: value for name, value in told.items() if value},
        "title": form.get("title"),
        "unit_code": form.get("unit_code"),
        "co_units": split(form.get("co_units")),
        "legal_basis": form.get("legal_basis"),
        "conditions": _conditions(form),
        **({"position": max(place - 1, 0)} if place is not None else {}),
    }


def trial_body(form: Form) -> dict[str, Any]:
    """Return the test case that a form holds."""
    names = ("title", "unit_code", "item_code", "region", "channel", "party", "text")
    return {name: value for name in names if (value := form.optional(name))}


def sign_body(form: Form) -> dict[str, Any]:
    """Return what is signed: the edition that was on the page, and from when it shall hold."""
    live = instant(form.get("live_from"))
    return {"edition": number_in(form.get("edition")) or 0} | ({"live_from": live} if live else {})


def period_body(form: Form) -> dict[str, Any]:
    """Return the period of a replay; each day from its midnight in China."""
    return {name: instant(form.get(name)) for name in ("since", "until")}


def instant(told: str) -> str:
    """Return a day or local moment as it was typed with the zone of China; as it is if neither."""
    try:
        return datetime.fromisoformat(told).replace(tzinfo=CHINA).isoformat()
    except ValueError:
        return told


def split(told: str) -> list[str]:
    """Return the codes or words of a list as people type it."""
    return [part for part in BETWEEN.split(told) if part]


def errors_of(answer: Answer) -> dict[str, str]:
    """Return what is wrong by the field of the form that it is about."""
    found: dict[str, str] = {}
    for place, sentence in answer.errors().items():
        parts = place.split(".")
        name = parts[1] if parts[0] == "conditions" and len(parts) > 1 else parts[0]
        found.setdefault("place" if name == "position" else name, sentence)
    return found


def form_values(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of the form for a rule as the API tells it."""
    asked = rule["conditions"]
    hours = asked.get("hours") or ("", "")
    return {
        **{name: rule.get(name) or "" for name in FIELD_WORDS if name != "conditions"},
        "co_units": "、".join(rule["co_units"]),
        **{name: "、".join(asked.get(name, ())) for name in LISTS},
        **{name: [str(one) for one in asked.get(name, ())] for name in CHOSEN},
        **{name: asked.get(name, "") for name in DAYS},
        "from_hour": hours[0],
        "to_hour": hours[1],
        "place": rule["position"] + 1,
        "code": rule["code"],
    }


def spoken(conditions: Mapping[str, Any], items: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return each condition and its values in words."""
    return [
        (CONDITION_WORDS[name], _value(name, conditions[name], items))
        for name in CONDITION_WORDS
        if conditions.get(name)
    ]


def _value(name: str, value: Any, items: Mapping[str, str]) -> str:
    match name:
        case "hours":
            return f"{value[0]}:00–{value[1]}:00"
        case "weekdays":
            return listed(WEEKDAYS[day - 1] for day in value)
        case "valid_from" | "valid_until":
            return str(value)
        case _:
            words = {"items": items, "channels": CHANNELS, "parties": PARTIES}.get(name, {})
            return listed(words.get(one, one) for one in value)


def _conditions(form: Form) -> dict[str, Any]:
    told: dict[str, Any] = {name: found for name in LISTS if (found := split(form.get(name)))}
    told |= {name: found for name in CHOSEN if (found := form.all(name))}
    told |= {name: value for name in DAYS if (value := form.optional(name))}
    if "weekdays" in told:
        told["weekdays"] = [number_in(day) or 0 for day in told["weekdays"]]
    hours = [form.get("from_hour"), form.get("to_hour")]
    if any(hours):
        numbers = [number_in(hour) for hour in hours]
        told["hours"] = [0 if numbers[0] is None else numbers[0], _end(numbers[1])]
    return told


def _end(hour: int | None) -> int:
    return 24 if hour is None else hour
