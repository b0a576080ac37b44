"""Where a promise goes when the calendar changes under it.

A limit that would have passed already is not put on anybody: then the old one stays as it was
promised, explained by the calendar that it was computed with.
"""

from dataclasses import dataclass
from datetime import datetime

from services.sla.policy.calendar import WorkingCalendar
from services.sla.policy.due import Due, due_at
from services.sla.policy.limits import Limit


@dataclass(frozen=True, slots=True)
class Move:
    """A due date under another calendar; `moves` is False where people see no difference."""

    before: datetime
    due: Due
    moves: bool
    stays: bool = False
    """The new limit has passed already: the old one stays."""


@dataclass(frozen=True, slots=True)
class Promised:
    """What a clock promised: from when, by which limit, until when, and whether that may move."""

    started_at: datetime
    limit: Limit
    due_at: datetime
    provisional: bool


def moved(promised: Promised, calendar: WorkingCalendar, now: datetime) -> Move:
    """Return where a running promise ends under this calendar, seen from `now`."""
    due = due_at(promised.started_at, promised.limit, calendar)
    if due.at < now <= promised.due_at:
        return Move(promised.due_at, due, moves=False, stays=True)
    told = (due.at, due.provisional)
    return Move(promised.due_at, due, moves=told != (promised.due_at, promised.provisional))
