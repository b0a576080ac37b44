"""Files on their way here from neighbours, and the neighbours to which files of a case go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.intake.policy.coming import NOTHING, Offered
from services.intake.tables import coming_files, legs


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A file that a neighbour offered and that is not whole yet, or is not kept."""

    file_id: UUID
    case_id: UUID
    via: str
    origin: str
    kind: str
    bytes: int
    pieces: int
    added_at: datetime
    added_by_staff: bool
    offered_at: datetime
    here: int = 0
    asked_to: int = NOTHING
    tries: int = 0
    wrong: int = 0
    next_at: datetime | None = None
    fault: str | None = None

    @property
    def arrived(self) -> int:
        """How many pieces have come, beside the head."""
        return max(self.here - 1, 0)

    @property
    def offered(self) -> Offered:
        """What was told of it, in the words of the policy."""
        return Offered(self.kind, self.bytes, self.pieces)


@dataclass(frozen=True, slots=True)
class Awaited:
    """What is awaited of one neighbour: how many files, since when; how many are not kept."""

    files: int
    oldest_at: datetime | None
    faulty: int


COLUMNS = [coming_files.c[each.name] for each in fields(Coming)]


def add_leg(db: Connection, case_id: UUID, node: str) -> bool:
    """Note that a neighbour has a leg of a case; False if that was known."""
    row = insert(legs).values(case_id=case_id, node=node).on_conflict_do_nothing()
    return db.scalar(row.returning(legs.c.node)) is not None


def legs_of(db: Connection, case_id: UUID) -> set[str]:
    """Return the neighbours that have a leg of a case."""
    return set(db.scalars(select(legs.c.node).where(legs.c.case_id == case_id)))


def add_coming(db: Connection, coming: Coming) -> bool:
    """Insert a file that was offered; False if it was offered before."""
    row = {each.name: getattr(coming, each.name) for each in fields(Coming)}
    adding = insert(coming_files).values(row).on_conflict_do_nothing()
    return db.scalar(adding.returning(coming_files.c.file_id)) is not None


def lock_coming(db: Connection, file_id: UUID) -> Coming | None:
    """Lock and return a file on its way."""
    query = select(*COLUMNS).where(coming_files.c.file_id == file_id).with_for_update()
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else Coming(**row)


def change_coming(db: Connection, file_id: UUID, **changes: Any) -> None:
    """Write columns of a locked file."""
    db.execute(update(coming_files).where(coming_files.c.file_id == file_id).values(changes))


def drop_coming(db: Connection, file_id: UUID) -> None:
    """Forget a file on its way: it is here."""
    db.execute(delete(coming_files).where(coming_files.c.file_id == file_id))


def coming_of(db: Connection, case_id: UUID) -> Sequence[Coming]:
    """Return the files of a case that are on their way, or are not kept, the first one first."""
    query = select(*COLUMNS).where(coming_files.c.case_id == case_id)
    ordered = query.order_by(coming_files.c.added_at, coming_files.c.file_id)
    return [Coming(**row) for row in db.execute(ordered).mappings()]


def count_awaited(db: Connection, case_id: UUID) -> int:
    """Return how many files of a case are on their way."""
    mine = (coming_files.c.case_id == case_id) & coming_files.c.fault.is_(None)
    return db.scalar(select(func.count()).select_from(coming_files).where(mine)) or 0


def overdue(db: Connection, now: datetime, limit: int) -> Sequence[Coming]:
    """Return files of which nothing came for too long, the longest overdue first."""
    query = select(*COLUMNS).where(coming_files.c.next_at <= now)
    first = query.order_by(coming_files.c.next_at).limit(limit)
    return [Coming(**row) for row in db.execute(first).mappings()]


def given_up(db: Connection, peer: str) -> Sequence[Coming]:
    """Return the files of a neighbour that are not kept, the first offered first."""
    c = coming_files.c
    query = select(*COLUMNS).where(c.via == peer, c.fault.is_not(None))
    ordered = query.order_by(c.offered_at, c.file_id)
    return [Coming(**row) for row in db.execute(ordered).mappings()]


def awaited(db: Connection) -> Mapping[str, Awaited]:
    """Return what is awaited of each neighbour that owes a file or gave one that is not kept."""
    c = coming_files.c
    waits = c.fault.is_(None)
    counted = func.count().filter(waits), func.min(c.offered_at).filter(waits)
    query = select(c.via, *counted, func.count().filter(~waits)).group_by(c.via)
    return {row[0]: Awaited(*row[1:]) for row in db.execute(query)}


def erase_coming(db: Connection, case_id: UUID) -> None:
    """Delete the files of a case that are on their way."""
    db.execute(delete(coming_files).where(coming_files.c.case_id == case_id))
