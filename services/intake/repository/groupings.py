"""Which cases stand under which lead."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from services.intake.tables import groupings
from shared.security.erasing import worded


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """A case under a lead; `ended_at` when it was taken out again."""

    grouping_id: UUID
    case_id: UUID
    lead_id: UUID
    kind: str
    because_masked: str
    grouped_at: datetime
    ended_at: datetime | None = None


def add_grouping(db: Connection, grouping: Grouping) -> None:
    """Insert a case under its lead."""
    db.execute(insert(groupings).values(asdict(grouping)))


def grouping_of(db: Connection, case_id: UUID) -> Grouping | None:
    """Return what a case is under now."""
    found = _open(db, groupings.c.case_id == case_id)
    return found[0] if found else None


def led_by(db: Connection, lead_id: UUID) -> Sequence[Grouping]:
    """Return what is under a lead now, the earliest first."""
    return _open(db, groupings.c.lead_id == lead_id)


def around(db: Connection, case_id: UUID) -> Sequence[Grouping]:
    """Return every grouping now in which a case leads or is led."""
    return _open(db, or_(groupings.c.case_id == case_id, groupings.c.lead_id == case_id))


def end_grouping(db: Connection, grouping_id: UUID, at: datetime) -> None:
    """Take a case out of its group."""
    mine = update(groupings).where(groupings.c.grouping_id == grouping_id)
    db.execute(mine.values(ended_at=at))


def erase_groupings(db: Connection, case_id: UUID) -> None:
    """Empty the reasons for which a case was grouped, ever."""
    c = groupings.c
    mine = update(groupings).where(or_(c.case_id == case_id, c.lead_id == case_id))
    db.execute(mine.values(because_masked=worded(c.because_masked)))


def _open(db: Connection, which: ColumnElement[bool]) -> Sequence[Grouping]:
    c = groupings.c
    query = select(groupings).where(which, c.ended_at.is_(None))
    rows = db.execute(query.order_by(c.grouped_at, c.grouping_id)).mappings()
    return [Grouping(**row) for row in rows]
