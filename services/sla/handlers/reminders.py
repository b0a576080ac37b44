"""Say once, on the working day before a meeting, that it is near; for people are reminded then."""

from datetime import datetime

from sqlalchemy import Connection

from services.sla.handlers.clocks import Promise, under_notices
from services.sla.policy.reminders import next_look_at, reminder_at
from services.sla.repository import reminders as repository
from services.sla.repository.reminders import Reminder
from shared.events.dispatch import MeetingCalled, MeetingCancelled, MeetingHeld
from shared.events.sla import MeetingNear
from shared.outbox import say


def plan_reminder(db: Connection, event: MeetingCalled, promise: Promise) -> None:
    """Plan a reminder of a round in place of the one before it.

    Of what is called on that working day or later nobody is reminded: they have just been told.
    """
    about = (event.case_id, event.meeting_id)
    planned = repository.planned_for(db, *about)
    if event.starts_at == planned:
        return  # one more party is asked, or the place is another
    repository.end_reminders(db, *about, event.occurred_at)
    calendar = under_notices(db, promise).calendar
    if event.occurred_at < reminder_at(event.starts_at, calendar):
        repository.add_reminder(db, *about, event.starts_at, event.occurred_at)


def drop_reminder(db: Connection, event: MeetingHeld | MeetingCancelled) -> None:
    """The round was held or will not be: nobody is reminded of it."""
    repository.end_reminders(db, event.case_id, event.meeting_id, event.occurred_at)


def sweep_reminders(db: Connection, now: datetime, promise: Promise, limit: int) -> int:
    """Say which meetings are near by the calendar of now; return how many were looked at."""
    found = repository.reminders_to_look_at(db, now, limit)
    calendar = under_notices(db, promise).calendar if found else promise.calendar
    for reminder in found:
        moment = reminder_at(reminder.starts_at, calendar)
        if now < moment:
            repository.look_again(db, reminder, next_look_at(moment, now))
        else:
            _remind(db, reminder, now)
    return len(found)


def _remind(db: Connection, reminder: Reminder, now: datetime) -> None:
    repository.note_reminded(db, reminder, now)
    if now < reminder.starts_at:  # else nothing ran meanwhile, and it has begun
        about = {"case_id": reminder.case_id, "meeting_id": reminder.meeting_id}
        say(db, MeetingNear(**about, starts_at=reminder.starts_at, occurred_at=now))
