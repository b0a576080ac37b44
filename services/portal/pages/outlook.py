"""The board of limits: how every open case stands, what turns next, and the way to each list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.lists import Narrowed, View, scope_of, views_of
from services.portal.pages.live import Live, live_of
from services.portal.pages.nodes import node_name
from services.portal.pages.outlook_values import Known, outlook_values
from services.portal.pages.rendering import door_here, page
from services.portal.policy import PAST, Cell, Past, ages_at, days_from, hours_from
from services.portal.repository import (
    CALLBACK_LISTS,
    ListKind,
    ListScope,
    OutlookScope,
    Sight,
)
from shared.errors import Refused
from shared.http import Door
from shared.http.demands import Audience, demands
from shared.neighbours import below
from shared.security.actor import Actor
from shared.security.policy import Action
from shared.security.reach import EVERYTHING, within

router = APIRouter()

AT = "/desk/board"
NUMBERS = f"{AT}/numbers"
"""The same page; an open one fetches it by itself, and that is no use of a session."""
LISTS = ("open", "unit")
"""The lists that numbers lead to: of the node, or of one unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What somebody watches: whose cases are counted, and where their numbers lead."""

    scope: ListScope
    below: ListScope | None = None
    view: View | None = None
    below_view: View | None = None


@router.get(AT)
@demands(Action.REPORT_READ, audience=Audience.STAFF)
async def outlook(request: Request) -> Response:
    """Show how the limits of the open cases stand."""
    return await _shown(request)


@router.get(NUMBERS)
@demands(Action.REPORT_READ, audience=Audience.STAFF)
async def numbers(request: Request) -> Response:
    """Show the same to a page that is open and has other rows than before."""
    return await _shown(request)


async def _shown(request: Request) -> Response:
    actor, door = staff_of(request), door_here(request)
    watch = watch_of(actor, door)
    values = await counted(request, watch)
    if watch.view is not None:
        door.look(actor, Action.REPORT_READ, "list", watch.view.key)
    told = {"tools": tools_of(actor, door), "numbers_at": NUMBERS, "stream_at": f"{AT}/stream"}
    return page(request, "desk/outlook.html", {**told, **values})


def watch_of(actor: Actor, door: Door) -> Watch:
    """Return what an actor watches; Refused (`not_allowed`) to whom no list is shown."""
    views = {view.key: view for view in views_of(actor, door.node)}
    view = next((views[key] for key in LISTS if key in views), None)
    if view is None or within(actor, Action.REPORT_READ, door.node.code).nothing:
        raise Refused("not_allowed")
    code, lower = door.node.code, views.get("below")
    return Watch(
        scope=scope_of(view, actor, code, Narrowed()),
        below=scope_of(lower, actor, code, Narrowed()) if lower else None,
        view=view,
        below_view=lower,
    )


def watch_of_house(door: Door) -> Watch:
    """Return what hangs on a wall: the numbers of the whole node, which lead nowhere."""
    sight = Sight(node=door.node.code, ours=EVERYTHING, below=EVERYTHING)
    lower = ListScope(kind=ListKind.BELOW, sight=sight) if below(door.node.neighbours) else None
    return Watch(scope=ListScope(kind=ListKind.OPEN, sight=sight), below=lower)


async def counted(request: Request, watch: Watch) -> Mapping[str, Any]:
    """Return what a board shows now; boards of the same kind share what was counted."""
    door, live = door_here(request), live_of(request)
    works = await live.working_days(request)
    return await run_in_threadpool(values_at, door, live, watch, works)


def values_at(
    door: Door, live: Live, watch: Watch, works: Callable[[date], bool]
) -> Mapping[str, Any]:
    """Count what a board shows."""
    now = door.now()
    hours = hours_from(now)
    asked = OutlookScope(
        scope=watch.scope,
        below=watch.below,
        spans=[*hours, *days_from(hours[-1].until, works)],
        ages=ages_at(now),
    )
    past = live.past(lambda: _past(door, now))
    with door.unit.transaction() as db:
        found = repository.outlook(db, asked, now)
        titles = {unit.code: unit.title for unit in repository.units(db, active_only=False)}
    nodes = {code: node_name(door.node, code) for code in _nodes(door, found)}
    known = Known(
        units=titles,
        nodes=nodes,
        past=past,
        link=_link(watch.view) if watch.view else None,
        link_below=_link_below(watch) if watch.below else None,
    )
    return outlook_values(found, asked, known)


def _past(door: Door, now: datetime) -> Past:
    with door.unit.transaction() as db:
        return Past(repository.past_clocks(db, now - PAST, now))


def _nodes(door: Door, found: repository.Outlook) -> set[str]:
    return {each.code for each in below(door.node.neighbours)} | set(found.holders)


def _link(view: View) -> Callable[[Cell], str]:
    def link(cell: Cell) -> str:
        key = CALLBACK_LISTS[cell.clock].value if cell.clock in CALLBACK_LISTS else view.key
        return f"/desk?{urlencode({'view': key, 'cell': cell.code})}"

    return link


def _link_below(watch: Watch) -> Callable[[str, str], str]:
    def link(code: str, lamp: str) -> str:
        if watch.below_view is None:
            return ""
        told = {"view": watch.below_view.key, "node": code} | ({"lamp": lamp} if lamp else {})
        return f"/desk?{urlencode(told)}"

    return link
