"""What the tiers above told of their items, and the own item of each."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from services.dispatch.tables import reference_items


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceItem:
    """An item of another node; `own_code` is None until somebody mapped it."""

    node: str
    code: str
    title: str
    kind: str
    active: bool
    authority: list[dict[str, Any]]
    said_at: datetime
    version: int
    own_code: str | None = None


def keep_reference(db: Connection, item: ReferenceItem) -> None:
    """Keep an item as its node told it last; what it is mapped to stays."""
    r = reference_items.c
    told = {name: value for name, value in asdict(item).items() if name != "own_code"}
    entry = insert(reference_items).values(told)
    put = entry.on_conflict_do_update(
        index_elements=[r.node, r.code],
        set_={name: entry.excluded[name] for name in told if name not in ("node", "code")},
        where=tuple_(r.said_at, r.version)
        < tuple_(entry.excluded.said_at, entry.excluded.version),
    )
    db.execute(put)


def map_reference(db: Connection, node: str, code: str, own_code: str | None) -> bool:
    """Say which own item another node's is; tell whether there is that one."""
    r = reference_items.c
    mine = update(reference_items).where(r.node == node, r.code == code)
    return db.scalar(mine.values(own_code=own_code).returning(r.code)) is not None


def references_after(
    db: Connection, key: tuple[str, str] | None, limit: int, *, unmapped: bool
) -> Sequence[ReferenceItem]:
    """Return items of other nodes in order, from the one after a key."""
    r = reference_items.c
    query = select(reference_items).order_by(r.node, r.code).limit(limit)
    if unmapped:
        query = query.where(r.own_code.is_(None), r.active)
    if key is not None:
        query = query.where(tuple_(r.node, r.code) > tuple_(*key))
    return [ReferenceItem(**row) for row in db.execute(query).mappings()]


def references_to(db: Connection, own_code: str) -> Sequence[ReferenceItem]:
    """Return the items of other nodes that an own one is."""
    r = reference_items.c
    query = select(reference_items).where(r.own_code == own_code).order_by(r.node, r.code)
    return [ReferenceItem(**row) for row in db.execute(query).mappings()]


def count_unmapped(db: Connection) -> int:
    """Count the items in use of other nodes that are mapped to nothing."""
    r = reference_items.c
    query = select(func.count()).select_from(reference_items)
    return db.scalar(query.where(r.own_code.is_(None), r.active)) or 0


def own_code_of(db: Connection, node: str, code: str) -> str | None:
    """Return the own item that another node's is."""
    r = reference_items.c
    return db.scalar(select(r.own_code).where(r.node == node, r.code == code))


def code_at(db: Connection, node: str, own_code: str) -> str | None:
    """Return the item in use of another node that is an own one; of several the first."""
    r = reference_items.c
    query = select(r.code).where(r.node == node, r.own_code == own_code, r.active)
    return db.scalar(query.order_by(r.code).limit(1))
