"""Service items over HTTP: everybody may read them; who keeps them sees also who uses each."""

from datetime import timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from services.dispatch import handlers
from services.dispatch.api.authority import GrantView
from services.dispatch.api.bodies import ItemBody, ItemView, ListedView
from services.dispatch.api.catalogue import (
    DispatchDoor,
    EntryCode,
    code_after,
    listed_view,
    page_of,
)
from services.dispatch.handlers import Caller, ItemListing
from services.dispatch.policy.items import Leaving
from services.dispatch.repository.authority import grants_for
from services.dispatch.repository.items import (
    Sought,
    items_after,
    items_named,
    open_orders_about,
    orders_since,
    rules_naming,
)
from services.dispatch.repository.reference import ReferenceItem, references_to
from shared.errors import Refused
from shared.http import ApiRoute, Code, Cursor, Page, ShortText, Who
from shared.http.demands import Audience, demands, open_to
from shared.http.paging import MOST_PER_PAGE
from shared.neighbours import below
from shared.security.policy import Action, Resource

router = APIRouter(prefix="/items", route_class=ApiRoute)

QUARTER = timedelta(days=90)


class NeighbourItemView(BaseModel):
    """What a tier above calls an item, as it was mapped here."""

    node: str
    code: str
    title: str
    active: bool

    @classmethod
    def of(cls, item: ReferenceItem) -> Self:
        """Return an item as it is shown."""
        return cls.model_validate(item, from_attributes=True)


class NamingRuleView(BaseModel):
    """A rule, in force or signed, that names an item."""

    code: str
    title: str


class ItemCardView(ItemView):
    """An item with all that hangs on it.

    `orders` are those of its cases accepted in the last ninety days that the reader may see.
    """

    authority: list[GrantView]
    neighbours: list[NeighbourItemView]
    rules: list[NamingRuleView]
    open_orders: int
    orders: int


def sought_by(
    q: Annotated[ShortText | None, Query()] = None,
    kind: Annotated[ShortText | None, Query()] = None,
    unit: Annotated[Code | None, Query()] = None,
    ownerless: Annotated[bool, Query()] = False,
) -> Sought:
    """Return which items are asked for."""
    return Sought(words=q or "", kind=kind, unit=unit, ownerless=ownerless)


@router.get("")
@open_to(Audience.EVERYBODY, "what one may apply for is public")
def items(
    door: DispatchDoor, sought: Annotated[Sought, Depends(sought_by)], cursor: Cursor = None
) -> Page[ItemView]:
    """List the service items by code; `ownerless` are those that nobody in use has somewhere."""
    with door.unit.transaction() as db:
        found = items_after(db, code_after(cursor), MOST_PER_PAGE + 1, sought)
    return page_of(ItemView, found, "code")


@router.get("/{code}")
@demands(Action.CATALOGUE_READ)
def item(code: EntryCode, door: DispatchDoor, actor: Who) -> ItemCardView:
    """Show an item with its authority lines, its names above, and who uses it."""
    door.demand(actor, Action.CATALOGUE_READ, Resource(node=door.node.code))
    now = door.now()
    with door.unit.transaction() as db:
        found = items_named(db, [code])
        if not found:
            raise Refused("not_found", field="code")
        told = ItemView.model_validate(found[0], from_attributes=True)
        naming = dict.fromkeys((code, title) for code, title, _ in rules_naming(db, code, now))
        return ItemCardView(
            **told.model_dump(),
            authority=GrantView.all_of(grants_for(db, [code]).get(code, [])),
            neighbours=[NeighbourItemView.of(one) for one in references_to(db, code)],
            rules=[NamingRuleView(code=rule, title=title) for rule, title in naming],
            open_orders=open_orders_about(db, code),
            orders=orders_since(db, code, now - QUARTER, actor),
        )


@router.put("/{code}")
@demands(Action.ITEM_WRITE)
def put_item(code: EntryCode, body: ItemBody, door: DispatchDoor, actor: Who) -> ListedView:
    """Enter, change or end a service item."""
    door.demand(actor, Action.ITEM_WRITE, Resource(node=door.node.code))
    listing, leaving = listing_of(code, body)
    caller = Caller(actor, door.now())
    with door.unit.begin() as work:
        listed = handlers.list_item(work.db, listing, caller, leaving)
        if listed.changed and below(door.node.neighbours):
            handlers.share_items(work.db, caller, [code])
        return listed_view(work, listed)


def listing_of(code: str, body: ItemBody) -> tuple[ItemListing, Leaving]:
    """Return an item as it is entered, and what was said of those who use it."""
    said = {"rules_lapse", "orders_stay"}
    told = body.model_dump(exclude={*said, "code"})
    return ItemListing(code=code, **told), Leaving(body.rules_lapse, body.orders_stay)
