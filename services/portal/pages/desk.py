"""The desk: list, case and actions in one view; what is due first stands first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from services.portal import repository
from services.portal.pages.language import later as _
from services.portal.pages.lists import View, scope_of, views_of
from services.portal.pages.next_steps import TITLES, NextSteps, may_see, next_steps
from services.portal.pages.rendering import door_here, page
from services.portal.pages.story import story
from services.portal.pages.words import REVEAL_PURPOSES, ROLES
from services.portal.repository import CaseCard
from shared.errors import Refused
from shared.http import Door, cursor_after
from shared.http.paging import cursor_for
from shared.regions import full_name_of
from shared.security.actor import Actor, ActorKind
from shared.security.policy import CHANNELS, Action, Resource, may

router = APIRouter()

PER_PAGE = 30
MOST_ITEMS = 500
MOST_TEXT = 100
DONE: Mapping[str, str] = {
    "accept": _("已受理。"),
    "decline": _("已作出不予受理，正在告知诉求人。"),
    "dispatch": _("已派单。"),
    "sign": _("已签收。请按时限联系诉求人。"),
    "contact": _("已记下这次联系。"),
    "finish": _("已办结，正在告知诉求人。"),
    "return": _("已退回派单员。"),
}


@dataclass(frozen=True, slots=True)
class Sought:
    """What of the desk an address names."""

    view: str = ""
    case: str = ""
    text: str = ""
    cursor: str | None = None
    done: str = ""
    waits: str = ""
    """`service:version` that the projection has not reached yet."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside the case: what was typed, what is wrong with it, who the person is."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    revealed: Mapping[str, Any] | None = None
    status: int = 200


@router.get("/desk")
def desk(request: Request, sought: Annotated[Sought, Depends()]) -> Response:
    """Show a list, and of it the case that was chosen."""
    return show(request, sought, Beside())


def show(request: Request, sought: Sought, beside: Beside) -> Response:
    """Return the desk as it stands for the one who is signed in."""
    actor, door = staff_of(request), door_here(request)
    views = views_of(actor, door.node.code)
    if not views:
        return _without_lists(request, actor, door)
    view = next((each for each in views if each.key == sought.view), views[0])
    with door.unit.transaction() as db:
        values = _list(db, actor, door, view, sought) | _case(db, actor, door, sought)
    known = {
        "views": views,
        "view": view,
        "tools": tools_of(actor, door),
        "here": _address(view, sought),
        **_beside(sought, beside),
    }
    return page(request, "desk/desk.html", known | values, beside.status)


def staff_of(request: Request) -> Actor:
    """Return who is signed in; Refused (`not_signed_in`) leads to the sign-in page."""
    actor: Actor = request.scope["actor"]
    if actor.kind is not ActorKind.STAFF:
        raise Refused("not_signed_in")
    return actor


def tools_of(actor: Actor, door: Door) -> dict[str, Any]:
    """Return what the head of the desk offers to an actor."""
    here = Resource(node=door.node.code)
    return {
        "register": any(CHANNELS.get(role) for role in actor.roles),
        "messages": may(actor, Action.MESSAGE_READ, here).allowed,
        "lists": bool(views_of(actor, door.node.code)),
        "roles": "、".join(ROLES[role] for role in sorted(actor.roles)),
    }


def _without_lists(request: Request, actor: Actor, door: Door) -> Response:
    if may(actor, Action.MESSAGE_READ, Resource(node=door.node.code)).allowed:
        return RedirectResponse("/desk/messages", 303)
    return page(request, "desk/nothing.html", {"tools": tools_of(actor, door)})


def _beside(sought: Sought, beside: Beside) -> dict[str, Any]:
    return {
        "sought": sought.text.strip()[:MOST_TEXT],
        "note": DONE.get(sought.done, ""),
        "values": {"act": "", **beside.values},
        "errors": beside.errors,
        "told": beside.told,
        "revealed": beside.revealed,
        "purposes": [(purpose, purpose) for purpose in REVEAL_PURPOSES],
    }


def _list(db: Connection, actor: Actor, door: Door, view: View, sought: Sought) -> dict[str, Any]:
    scope = scope_of(view, actor, door.node.code, sought.text.strip()[:MOST_TEXT])
    found = repository.case_list(db, scope, cursor_after(sought.cursor or None, 2), PER_PAGE)
    following = cursor_for(*found.next) if found.next else None
    return {"rows": found.rows, "more": following}


def _case(db: Connection, actor: Actor, door: Door, sought: Sought) -> dict[str, Any]:
    case = repository.case_page(db, sought.case) if sought.case else None
    if case is None or not may_see(actor, case, door.node.code):
        return {"case": None, "waiting": None}
    steps = next_steps(actor, case, door.node.code)
    return {
        "case": case,
        "steps": steps,
        "titles": TITLES,
        "story": story(case.timeline),
        "region": full_name_of(case.region or "") or case.region or "—",
        "waiting": _waiting(db, case, sought.waits),
        **_offered(db, steps),
    }


def _waiting(db: Connection, case: CaseCard, waits: str) -> UUID | None:
    service, _colon, version = waits.partition(":")
    if not version.isdecimal():
        return None
    there = repository.has_reached(db, service, case.case_id, int(version[:18]))
    return None if there else case.case_id


def _offered(db: Connection, steps: NextSteps) -> dict[str, Any]:
    acts = (steps.next, *steps.others)
    units = repository.units(db) if "dispatch" in acts else []
    items = repository.items(db, "", MOST_ITEMS) if "accept" in acts else []
    return {
        "units": [(unit.code, unit.title) for unit in units],
        "items": [("", [(item.code, item.title) for item in items])],
    }


def _address(view: View, sought: Sought) -> str:
    told = {"view": view.key, "case": sought.case, "text": sought.text, "waits": sought.waits}
    return f"/desk?{urlencode({name: value for name, value in told.items() if value})}"
