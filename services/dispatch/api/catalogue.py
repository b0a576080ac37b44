"""The catalogue over HTTP: units and items, which everybody may read, and place rules."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel

from services.dispatch import handlers
from services.dispatch.api.bodies import (
    ItemBody,
    ItemView,
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
from shared.neighbours import below
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
        found = repository.units_after(db, _after(cursor), MOST_PER_PAGE + 1)
    return _page(UnitView, found, "code")


@router.put("/units/{code}")
@demands(Action.UNIT_WRITE)
def put_unit(code: EntryCode, body: UnitBody, door: DispatchDoor, actor: Who) -> ListedView:
    """Enter or change a unit."""
    door.demand(actor, Action.UNIT_WRITE, Resource(node=door.node.code))
    listing = handlers.UnitListing(code=code, **body.model_dump())
    with door.unit.begin() as work:
        return _listed(work, handlers.list_unit(work.db, listing, Caller(actor, door.now())))


@router.get("/items")
@open_to(Audience.EVERYBODY, "what one may apply for is public")
def items(door: DispatchDoor, cursor: Cursor = None) -> Page[ItemView]:
    """List the service items by code; everybody may."""
    with door.unit.transaction() as db:
        found = repository.items_after(db, _after(cursor), MOST_PER_PAGE + 1)
    return _page(ItemView, found, "code")


@router.put("/items/{code}")
@demands(Action.ITEM_WRITE)
def put_item(code: EntryCode, body: ItemBody, door: DispatchDoor, actor: Who) -> ListedView:
    """Enter or change a service item."""
    door.demand(actor, Action.ITEM_WRITE, Resource(node=door.node.code))
    listing, caller = (
        handlers.ItemListing(code=code, **body.model_dump()),
        Caller(actor, door.now()),
    )
    with door.unit.begin() as work:
        listed = handlers.list_item(work.db, listing, caller)
        if listed.changed and below(door.node.neighbours):
            handlers.share_items(work.db, caller, [code])
        return _listed(work, listed)


@router.get("/places")
@demands(Action.DESK_READ, Action.RULE_WRITE)
def places(door: DispatchDoor, actor: Who, cursor: Cursor = None) -> Page[PlaceView]:
    """List the place rules by region; staff may."""
    if not may(actor, Action.RULE_WRITE, Resource(node=door.node.code)).allowed:
        door.demand(actor, Action.DESK_READ, Resource(node=door.node.code, unit=actor.unit))
    with door.unit.transaction() as db:
        found = repository.places_after(db, _after(cursor), MOST_PER_PAGE + 1)
    return _page(PlaceView, found, "region")


@router.put("/places/{region}")
@demands(Action.RULE_WRITE)
def put_place(
    region: Annotated[Region, Path()], body: PlaceBody, door: DispatchDoor, actor: Who
) -> ListedView:
    """Enter or change the rule for a region; the longest region prefix wins."""
    door.demand(actor, Action.RULE_WRITE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        return _listed(work, handlers.list_place(work.db, region, body.unit_code, caller))


def _after(cursor: str | None) -> str:
    key = cursor_after(cursor, 1)
    if key is not None and not key[0].isprintable():
        raise Refused("bad_cursor", field="cursor")
    return "" if key is None else key[0]


def _page(kind: type[V], found: Sequence[object], key: str) -> Page[V]:
    shown = found[:MOST_PER_PAGE]
    following = cursor_for(getattr(shown[-1], key)) if len(found) > MOST_PER_PAGE else None
    views = [kind.model_validate(entry, from_attributes=True) for entry in shown]
    return Page(items=views, next=following)


def _listed(work: Work, listed: Listed) -> ListedView:
    work.speak()
    subject = listed.subject_id
    return ListedView.of(listed, 0 if subject is None else version_of(work.db, subject))
