"""Which cases were split off which report."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select

from services.intake.tables import cases, splits


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A case that was split off a report; `serial` counts its parts from 1."""

    case_id: UUID
    first_id: UUID
    serial: int
    split_at: datetime


def add_splits(db: Connection, made: Sequence[Split]) -> None:
    """Insert what was split off."""
    db.execute(insert(splits), [asdict(each) for each in made])


def split_of(db: Connection, case_id: UUID) -> Split | None:
    """Return off which report a case was split."""
    return next(iter(_read(db, splits.c.case_id == case_id)), None)


def split_off(db: Connection, first_id: UUID) -> Sequence[Split]:
    """Return what was split off a report, in the order in which it was."""
    return _read(db, splits.c.first_id == first_id)


def codes_beside(db: Connection, number: str) -> Sequence[tuple[str, str]]:
    """Return number and hash of the query code of each other case of the same report."""
    c, s = cases.c, splits.c
    mine = select(c.case_id, func.coalesce(s.first_id, c.case_id).label("first_id"))
    own = mine.outerjoin(splits, s.case_id == c.case_id).where(c.number == number).subquery()
    parts = select(s.case_id).where(s.first_id.in_(select(own.c.first_id)))
    query = select(c.number, c.query_code_hash).where(
        or_(c.case_id.in_(parts), c.case_id.in_(select(own.c.first_id))),
        c.case_id.not_in(select(own.c.case_id)),
        c.query_code_hash.is_not(None),
    )
    return [(row.number, row.query_code_hash) for row in db.execute(query)]


def _read(db: Connection, which: ColumnElement[bool]) -> Sequence[Split]:
    query = select(splits).where(which).order_by(splits.c.serial)
    return [Split(**row) for row in db.execute(query).mappings()]
