"""Which node has each case that came over a link."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.review.tables import custodies
from shared.db.bulk import as_json, inserting, names_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """The node that has a case, as far as heard here."""

    case_id: UUID
    number: str | None = None
    holder: str
    via: str | None = None
    """The neighbour that told of it; None while this node has the case."""
    epoch: int = 0
    registered_at: datetime | None = None
    shared: bool = False
    """This node had it, or it was reported here: no rule of disclosure hides it."""


def note_numbers(db: Connection, registered: Sequence[Custody]) -> None:
    """Record registrations as they came; whoever has taken a case since keeps it."""
    told: dict[UUID, Custody] = {}
    for each in registered:
        first = told.get(each.case_id, each)
        told[each.case_id] = replace(first, number=each.number, registered_at=each.registered_at)
    rows = [asdict(told[case_id]) for case_id in sorted(told)]
    adding = inserting(custodies, names_of(custodies))
    named = {name: adding.excluded[name] for name in ("number", "registered_at")}
    keep = adding.on_conflict_do_update(index_elements=[custodies.c.case_id], set_=named)
    db.execute(keep, {"rows": as_json(rows)})


def note_holder(db: Connection, custody: Custody) -> None:
    """Record who took a case, unless a later epoch was heard."""
    row = insert(custodies).values(asdict(custody))
    held: dict[str, ColumnElement[Any]] = {
        name: row.excluded[name] for name in ("holder", "via", "epoch")
    }
    held["shared"] = or_(custodies.c.shared, row.excluded.shared)
    later = custodies.c.epoch < row.excluded.epoch
    db.execute(
        row.on_conflict_do_update(index_elements=[custodies.c.case_id], set_=held, where=later)
    )


def note_shared(db: Connection, custody: Custody) -> None:
    """Record that a case was reported here; who has it is known better by others."""
    row = insert(custodies).values(asdict(custody))
    shared = {"shared": row.excluded.shared}
    db.execute(row.on_conflict_do_update(index_elements=[custodies.c.case_id], set_=shared))


def find_custody(db: Connection, case_id: UUID) -> Custody | None:
    """Return who has a case; None if nothing of it came over a link."""
    query = select(custodies).where(custodies.c.case_id == case_id)
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else Custody(**row)
