"""Rests and extensions of a unit's clock: how often, how long, and where its limit then lies.

A clock that rested runs on with exactly the working time that it had left. A limit that was
extended lies so many working days later, at the same place of its day. The promise to the person
does neither.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.sla.policy.calendar import WorkingCalendar, local_time
from services.sla.policy.explanation import explain_provisional
from services.sla.policy.limits import Limit


@dataclass(frozen=True, slots=True)
class PauseRules:
    """How often a clock may rest, and how long at once."""

    most: int
    cap: Limit


@dataclass(frozen=True, slots=True)
class Rest:
    """A clock as far as it decides whether it may rest."""

    due_at: datetime
    paused_at: datetime | None
    pauses: int


def may_rest(clock: Rest, at: datetime, rules: PauseRules) -> bool:
    """Tell whether a clock may rest: not twice at once, not past its limit, not too often."""
    return clock.paused_at is None and at <= clock.due_at and clock.pauses < rules.most


def due_after_rest(
    due: datetime, since: datetime, until: datetime, calendar: WorkingCalendar
) -> datetime:
    """Return the limit of a clock that rested; never earlier than it was."""
    rested = calendar.worked_by(until) - calendar.worked_by(since)
    if rested <= 0:
        return due
    return max(due, calendar.instant_worked(calendar.worked_by(due) + rested))


def due_extended(due: datetime, days: int, calendar: WorkingCalendar) -> datetime:
    """Return the limit so many working days later, at the same clock time.

    What ends with work ends with the work of that day, and nothing on a shorter day after it.
    """
    local = local_time(due)
    day = local.date()
    last = calendar.add_working_days(day, days)
    later = (local + timedelta(days=(last - day).days)).astimezone(UTC)
    if not calendar.is_working_day(day) or due > calendar.closing(day):
        return later
    closes = calendar.closing(last)
    return closes if due == calendar.closing(day) else min(later, closes)


def is_unsure(before: datetime, due: datetime, calendar: WorkingCalendar) -> bool:
    """Tell whether a limit that moved from one instant to another may move with a notice."""
    days = local_time(before).date(), local_time(due).date()
    return any(explain_provisional(calendar, *days))
