"""What follows from limits: the ladders of a version of the limits, step by step, and its draft.

A ladder is drafted and signed with the limits that it follows from: begun, checked as a whole and
signed on their page. Everything is asked of the API as whoever looks.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages import ladder_words, limit_forms, rule_forms
from services.portal.pages.beside import Beside
from services.portal.pages.calling import Ask, call
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, number_in, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.limits import API, MOST_ITEMS, asked_of, chosen_version
from services.portal.pages.rendering import door_here, page
from shared.errors import Refused
from shared.http import Door
from shared.http.demands import Audience, demands, demands_by
from shared.security.policy import Action, Resource, may

router = APIRouter()

AT = "/admin/ladders"
ACTS: Mapping[str, Action] = MappingProxyType(
    {"enter": Action.LIMITS_WRITE, "remove": Action.LIMITS_WRITE}
)
DONE: Mapping[str, str] = MappingProxyType(
    {"enter": _("这一步已保存到草稿。"), "remove": _("这一步已从草稿删除。")}
)
BLANK: Mapping[str, Any] = MappingProxyType(
    {
        **dict.fromkeys(limit_forms.CONDITIONS, ""),
        **dict.fromkeys(("code", "level", "amount", "basis"), ""),
        **{"kind": "resolve", "step": "urge", "whom": "unit"},
        **{"unit": "working_hour", "side": "after"},
    }
)
"""The fields of a step before anything is typed."""


@router.get(AT)
@demands(Action.LIMITS_READ, audience=Audience.STAFF)
async def ladders(
    request: Request, version: int | None = None, row: str = "", done: str = ""
) -> Response:
    """Show what follows from the limits of one version: the draft, else the one in force."""
    return await _shown(request, version, row, Beside(), DONE.get(done, ""))


@router.post(f"{AT}/{{act}}")
@demands_by("act", ACTS)
async def do(request: Request, act: str) -> Response:
    """Enter a step of the draft, or take one out."""
    staff_of(request)
    if act not in ACTS:
        raise Refused("not_found")
    form = await read_staff_form(request)
    path = f"{API}/draft/ladders/{quote(form.get('code') or '-', safe='')}"
    entering = act == "enter"
    ask = Ask(step_body(form) if entering else None)
    answer = await call(request, "PUT" if entering else "DELETE", path, ask)
    if answer.ok:
        return RedirectResponse(f"{AT}?{urlencode({'done': act})}", 303)
    errors = limit_forms.errors_of(answer)
    told = "" if errors and entering else answer.says()
    beside = Beside(act, {**BLANK, **form.values}, errors, told, answer.status)
    return await _shown(request, None, "", beside, "")


def step_body(form: Form) -> dict[str, Any]:
    """Return the step that a form holds, as the API takes it."""
    when = {name: told for name in limit_forms.CONDITIONS if (told := form.optional(name))}
    basis = form.optional("basis")
    numbers = {name: _number(form.get(name) or "0") for name in ("level", "amount")}
    words = {name: form.get(name) for name in ("kind", "step", "whom", "unit", "side")}
    return {**words, **numbers, "when": when, **({"basis": basis} if basis else {})}


def _number(told: str) -> int | str:
    number = number_in(told)
    return told if number is None else number


async def _shown(
    request: Request, version: int | None, row: str, beside: Beside, note: str
) -> Response:
    actor, door = staff_of(request), door_here(request)
    versions = (await asked_of(request, API))["items"]
    number = chosen_version(versions, version)
    path = f"{API}/{number}/ladders" if number else f"{API}/built-in"
    told = await asked_of(request, path)
    here = Resource(node=door.node.code)
    known = {
        "tools": tools_of(actor, door),
        "note": note,
        "beside": beside,
        "can": {act: may(actor, action, here).allowed for act, action in ACTS.items()},
        "versions": versions,
        "items": await run_in_threadpool(_items, door),
        **(ladder_values(told, row) if number else built_in_values(told)),
    }
    return page(request, "admin/ladders.html", known, beside.status)


def _items(door: Door) -> dict[str, str]:
    with door.unit.transaction() as db:
        return {one.code: one.title for one in repository.items(db, "", MOST_ITEMS)}


def ladder_values(told: Mapping[str, Any] | None, code: str) -> dict[str, Any]:
    """Return what the page shows of the ladders of a version, each under what it holds for."""
    rows = told["rows"] if told else []
    row = next((each for each in rows if each["code"] == code), None)
    blank = {**BLANK, "code": told["next_code"] if told else ""}
    return {
        "version": told,
        "ladders": _by_clock(rows),
        "row": row,
        "typed": form_values(row) if row else blank,
        "forms": limit_forms,
        "rule_forms": rule_forms,
        "ladder_words": ladder_words,
    }


def built_in_values(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page shows of what holds where no version was signed."""
    return {**ladder_values(None, ""), "ladders": _by_clock(told["ladders"])}


def form_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of the form for a step as the API tells it."""
    told = {name: value for name, value in row.items() if name in BLANK and value is not None}
    return {**BLANK, **told, **row["when"]}


def _by_clock(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    order = list(ladder_words.CLOCKS)

    def place(row: Mapping[str, Any]) -> tuple[int, list[tuple[str, str]], int]:
        kind = row["kind"]
        at = order.index(kind) if kind in order else len(order)
        return at, sorted(row["when"].items()), row["level"]

    ordered = sorted(rows, key=place)
    return [(kind, list(found)) for kind, found in groupby(ordered, lambda row: row["kind"])]
