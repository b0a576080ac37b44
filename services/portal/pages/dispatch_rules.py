"""The dispatch catalogue: rules in order, test cases, what a draft changes, signatures, replay.

One version is shown at a time: the draft where there is one, else the one in force. Everything is
asked of the API as whoever looks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.portal import repository
from services.portal.pages import rule_forms
from services.portal.pages.beside import Beside
from services.portal.pages.calling import Answer, Ask, call, refused
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here, page
from shared.errors import Refused
from shared.http import Door
from shared.http.demands import Audience, demands, demands_by
from shared.security.policy import Action, Resource, may

router = APIRouter()

AT = "/admin/dispatch-rules"
API = "/api/v1/dispatch-catalogues"
REFUSALS = {401: "not_signed_in", 403: "not_allowed", 404: "unknown_catalogue", 400: "bad_cursor"}
MOST_ITEMS = 2_000
INSTANTS = frozenset(
    (
        *("opened_at", "first_at", "second_at", "live_from", "moved_at"),
        *("since", "until", "asked_at", "ended_at"),
    )
)
ACTS: Mapping[str, Action] = MappingProxyType(
    {
        "begin": Action.CATALOGUE_WRITE,
        "discard": Action.CATALOGUE_WRITE,
        "enter": Action.CATALOGUE_WRITE,
        "move": Action.CATALOGUE_WRITE,
        "remove": Action.CATALOGUE_WRITE,
        "try": Action.CATALOGUE_WRITE,
        "untry": Action.CATALOGUE_WRITE,
        "simulate": Action.CATALOGUE_WRITE,
        "sign": Action.CATALOGUE_SIGN,
    }
)
DONE: Mapping[str, str] = MappingProxyType(
    {
        "begin": _("已新开草稿。改好、检查通过、两个人签署以后才生效。"),
        "discard": _("草稿已作废。"),
        "enter": _("规则已保存到草稿。"),
        "move": _("顺序已调整。"),
        "remove": _("规则已从草稿删除。"),
        "try": _("测试用例已加上，结果在下面。"),
        "untry": _("测试用例已删除。"),
        "simulate": _("模拟已经开始，在后台进行，可以离开本页。"),
        "sign": _("已签署。"),
    }
)


@dataclass(frozen=True, slots=True)
class Sought:
    """What an address names: a version, a rule to change, from where on the rules are listed."""

    version: int | None = None
    rule: str = ""
    cursor: str = ""
    done: str = ""


@router.get(AT)
@demands(Action.CATALOGUE_READ, audience=Audience.STAFF)
async def dispatch_rules(
    request: Request,
    version: int | None = None,
    rule: str = "",
    cursor: str = "",
    done: str = "",
) -> Response:
    """Show one version of the rules of dispatch."""
    return await _shown(request, Sought(version, rule, cursor, done), Beside())


@router.post(f"{AT}/{{act}}")
@demands_by("act", ACTS)
async def do(request: Request, act: str) -> Response:
    """Do one thing with the draft."""
    staff_of(request)
    if act not in ACTS:
        raise Refused("not_found")
    form = await read_staff_form(request)
    method, path, body = _asking(act, form)
    answer = await call(request, method, path, Ask(body, once=form.optional("once")))
    if answer.ok:
        return RedirectResponse(f"{AT}?{urlencode({'done': act})}", 303)
    errors = rule_forms.errors_of(answer)
    typed = {
        **rule_forms.BLANK,
        **form.values,
        **{name: form.all(name) for name in rule_forms.CHOSEN},
    }
    told = "" if errors and act in ("enter", "try", "simulate") else answer.says()
    return await _shown(request, Sought(), Beside(act, typed, errors, told, answer.status))


def _asking(act: str, form: Form) -> tuple[str, str, dict[str, Any] | None]:
    code = quote(form.get("code"), safe="")
    rules = f"{API}/draft/rules"
    enter = ("PUT", f"{rules}/{code}") if code else ("POST", rules)
    asked: Mapping[str, tuple[str, str, Callable[[Form], dict[str, Any]] | None]] = {
        "begin": ("POST", API, lambda form: {"note": form.get("note")}),
        "discard": ("DELETE", f"{API}/draft", None),
        "enter": (*enter, rule_forms.rule_body),
        "move": ("POST", f"{rules}/{code or '-'}/move", _position),
        "remove": ("DELETE", f"{rules}/{code or '-'}", None),
        "try": ("POST", f"{API}/draft/tests", rule_forms.trial_body),
        "untry": ("DELETE", f"{API}/draft/tests/{quote(form.get('test') or '-', safe='')}", None),
        "simulate": ("POST", f"{API}/draft/simulations", rule_forms.period_body),
        "sign": ("POST", f"{API}/draft/sign", rule_forms.sign_body),
    }
    method, path, body = asked[act]
    return method, path, None if body is None else body(form)


def _position(form: Form) -> dict[str, Any]:
    return {"position": int(told) if (told := form.get("to")).isdecimal() else 0}


async def _shown(request: Request, sought: Sought, beside: Beside) -> Response:
    actor, door = staff_of(request), door_here(request)
    versions = [dated(one) for one in (await _asked(request, API))["items"]]
    shown = _chosen(versions, sought.version)
    told = await _version(request, shown, sought) if shown else {}
    here = Resource(node=door.node.code)
    known = {
        "tools": tools_of(actor, door),
        "note": DONE.get(sought.done, ""),
        "beside": beside,
        "can": {act: may(actor, action, here).allowed for act, action in ACTS.items()},
        "versions": versions,
        "version": shown,
        "sought": sought,
        **_names(door),
        **rule_values(told),
    }
    return page(request, "admin/dispatch_rules.html", known, beside.status)


async def _version(request: Request, version: Mapping[str, Any], sought: Sought) -> dict[str, Any]:
    at = f"{API}/{version['number']}"
    query = f"?{urlencode({'cursor': sought.cursor})}" if sought.cursor else ""
    told = {
        "rules": await _asked(request, f"{at}/rules{query}"),
        "simulations": await _asked(request, f"{at}/simulations"),
    }
    if version["state"] == "draft":
        told["check"] = await _asked(request, f"{at}/check")
        told["changes"] = await _asked(request, f"{at}/changes")
    if sought.rule:
        path = f"{at}/rules/{quote(sought.rule, safe='')}"
        told["rule"] = await _asked(request, path)
    return told


def _chosen(versions: list[dict[str, Any]], number: int | None) -> dict[str, Any] | None:
    if number is not None:
        found = next((one for one in versions if one["number"] == number), None)
        if found is None:
            raise Refused("unknown_catalogue")
        return found
    draft = next((one for one in versions if one["state"] == "draft"), None)
    live = next((one for one in versions if one["in_force"]), None)
    return draft or live or (versions[0] if versions else None)


def _names(door: Door) -> dict[str, Any]:
    with door.unit.transaction() as db:
        units = [(unit.code, unit.title) for unit in repository.units(db)]
        items = {one.code: one.title for one in repository.items(db, "", MOST_ITEMS)}
    return {"units": units, "titles": {**dict(units), "": _("人工派单池")}, "items": items}


def rule_values(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page shows of what the API answered."""
    rules = told.get("rules") or {"items": [], "next": None}
    rule = told.get("rule")
    return {
        "rules": rules["items"],
        "more": rules["next"],
        "check": told.get("check"),
        "changes": told.get("changes") or [],
        "simulations": [dated(one) for one in told.get("simulations") or ()],
        "rule": rule,
        "typed": rule_forms.form_values(rule) if rule else rule_forms.BLANK,
        "forms": rule_forms,
    }


def dated(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the API told with its instants read."""
    return {
        name: datetime.fromisoformat(value) if name in INSTANTS and value else value
        for name, value in told.items()
    }


async def _asked(request: Request, path: str) -> Any:
    answer: Answer = await call(request, "GET", path)
    if not answer.ok:
        raise refused(answer, REFUSALS)
    return answer.body
