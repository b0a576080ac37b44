"""The limits: rows in plain words, the draft, what is wrong with it, replays, signatures.

One version is shown at a time: the draft where there is one, else the one in force. Everything is
asked of the API as whoever looks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages import limit_forms, rule_forms
from services.portal.pages.beside import Beside
from services.portal.pages.calling import Answer, Ask, call, refused
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.dispatch_rules import dated
from services.portal.pages.forms import Form, read_staff_form
from services.portal.pages.language import language_now
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here, page
from shared.errors import Refused
from shared.http import Door
from shared.http.demands import Audience, demands, demands_by
from shared.security.policy import Action, Resource, may

router = APIRouter()

AT = "/admin/limits"
API = "/api/v1/limit-sets"
BUILT_IN: Mapping[str, str] = MappingProxyType({"built_in": "built-in", "shipped": "shipped"})
"""What is asked of the API where no version is shown."""
REFUSALS = {401: "not_signed_in", 403: "not_allowed", 404: "unknown_limit_set"}
MOST_ITEMS = 2_000
ACTS: Mapping[str, Action] = MappingProxyType(
    {
        "begin": Action.LIMITS_WRITE,
        "discard": Action.LIMITS_WRITE,
        "enter": Action.LIMITS_WRITE,
        "remove": Action.LIMITS_WRITE,
        "moving": Action.LIMITS_WRITE,
        "simulate": Action.LIMITS_WRITE,
        "sign": Action.LIMITS_SIGN,
    }
)
DONE: Mapping[str, str] = MappingProxyType(
    {
        "begin": _("已新开草稿。改好、检查通过、两个人签署以后才生效。"),
        "discard": _("草稿已作废。"),
        "enter": _("这一条已保存到草稿。"),
        "remove": _("这一条已从草稿删除。"),
        "moving": _("在办件怎么办，已记下。"),
        "simulate": _("模拟已经开始，在后台进行，可以离开本页。"),
        "sign": _("已签署。"),
    }
)


@dataclass(frozen=True, slots=True)
class Sought:
    """What an address names: a version, a row to change, what is tried out."""

    version: int | None = None
    row: str = ""
    done: str = ""
    tried: Mapping[str, str] = field(default_factory=dict)


@router.get(AT)
@demands(Action.LIMITS_READ, audience=Audience.STAFF)
async def limits(
    request: Request, version: int | None = None, row: str = "", done: str = ""
) -> Response:
    """Show one version of the limits; what is tried out stands in the address."""
    asked = request.query_params
    tried = {name: asked[name] for name in limit_forms.TRIED if asked.get(name)}
    return await _shown(request, Sought(version, row, done, tried), Beside())


@router.post(f"{AT}/{{act}}")
@demands_by("act", ACTS)
async def do(request: Request, act: str) -> Response:
    """Do one thing with the draft."""
    staff_of(request)
    if act not in ACTS:
        raise Refused("not_found")
    form = await read_staff_form(request)
    method, path, body = _asking(act, form)
    answer = await call(request, method, path, Ask(body))
    if answer.ok:
        return RedirectResponse(f"{AT}?{urlencode({'done': act})}", 303)
    errors = limit_forms.errors_of(answer)
    shown = act in ("enter", "simulate", "begin")
    told = "" if errors and shown else answer.says()
    typed = {**limit_forms.BLANK, **form.values}
    return await _shown(request, Sought(), Beside(act, typed, errors, told, answer.status))


def _asking(act: str, form: Form) -> tuple[str, str, dict[str, Any] | None]:
    row = f"{API}/draft/rows/{quote(form.get('code') or '-', safe='')}"
    asked: Mapping[str, tuple[str, str, Callable[[Form], dict[str, Any]] | None]] = {
        "begin": ("POST", API, limit_forms.begin_body),
        "discard": ("DELETE", f"{API}/draft", None),
        "enter": ("PUT", row, limit_forms.row_body),
        "remove": ("DELETE", row, None),
        "moving": ("PUT", f"{API}/draft/moves", _moving),
        "simulate": ("POST", f"{API}/draft/replays", rule_forms.period_body),
        "sign": ("POST", f"{API}/draft/sign", rule_forms.sign_body),
    }
    method, path, body = asked[act]
    return method, path, None if body is None else body(form)


def _moving(form: Form) -> dict[str, Any]:
    return {"moves": form.get("moves") == "yes"}


async def _shown(request: Request, sought: Sought, beside: Beside) -> Response:
    actor, door = staff_of(request), door_here(request)
    versions = [dated(one) for one in (await asked_of(request, API))["items"]]
    number = chosen_version(versions, sought.version)
    told = await (_version(request, number, sought) if number else _built_in(request))
    here = Resource(node=door.node.code)
    names = await run_in_threadpool(_names, door, limit_forms.examples_in(told))
    known = {
        "tools": tools_of(actor, door),
        "note": DONE.get(sought.done, ""),
        "beside": beside,
        "can": {act: may(actor, action, here).allowed for act, action in ACTS.items()},
        "versions": versions,
        "sought": sought,
        **names,
        **limit_values(told, sought),
    }
    return page(request, "admin/limits.html", known, beside.status)


async def _built_in(request: Request) -> dict[str, Any]:
    return {name: await asked_of(request, f"{API}/{at}") for name, at in BUILT_IN.items()}


async def _version(request: Request, number: int, sought: Sought) -> dict[str, Any]:
    at = f"{API}/{number}"
    told = {
        "version": await asked_of(request, at),
        "replays": await asked_of(request, f"{at}/replays"),
        "shipped": await asked_of(request, f"{API}/shipped"),
    }
    if told["version"]["state"] == "draft":
        told["check"] = await asked_of(request, f"{at}/check")
        told["moves"] = await asked_of(request, f"{at}/moves")
    if sought.tried:
        query = urlencode(limit_forms.tried_query(sought.tried))
        answer = await call(request, "GET", f"{at}/due-date?{query}")
        told["tried"] = answer.body if answer.ok else None
        told["tried_wrong"] = limit_forms.errors_of(answer) if not answer.ok else {}
    return told


def chosen_version(versions: Sequence[Mapping[str, Any]], number: int | None) -> int | None:
    """Return which version is shown: the one asked for, the draft, the one in force, the last.

    0 is what holds without a signed version.
    """
    if number is not None:
        return number
    draft = next((one for one in versions if one["state"] == "draft"), None)
    live = next((one for one in versions if one["in_force"]), None)
    shown = draft or live or (versions[0] if versions else None)
    return shown["number"] if shown else None


def _names(door: Door, cases: Sequence[UUID]) -> dict[str, Any]:
    with door.unit.transaction() as db:
        titles = {unit.code: unit.title for unit in repository.units(db)}
        items = {one.code: one.title for one in repository.items(db, "", MOST_ITEMS)}
        numbers = repository.numbers_of(db, cases)
    return {"titles": titles, "items": items, "numbers": numbers}


def limit_values(told: Mapping[str, Any], sought: Sought) -> dict[str, Any]:
    """Return what the page shows of what the API answered."""
    version = told.get("version")
    rows = (version or told.get("built_in") or {"rows": []})["rows"]
    row = next((each for each in rows if each["code"] == sought.row), None)
    blank = {**limit_forms.BLANK, "code": version["next_code"] if version else ""}
    return {
        "version": dated(version) if version else None,
        "rows": rows,
        "row": row,
        "typed": limit_forms.form_values(row) if row else blank,
        "check": told.get("check"),
        "moves": limit_forms.moves_shown(told.get("moves")),
        "replays": [limit_forms.replay_shown(dated(one)) for one in told.get("replays") or ()],
        "shipped": [
            *((one["name"], one[language_now()]) for one in told.get("shipped") or ()),
            ("built_in", _("现在的系统设置")),
        ],
        "tried": told.get("tried"),
        "trying": {**limit_forms.TRYING, **sought.tried},
        "tried_wrong": told.get("tried_wrong") or {},
        "forms": limit_forms,
        "rule_forms": rule_forms,
    }


async def asked_of(request: Request, path: str) -> Any:
    """Return what the API answers; Refused as a page says it."""
    answer: Answer = await call(request, "GET", path)
    if not answer.ok:
        raise refused(answer, REFUSALS)
    return answer.body
