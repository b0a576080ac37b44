"""Take a report of several matters apart: its text beside the form, a preview, a yes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool

from services.portal.pages import expired
from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.catalogue import item_choices
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, number_in, read_form
from services.portal.pages.language import later as _
from services.portal.pages.places import Group, places
from services.portal.pages.rendering import UNFINISHED, door_here, page
from shared.clock import new_id
from shared.errors import Refused
from shared.http.demands import Audience, demands, demands_by
from shared.regions import full_name_of
from shared.security.policy import Action, Resource, may

router = APIRouter()

HERE, API = "/desk/split", "/api/v1/cases"
MORE, EDIT, PREVIEW, SPLIT, BACK = "more", "edit", "preview", "split", "back"
ACTS: Mapping[str, Action] = MappingProxyType(
    dict.fromkeys((MORE, EDIT, PREVIEW, SPLIT, BACK), Action.CASE_SPLIT)
)
LONGEST_NUMBER = 60
MOST = 8
FIELDS = ("title", "text", "item", "region")
PLACE = re.compile(r"matters\.(\d)\.(\w+)")
NOTHING_WRITTEN = _("请至少写一件要另立的事。")
DONE: Mapping[str, str] = MappingProxyType(
    {
        SPLIT: _("已拆分，新编号见下面，短信正在告诉诉求人。"),
        BACK: _("已并回原件，一起办理、一起答复。"),
    }
)


class Part(BaseModel):
    """A case of a report as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: str
    status: str
    due_at: datetime | None
    joined: bool
    title_masked: str | None


class Found(BaseModel):
    """What came of one report as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: str
    region: str
    title_masked: str
    text_masked: str
    report: Part | None
    parts: tuple[Part, ...]
    objection: str | None
    more: int


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, how it would be entered, what is wrong with it or was done."""

    values: Mapping[str, str] = field(default_factory=dict)
    count: int = 1
    """So many matters there is room for."""
    seen: Sequence[Mapping[str, Any]] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    note: str = ""
    status: int = 200


@router.get(HERE)
@demands(Action.ORDER_READ, audience=Audience.STAFF)
async def split(
    request: Request, case: Annotated[str, Query()] = "", done: Annotated[str, Query()] = ""
) -> Response:
    """Show what came of the report of a case, and how to take it apart to who may."""
    staff_of(request)
    return await _shown(request, case[:LONGEST_NUMBER], Typed(note=DONE.get(done, "")))


@router.post(f"{HERE}/{{act}}")
@demands_by("act", ACTS)
async def do(request: Request, act: str) -> Response:
    """Give room for one more matter, show how they would be entered, enter them, undo one."""
    form = await read_form(request)
    if expired.is_over(request):
        return expired.keep(request, form)
    if act not in ACTS:
        raise Refused("not_found")
    if expired.is_of_before(request, form):
        again = Typed(_values(form), _count(form), told=expired.ONCE_MORE, status=UNFINISHED)
        return await _shown(request, form.get("case"), again)
    if act == BACK:
        return await _back(request, form)
    if act in (MORE, EDIT):
        room = min(_count(form) + (act == MORE), MOST)
        return await _shown(request, form.get("case"), Typed(_values(form), room))
    return await _asked(request, form, act)


async def _asked(request: Request, form: Form, act: str) -> Response:
    number, matters = form.get("case"), matters_in(form)
    if not matters:
        errors = {"title_1": NOTHING_WRITTEN}
        empty = Typed(_values(form), _count(form), (), errors, status=UNFINISHED)
        return await _shown(request, number, empty)
    body = {"matters": list(matters.values())}
    path = f"{_api(number)}/split" + ("/preview" if act == PREVIEW else "")
    answer = await call(request, "POST", path, Ask(body, once=form.optional("key")))
    if not answer.ok:
        return await _shown(request, number, refused(form, answer, list(matters)))
    if act == PREVIEW:
        # In their order: what was left empty in between is no matter.
        typed = {
            f"{name}_{n}": told or ""
            for n, matter in enumerate(matters.values(), 1)
            for name, told in matter.items()
        }
        return await _shown(request, number, Typed(typed, len(matters), answer.body["matters"]))
    return RedirectResponse(f"{HERE}?{urlencode({'case': number, 'done': SPLIT})}", 303)


