"""The catalogue over HTTP: units, which everybody may read, and place rules."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel

from services.dispatch import handlers
from services.dispatch.api.bodies import (
    ListedView,
    PlaceBody,
    PlaceView,
    Region,
    UnitBody,
    UnitView,
)
from services.dispatch.handlers import Caller, Listed
from services.dispatch.repository import catalogue as repository
from services.dispatch.repository.orders import version_of
from shared.errors import Refused
from shared.http import ApiRoute, Code, Cursor, Door, Page, Who, cursor_after, door_of
from shared.http.demands import Audience, demands, open_to
from shared.http.paging import MOST_PER_PAGE, cursor_for
from shared.security.policy import Action, Resource, may
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)

DispatchDoor = Annotated[Door, Depends(door_of("dispatch"))]
EntryCode = Annotated[Code, Path()]

V = TypeVar("V", bound=BaseModel)


@router.get("/units")
@open_to(Audience.EVERYBODY, "who is responsible for what is public")
def units(door: DispatchDoor, cursor: Cursor = None) -> Page[UnitView]:
    """List the units by code; everybody may."""
    with door.unit.transaction() as db:
        found = repository.units_after(db, code_after(cursor), MOST_PER_PAGE + 1)
    return page_of(UnitView, found, "code")


@router.put("/units/{code}")
@demands(Action.UNIT_WRITE)
def put_unit(code: EntryCode, body: UnitBody, door: DispatchDoor, actor: Who) -> ListedView:
    """Enter or change a unit."""
    door.demand(actor, Action.UNIT_WRITE, Resource(node=door.node.code))
    listing = handlers.UnitListing(code=code, **body.model_dump())
    with door.unit.begin() as work:
        return listed_view(work, handlers.list_unit(work.db, listing, Caller(actor, door.now())))


@router.get("/places")
@demands(Action.DESK_READ, Action.RULE_WRITE)
def places(door: DispatchDoor, actor: Who, cursor: Cursor = None) -> Page[PlaceView]:
    """List the place rules by region; staff may."""
    if not may(actor, Action.RULE_WRITE, Resource(node=door.node.code)).allowed:
        door.demand(actor, Action.DESK_READ, Resource(node=door.node.code, unit=actor.unit))
    with door.unit.transaction() as db:
        found = repository.places_after(db, code_after(cursor), MOST_PER_PAGE + 1)
    return page_of(PlaceView, found, "region")


@router.put("/places/{region}")
@demands(Action.RULE_WRITE)
def put_place(
    region: Annotated[Region, Path()], body: PlaceBody, door: DispatchDoor, actor: Who
) -> ListedView:
    """Enter or change the rule for a region; the longest region prefix wins."""
    door.demand(actor, Action.RULE_WRITE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        return listed_view(work, handlers.list_place(work.db, region, body.unit_code, caller))


def code_after(cursor: str | None) -> str:
    """Return the code after which a page begins."""
    key = cursor_after(cursor, 1)
    if key is not None and not key[0].isprintable():
        raise Refused("bad_cursor", field="cursor")
    return "" if key is None else key[0]


def page_of(kind: type[V], found: Sequence[object], key: str) -> Page[V]:
    """Return a page of entries, of which one more than it takes was read."""
    shown = found[:MOST_PER_PAGE]
    following = cursor_for(getattr(shown[-1], key)) if len(found) > MOST_PER_PAGE else None
    views = [kind.model_validate(entry, from_attributes=True) for entry in shown]
    return Page(items=views, next=following)


def listed_view(work: Work, listed: Listed) -> ListedView:
    """Return an entry as it was put, said and all."""
    work.speak()
    subject = listed.subject_id
    return ListedView.of(listed, 0 if subject is None else version_of(work.db, subject))
