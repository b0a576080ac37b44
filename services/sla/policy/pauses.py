"""Rests and extensions of a unit's clock: how often, how long, and where its limit then lies.

A clock that rested runs on with exactly the working time that it had left. A limit that was
extended lies so many working days later, at the same place of its day. The promise to the person
does neither.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.sla.policy.calendar import ZONE, WorkingCalendar, local_time
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
    rested = worked_by(until, calendar) - worked_by(since, calendar)
    if rested <= 0:
        return due
    return max(due, instant_worked(worked_by(due, calendar) + rested, calendar))


def due_extended(due: datetime, days: int, calendar: WorkingCalendar) -> datetime:
    """Return the limit so many working days later, at the same clock time."""
    local = local_time(due)
    last = calendar.add_working_days(local.date(), days)
    return (local + timedelta(days=(last - local.date()).days)).astimezone(UTC)


def is_unsure(before: datetime, due: datetime, calendar: WorkingCalendar) -> bool:
    """Tell whether a limit that moved from one instant to another may move with a notice."""
    days = local_time(before).date(), local_time(due).date()
    return any(explain_provisional(calendar, *days))


def worked_by(instant: datetime, calendar: WorkingCalendar) -> int:
    """Return the working microseconds from the first day of the calendar up to an instant."""
    local = local_time(instant)
    day = local.date()
    if not calendar.is_working_day(day):
        return calendar.rank(day) * calendar.hours.a_day
    clock = local - local.replace(hour=0, minute=0, second=0, microsecond=0)
    worked = calendar.hours.worked_by(clock // timedelta(microseconds=1))
    return (calendar.rank(day) - 1) * calendar.hours.a_day + worked


def instant_worked(worked: int, calendar: WorkingCalendar) -> datetime:
    """Return the earliest instant by which so many microseconds, at least 1, were worked."""
    days, left = divmod(worked - 1, calendar.hours.a_day)
    clock = timedelta(microseconds=calendar.hours.clock_after(left + 1))
    midnight = datetime.combine(calendar.days[days], datetime.min.time(), ZONE)
    return (midnight + clock).astimezone(UTC)
