"""Minutes of coordination meetings and the duties in them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, select, update

from services.dispatch.tables import meeting_duties, meeting_minutes
from shared.db.bulk import insert_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """Minutes as drafted, or as the convenor confirmed them: then `paper` is what they say."""

    minutes_id: UUID
    meeting_id: UUID
    serial: int
    conclusion_masked: str
    amends_because: str | None
    drafted_at: datetime
    drafted_by: str
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    paper: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    """One duty; `part_id` is what it became of the order."""

    duty_id: UUID
    minutes_id: UUID
    serial: int
    unit_code: str
    company_masked: str | None
    words_masked: str
    days: int | None
    due_on: date | None
    part_id: UUID | None = None


def minutes_of(db: Connection, meeting_id: UUID) -> Sequence[Minutes]:
    """Return the minutes of a meeting, the first ones first."""
    query = select(meeting_minutes).where(meeting_minutes.c.meeting_id == meeting_id)
    rows = db.execute(query.order_by(meeting_minutes.c.serial)).mappings()
    return [Minutes(**row) for row in rows]


def put_draft(db: Connection, draft: Minutes, duties: Sequence[DutyRow]) -> None:
    """Keep a draft in place of the one that was not confirmed."""
    drop_draft(db, draft.meeting_id)
    db.execute(meeting_minutes.insert().values(asdict(draft)))
    insert_rows(db, meeting_duties, [asdict(duty) for duty in duties])


def drop_draft(db: Connection, meeting_id: UUID) -> None:
    """Delete minutes that nobody confirmed."""
    m = meeting_minutes.c
    drafted = select(m.minutes_id).where(m.meeting_id == meeting_id, m.confirmed_at.is_(None))
    db.execute(delete(meeting_duties).where(meeting_duties.c.minutes_id.in_(drafted)))
    mine = (m.meeting_id == meeting_id, m.confirmed_at.is_(None))
    db.execute(delete(meeting_minutes).where(*mine))


def confirm_minutes(db: Connection, minutes_id: UUID, **confirmed: object) -> None:
    """Write who confirmed minutes, when, and their words; confirmed ones stay as they are."""
    m = meeting_minutes.c
    mine = (m.minutes_id == minutes_id, m.confirmed_at.is_(None))
    db.execute(update(meeting_minutes).where(*mine).values(confirmed))


def duties_of(db: Connection, minutes_id: UUID) -> Sequence[DutyRow]:
    """Return the duties in minutes, in their order."""
    query = select(meeting_duties).where(meeting_duties.c.minutes_id == minutes_id)
    rows = db.execute(query.order_by(meeting_duties.c.serial)).mappings()
    return [DutyRow(**row) for row in rows]


def note_part(db: Connection, duty_id: UUID, part_id: UUID) -> None:
    """Write which part of the order a duty became."""
    mine = meeting_duties.c.duty_id == duty_id
    db.execute(update(meeting_duties).where(mine).values(part_id=part_id))