async def _back(request: Request, form: Form) -> Response:
    shown, part = form.get("shown"), form.get("case")
    body = {"because": form.get("because")}
    answer = await call(request, "POST", f"{_api(part)}/take-back", Ask(body))
    if not answer.ok:
        errors = answer.errors()
        told = next(iter(errors.values()), "") or answer.says()
        return await _shown(request, shown or part, Typed(told=told, status=answer.status))
    return RedirectResponse(f"{HERE}?{urlencode({'case': shown or part, 'done': BACK})}", 303)


def refused(form: Form, answer: Answer, written: Sequence[int]) -> Typed:
    """Return the form with what the API finds wrong; `written` are the places of its matters."""
    found = {PLACE.fullmatch(name): told for name, told in answer.errors().items()}
    errors = {
        f"{place[2]}_{written[int(place[1])]}": told
        for place, told in found.items()
        if place is not None and place[2] in FIELDS
    }
    told = "" if errors else next(iter(answer.errors().values()), answer.says())
    return Typed(_values(form), _count(form), (), errors, told, status=answer.status)


def matters_in(form: Form) -> dict[int, dict[str, str | None]]:
    """Return the matters that were written, by their place in the form, as the API takes them."""
    room = range(1, _count(form) + 1)
    written = [n for n in room if form.get(f"title_{n}") or form.get(f"text_{n}")]
    return {n: _matter(form, n) for n in written}


def _matter(form: Form, n: int) -> dict[str, str | None]:
    needed = {name: form.get(f"{name}_{n}") for name in ("title", "text")}
    return {**needed, **{name: form.optional(f"{name}_{n}") for name in ("item", "region")}}


def _values(form: Form) -> dict[str, str]:
    names = [f"{name}_{n}" for n in range(1, MOST + 1) for name in FIELDS]
    return {name: form.get(name) for name in names if form.get(name)}


def _count(form: Form) -> int:
    return max(1, min(number_in(form.get("count")) or 1, MOST))


async def _shown(request: Request, number: str, typed: Typed) -> Response:
    actor, door = staff_of(request), door_here(request)
    answer = await call(request, "GET", f"{_api(number)}/split")
    if not answer.ok:
        raise Refused("not_allowed" if answer.status == 403 else "unknown_case")
    can_split = may(actor, Action.CASE_SPLIT, Resource(node=door.node.code)).allowed
    items = await run_in_threadpool(item_choices, door) if can_split else []
    values = {
        "tools": tools_of(actor, door),
        "can_split": can_split,
        "items": items,
        "key": new_id().hex,
        **split_values(Found.model_validate(answer.body), typed, door.node.code),
    }
    return page(request, "desk/split.html", values, typed.status)


def split_values(found: Found, typed: Typed, node: str) -> dict[str, Any]:
    """Return what the page shows of a report and of the form beside it, at a node."""
    count = min(typed.count, max(found.more, 1))
    usual = {f"region_{n}": found.region for n in range(1, count + 1)}
    named = {code: full_name_of(code) or code for code in _regions(typed, found)}
    return {
        "split": found,
        "places": _offered(node, named),
        "count": count,
        "has_room": count < found.more,
        "values": {**usual, **typed.values},
        "names": named,
        "seen": typed.seen,
        "errors": typed.errors,
        "told": typed.told,
        "note": typed.note,
    }


def _regions(typed: Typed, found: Found) -> set[str]:
    typed_in = {told for name, told in typed.values.items() if name.startswith("region_")}
    return typed_in | {found.region}


def _offered(node: str, named: Mapping[str, str]) -> Sequence[Group]:
    """Return the places to choose from, first those that are named already."""
    near = places(node)
    listed = {code for _title, options in near for code, _name in options}
    others = [(code, name) for code, name in sorted(named.items()) if code not in listed]
    return [(_("原件的地点"), others), *near] if others else near


def _api(number: str) -> str:
    return f"{API}/{quote(number or '-', safe='')}"
