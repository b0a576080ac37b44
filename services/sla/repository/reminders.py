"""Reminders of meetings: rows among the terms, which end with their meeting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, update

from services.sla.repository.terms import MEETING
from services.sla.tables import terms
from shared.clock import new_id


@dataclass(frozen=True, slots=True)
class Reminder:
    """A meeting of which its parties are still to be reminded."""

    id: UUID
    case_id: UUID
    meeting_id: UUID
    starts_at: datetime


_MINE = (terms.c.kind == MEETING, terms.c.ended_at.is_(None))


def planned_for(db: Connection, case_id: UUID, meeting_id: UUID) -> datetime | None:
    """Return when the meeting is of which people are still to be reminded."""
    mine = (*_MINE, terms.c.case_id == case_id, terms.c.order_id == meeting_id)
    return db.scalar(select(terms.c.due_at).where(*mine))


def add_reminder(
    db: Connection, case_id: UUID, meeting_id: UUID, starts_at: datetime, called_at: datetime
) -> None:
    """Keep that a meeting was called; it is looked at by the next sweep."""
    row = {"case_id": case_id, "kind": MEETING, "order_id": meeting_id, "started_at": called_at}
    db.execute(terms.insert().values(id=new_id(), due_at=starts_at, next_step_at=called_at, **row))


def end_reminders(db: Connection, case_id: UUID, meeting_id: UUID, at: datetime) -> None:
    """End what is kept of a meeting that was moved, held or cancelled."""
    mine = (*_MINE, terms.c.case_id == case_id, terms.c.order_id == meeting_id)
    db.execute(update(terms).where(*mine).values(ended_at=at))


def reminders_to_look_at(db: Connection, now: datetime, limit: int) -> Sequence[Reminder]:
    """Lock and return the reminders whose moment has come or may have moved, oldest first."""
    t = terms.c
    columns = (t.id, t.case_id, t.order_id.label("meeting_id"), t.due_at.label("starts_at"))
    due = select(*columns).where(*_MINE, t.next_step_at <= now).order_by(t.next_step_at)
    rows = db.execute(due.limit(limit).with_for_update(skip_locked=True))
    return [Reminder(**row._asdict()) for row in rows]


def look_again(db: Connection, reminder: Reminder, at: datetime) -> None:
    """Write when to look at a reminder again."""
    db.execute(update(terms).where(terms.c.id == reminder.id).values(next_step_at=at))


def note_reminded(db: Connection, reminder: Reminder, now: datetime) -> None:
    """Write that a reminder was said, or that it came too late to be of use."""
    done = {"next_step_at": None, "near_at": now, "ended_at": now}
    db.execute(update(terms).where(terms.c.id == reminder.id).values(done))
