"""Snippets (常用语): the page where one keeps them, and the list behind a slash."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool

from services.portal.pages.account import told_by
from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.catalogue import unit_title
from services.portal.pages.dates import day
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, read_staff_form
from services.portal.pages.language import SOURCE
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here, page
from services.portal.policy import day_of
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.security.policy import Action

router = APIRouter()

HERE, API = "/desk/snippets", "/api/v1/snippets"
FIELDS = ("abbreviation", "text", "share", "snippet_id")
NEEDED = {"abbreviation": _("请写缩写。"), "text": _("请写常用语。")}
DONE: Mapping[str, str] = {
    "keep": _("存好了。在答复里打斜杠和缩写，再按 Tab 就写进去。"),
    "remove": _("已删除。"),
    "approve": _("已同意，本单位的人都能用。"),
}


class Snippet(BaseModel):
    """A snippet as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    snippet_id: str
    abbreviation: str
    text: str
    unit: str | None
    approved: bool
    is_own: bool


class Snippets(BaseModel):
    """What one may use, and what waits for one's yes."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    mine: tuple[Snippet, ...] = ()
    shared: tuple[Snippet, ...] = ()
    waiting: tuple[Snippet, ...] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, and what is wrong with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""


@router.get(HERE)
@demands(Action.SNIPPET_WRITE, audience=Audience.STAFF)
async def snippets(request: Request, done: str = "", change: str = "") -> Response:
    """Show what one may use; with the one that is to be changed in the form."""
    found = await _snippets(request)
    chosen = next((one for one in found.mine if one.snippet_id == change), None)
    return await _page(request, found, Typed(_values(chosen)), DONE.get(done, ""))


@router.get(f"{HERE}/list")
@demands(Action.SNIPPET_WRITE, audience=Audience.STAFF)
async def offered(request: Request) -> Response:
    """Show what is offered behind a slash, with unit and day filled in."""
    actor, door = staff_of(request), door_here(request)
    found = await _snippets(request)
    title = await run_in_threadpool(unit_title, door, actor.unit) if actor.unit else None
    filled = {"{单位}": title or door.node.name, "{日期}": day(day_of(door.now()), SOURCE)}
    listed = [
        (one.abbreviation, _filled(one.text, filled))
        for one in (*found.mine, *(each for each in found.shared if each.approved))
    ]
    shown = page(request, "parts/snippets.html", {"listed": listed})
    shown.headers["Cache-Control"] = "no-store"
    return shown


@router.post(f"{HERE}/keep")
@demands(Action.SNIPPET_WRITE, audience=Audience.STAFF)
async def keep(request: Request) -> Response:
    """Keep a new snippet, or change one's own."""
    form = await read_staff_form(request)
    lacks = {name: told for name, told in NEEDED.items() if not form.get(name)}
    if lacks:
        return await _again(request, form, errors=lacks)
    chosen = form.get("snippet_id")
    method, path = ("PUT", f"{API}/{quote(chosen, safe='')}") if chosen else ("POST", API)
    body = {name: form.get(name) for name in ("abbreviation", "text")}
    answer = await call(request, method, path, Ask(body | {"share": form.get("share") == "yes"}))
    return await _after(request, form, answer, "keep")


@router.post(f"{HERE}/remove")
@demands(Action.SNIPPET_WRITE, audience=Audience.STAFF)
async def remove(request: Request) -> Response:
    """Throw a snippet away, or take back what the unit shares."""
    form = await read_staff_form(request)
    path = f"{API}/{quote(form.get('snippet_id'), safe='')}"
    return await _after(request, form, await call(request, "DELETE", path), "remove")


@router.post(f"{HERE}/approve")
@demands(Action.SNIPPET_APPROVE, audience=Audience.STAFF)
async def approve(request: Request) -> Response:
    """Let the own unit share what somebody else of it wrote."""
    form = await read_staff_form(request)
    path = f"{API}/{quote(form.get('snippet_id'), safe='')}/approve"
    return await _after(request, form, await call(request, "POST", path), "approve")


async def _after(request: Request, form: Form, answer: Answer, done: str) -> Response:
    if answer.ok:
        return RedirectResponse(f"{HERE}?done={done}", 303)
    if answer.status in (401, 403):
        raise Refused("not_allowed" if answer.status == 403 else "not_signed_in")
    errors = {name: told for name, told in answer.errors().items() if name in FIELDS}
    return await _again(request, form, errors=errors, told="" if errors else answer.says())


async def _again(
    request: Request, form: Form, *, errors: Mapping[str, str], told: str = ""
) -> Response:
    values = {name: form.get(name) for name in FIELDS}
    return await _page(request, await _snippets(request), Typed(values, errors, told))


async def _snippets(request: Request) -> Snippets:
    return Snippets.model_validate(told_by(await call(request, "GET", API)))


async def _page(request: Request, found: Snippets, typed: Typed, note: str = "") -> Response:
    actor, door = staff_of(request), door_here(request)
    known: dict[str, Any] = {
        "tools": tools_of(actor, door),
        "snippets": found,
        "values": typed.values,
        "errors": typed.errors,
        "told": typed.told,
        "note": note,
        "has_unit": actor.unit is not None,
    }
    status = 422 if typed.errors or typed.told else 200
    return await run_in_threadpool(page, request, "desk/snippets.html", known, status)


def _values(chosen: Snippet | None) -> dict[str, str]:
    if chosen is None:
        return dict.fromkeys(FIELDS, "")
    share = "yes" if chosen.unit else ""
    return {**chosen.model_dump(include={"snippet_id", "abbreviation", "text"}), "share": share}


def _filled(text: str, filled: Mapping[str, str]) -> str:
    for placeholder, told in filled.items():
        text = text.replace(placeholder, told)
    return text
