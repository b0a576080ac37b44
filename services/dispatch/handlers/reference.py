"""Catalogues go down as a reference: told below, mapped there, used at hand-overs (ADR 28)."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.repository.authority import grants_for
from services.dispatch.repository.cases import Case
from services.dispatch.repository.items import ItemEntry, item_codes, items_named
from services.dispatch.repository.reference import (
    ReferenceItem,
    code_at,
    keep_reference,
    map_reference,
    own_code_of,
)
from shared.errors import Refused
from shared.events.dispatch import GrantTold, ItemShared
from shared.events.link import NodeFactRelayed
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.policy import Action


def share_items(db: Connection, caller: Caller, codes: Iterable[str] | None = None) -> int:
    """Tell the tiers below of these items and who may handle each; return how many.

    None is of all. Of an item that was told before the last telling counts.
    """
    items = items_named(db, sorted(item_codes(db) if codes is None else codes))
    grants = grants_for(db, [item.code for item in items])
    for item in items:
        rows = grants.get(item.code, ())
        told = [
            GrantTold(
                tier=row.tier,
                region=row.region,
                valid_from=row.valid_from,
                valid_until=row.valid_until,
                legal_basis=row.legal_basis,
            )
            for row in rows
        ]
        say(db, _shared(item, told, caller))
    return len(items)


def hear_reference(db: Connection, event: NodeFactRelayed) -> None:
    """Keep what a tier above tells of its items; all other facts of nodes pass by."""
    if event.fact.type != ItemShared.name:
        return
    told = event.fact.open(ItemShared)
    item = ReferenceItem(
        node=told.node,
        code=told.code,
        title=told.title,
        kind=told.kind,
        active=told.active,
        authority=[row.model_dump(mode="json") for row in told.authority],
        said_at=event.fact.time,
        version=event.fact.version,
    )
    keep_reference(db, item)


def map_item(db: Connection, node: str, code: str, own_code: str | None, caller: Caller) -> None:
    """Say which own item another node's is, or that it is none any more."""
    if own_code is not None and not items_named(db, [own_code]):
        raise Refused("unknown_item", field="own_code")
    if not map_reference(db, node, code, own_code):
        raise Refused("unknown_reference", field="code")
    trace = Trace(Action.ITEM_WRITE, "reference", f"{node}/{code}", {"own_code": own_code})
    leave_trace(db, caller, trace)


def code_there(db: Connection, case: Case, to_node: str) -> str | None:
    """Return what the neighbour calls the item of a case, as far as it was mapped here."""
    return None if case.item_code is None else code_at(db, to_node, case.item_code)


def code_here(db: Connection, from_node: str, code: str | None, named: str | None) -> str | None:
    """Return the own item of a case that comes from a neighbour, by either side's mapping.

    `code` is the neighbour's own, `named` what it says that this node calls it.
    """
    mapped = None if code is None else own_code_of(db, from_node, code)
    if mapped is not None:
        return mapped
    return named if named is not None and _is_item(items_named(db, [named])) else None


def _is_item(found: Sequence[ItemEntry]) -> bool:
    return any(item.active for item in found)


def _shared(item: ItemEntry, told: Sequence[GrantTold], caller: Caller) -> ItemShared:
    return ItemShared(
        occurred_at=caller.now,
        node=caller.actor.node,
        code=item.code,
        title=item.title,
        kind=item.kind,
        active=item.active,
        authority=tuple(told),
    )
