"""Keep the item catalogue: who owns each item where, and how one ends."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import uuid5

from sqlalchemy import Connection

from services.dispatch.handlers.listing import ENTRIES, Listed, check_owner
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy import Tenure, significant
from services.dispatch.policy.items import (
    Leaving,
    ends,
    is_ending,
    objection_to_ending,
    objection_to_item,
)
from services.dispatch.repository.catalogue import entry_of
from services.dispatch.repository.items import (
    ItemEntry,
    item_tenures,
    lock_items,
    put_item,
    using,
)
from services.dispatch.tables import items
from shared.errors import Refused
from shared.events.dispatch import ItemListed
from shared.events.words import Complexity
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.policy import Action

MOST_NAMED = 10
"""So many rules a refusal names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemListing:
    """A service item as an administrator enters it; `owners` are units by region code."""

    code: str
    title: str
    kind: str
    unit_code: str | None = None
    complexity: Complexity = Complexity.ORDINARY
    active: bool = True
    legal_basis: str = ""
    owners: Mapping[str, str] = field(default_factory=dict)
    valid_from: date | None = None
    valid_until: date | None = None
    successor: str | None = None


def list_item(
    db: Connection, listing: ItemListing, caller: Caller, leaving: Leaving | None = None
) -> Listed:
    """Enter an item with the units that own it; `leaving` is said of those who use one that ends.

    Refused: `unknown_unit`, `unit_outside`, `unknown_item`, `item_in_rules`, `item_has_orders` and
    what `objection_to_item` finds.
    """
    lock_items(db)
    told = asdict(listing) | {"owners": _by_region(listing.owners)}
    _check_owners(db, listing)
    before = entry_of(db, items, listing.code, told)
    _check_days(db, listing)
    _check_ending(db, listing, before, (leaving or Leaving(), caller))
    return _put(db, told, before, (caller, leaving))


def _put(
    db: Connection,
    told: dict[str, Any],
    before: Mapping[str, object] | None,
    by: tuple[Caller, Leaving | None],
) -> Listed:
    caller, leaving = by
    code = told["code"]
    item_id = uuid5(ENTRIES, f"{caller.actor.node}/item/{code}")
    changed = put_item(db, ItemEntry(item_id=item_id, **told))
    if changed:
        # Nobody is the empty word: the release before reads no null.
        said = told | {"unit_code": told["unit_code"] or ""}
        say(db, ItemListed(item_id=item_id, occurred_at=caller.now, **said))
        after = told | ({} if leaving is None else asdict(leaving))
        leave_trace(db, caller, Trace(Action.ITEM_WRITE, "item", code, after, before))
    return Listed(code, changed, item_id)


def _check_owners(db: Connection, listing: ItemListing) -> None:
    if listing.unit_code is not None:
        check_owner(db, listing.unit_code)
    for code in sorted(set(listing.owners.values())):
        check_owner(db, code, "owners")


def _check_days(db: Connection, listing: ItemListing) -> None:
    entered = _tenure(asdict(listing))
    if not ends(entered) and entered.valid_from is None and not entered.successors:
        return  # nothing that stands can be in its way
    objection = objection_to_item(listing.code, {**item_tenures(db), listing.code: entered})
    if objection is not None:
        raise Refused(objection.code, field=objection.field)


def _check_ending(
    db: Connection,
    listing: ItemListing,
    before: Mapping[str, object] | None,
    said: tuple[Leaving, Caller],
) -> None:
    leaving, caller = said
    after = _tenure(asdict(listing))
    if not is_ending(None if before is None else _tenure(before), after):
        return
    found = using(db, listing.code, listing.successor, caller.now)
    objection = objection_to_ending(after, found, leaving)
    if objection is not None:
        named = "、".join(found.rules[:MOST_NAMED])
        detail = named if objection.code == "item_in_rules" else str(found.orders)
        raise Refused(objection.code, detail, field=objection.field)


def _tenure(told: Mapping[str, Any]) -> Tenure:
    successor = told["successor"]
    return Tenure(
        told["active"],
        valid_from=told["valid_from"],
        valid_until=told["valid_until"],
        successors=(successor,) if successor else (),
    )


def _by_region(owners: Mapping[str, str]) -> dict[str, str]:
    found = {significant(region): unit for region, unit in owners.items()}
    if len(found) < len(owners):
        raise Refused("region_twice", field="owners")
    return dict(sorted(found.items()))
