"""Catalogues of the tiers above over HTTP: read them, map them, tell one's own to those below."""

from typing import Annotated, Any, Self

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from services.dispatch.api.bodies import Body
from services.dispatch.api.orders import DispatchDoor
from services.dispatch.handlers import Caller
from services.dispatch.handlers.reference import map_item, share_items
from services.dispatch.repository.reference import (
    ReferenceItem,
    count_unmapped,
    references_after,
)
from shared.errors import Refused
from shared.http import ApiRoute, Code, Cursor, Who, cursor_after
from shared.http.demands import demands
from shared.http.paging import MOST_PER_PAGE, cursor_for
from shared.security.policy import Action, Resource

router = APIRouter(prefix="/reference-items", route_class=ApiRoute)


class MapBody(Body):
    """Which own item it is; null is none."""

    own_code: Code | None


class SharedView(BaseModel):
    """How many items were told to the tiers below."""

    items: int


class ReferenceView(BaseModel):
    """An item of a tier above, and the own one that it is."""

    node: str
    code: str
    title: str
    kind: str
    active: bool
    authority: list[dict[str, Any]]
    own_code: str | None

    @classmethod
    def of(cls, item: ReferenceItem) -> Self:
        """Return an item as it is shown."""
        return cls.model_validate(item, from_attributes=True)


class ReferencesView(BaseModel):
    """A page of items of the tiers above; `unmapped` counts those that are mapped to nothing."""

    items: list[ReferenceView]
    next: str | None
    unmapped: int


@router.get("")
@demands(Action.CATALOGUE_READ)
def list_references(
    door: DispatchDoor,
    actor: Who,
    cursor: Cursor = None,
    unmapped: Annotated[bool, Query()] = False,
) -> ReferencesView:
    """List the items of the tiers above, as they told them."""
    door.demand(actor, Action.CATALOGUE_READ, Resource(node=door.node.code))
    key = cursor_after(cursor, 2)
    if key is not None and not all(part.isprintable() for part in key):
        raise Refused("bad_cursor", field="cursor")
    after = None if key is None else (key[0], key[1])
    with door.unit.transaction() as db:
        found = references_after(db, after, MOST_PER_PAGE + 1, unmapped=unmapped)
        count = count_unmapped(db)
    shown = found[:MOST_PER_PAGE]
    more = len(found) > MOST_PER_PAGE
    following = cursor_for(shown[-1].node, shown[-1].code) if more else None
    views = [ReferenceView.of(one) for one in shown]
    return ReferencesView(items=views, next=following, unmapped=count)


@router.put("/{node}/{code}")
@demands(Action.ITEM_WRITE)
def map_reference(
    node: Annotated[Code, Path()],
    code: Annotated[Code, Path()],
    body: MapBody,
    door: DispatchDoor,
    actor: Who,
) -> MapBody:
    """Say which own item one of a tier above is."""
    door.demand(actor, Action.ITEM_WRITE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        map_item(work.db, node, code, body.own_code, Caller(actor, door.now()))
    return body


@router.post("/shared")
@demands(Action.ITEM_WRITE)
def share(door: DispatchDoor, actor: Who) -> SharedView:
    """Tell the tiers below of all items of this node, as they stand."""
    door.demand(actor, Action.ITEM_WRITE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        return SharedView(items=share_items(work.db, Caller(actor, door.now())))
