"""Due dates: when a limit ends that began at an instant, and every step that leads there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType

from services.sla.policy.calendar import ZONE, WorkingCalendar, local_time
from services.sla.policy.explanation import (
    EDITION,
    Rule,
    Step,
    digest_of,
    explain_provisional,
    explain_working_days,
    explanation_text,
    step,
)
from services.sla.policy.explanation_local import explain_local
from services.sla.policy.limits import EndRule, Limit, LimitUnit, StartRule

WALL: Mapping[LimitUnit, timedelta] = MappingProxyType(
    {LimitUnit.HOUR: timedelta(hours=1), LimitUnit.MINUTE: timedelta(minutes=1)}
)
"""What runs by the wall clock, however the windows are open."""
LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Due:
    """A due date (UTC) with its explanation; provisional while it may move with a notice."""

    at: datetime
    provisional: bool
    steps: tuple[Step, ...]
    calendar_version: str
    digest: str


def due_at(
    start: datetime, limit: Limit, calendar: WorkingCalendar, before: tuple[Step, ...] = ()
) -> Due:
    """Compute when a limit ends that starts at this aware instant; always after the start.

    `before` are steps that led to this start; they are explained first.
    """
    local = local_time(start)
    moved, first = _moved(local, limit.start, calendar)
    begun = (*before, *first)
    if limit.counts_days and limit.end is EndRule.END_OF_WORKING_DAY:
        counted = _counted_by_day(local.date(), moved.date(), limit, calendar)
    else:
        counted = _counted(local.date(), moved, limit, calendar)
    text = explanation_text(start, limit, calendar.version, (*begun, counted.text), counted.at)
    steps = (*begun, *counted.steps) if begun else counted.steps
    return Due(counted.at, counted.unsure, steps, calendar.version, digest_of(text))


@dataclass(frozen=True, slots=True)
class _Counted:
    """Where a limit ends that starts at the moved start, explained; `text` is of the steps."""

    at: datetime
    unsure: bool
    steps: tuple[Step, ...]
    text: str


def _counted(first: date, moved: datetime, limit: Limit, calendar: WorkingCalendar) -> _Counted:
    end, steps = (_count_days if limit.counts_days else _count_hours)(moved, limit, calendar)
    due, ended = _ended(end, limit, calendar)
    local = explain_local(calendar, first, due.date() if limit.counts_work else moved.date())
    unsure = tuple(explain_provisional(calendar, first, due.date()))
    told = (*local, *steps, *ended, *unsure)
    return _Counted(due.astimezone(UTC), bool(unsure), told, "\n".join(map(str, told)))


@lru_cache(maxsize=4_096)
def _counted_by_day(first: date, day: date, limit: Limit, calendar: WorkingCalendar) -> _Counted:
    # What counts days and ends with work asks on which day it starts and not when.
    return _counted(first, datetime.combine(day, time(), ZONE), limit, calendar)


def due_agreed(start: datetime, at: datetime, calendar: WorkingCalendar) -> Due:
    """Return a limit that was not counted: a moment that people agreed upon."""
    steps = (step(Rule.AGREED, local_time(start), local_time(at)),)
    text = "\n".join((EDITION, *map(str, steps)))
    return Due(at, False, steps, calendar.version, digest_of(text))


def _moved(
    local: datetime, rule: StartRule, calendar: WorkingCalendar
) -> tuple[datetime, tuple[Step, ...]]:
    if rule is StartRule.INSTANT:
        return local, ()
    day = local.date()
    if not calendar.is_working_day(day):
        reason, to = Rule.DAY_OFF, calendar.opening(calendar.working_day_from(day))
    elif local < calendar.opening(day):
        reason, to = Rule.BEFORE_OPENING, calendar.opening(day)
    elif local >= calendar.closing(day):
        reason, to = Rule.AFTER_CLOSING, calendar.opening(calendar.add_working_days(day, 1))
    else:
        return local, ()
    moved = to.astimezone(ZONE)
    return moved, (step(reason, local, moved),)


def _count_days(
    start: datetime, limit: Limit, calendar: WorkingCalendar
) -> tuple[datetime, list[Step]]:
    day = start.date()
    counts_start = limit.start is StartRule.SAME_DAY
    steps = [step(Rule.START_COUNTED if counts_start else Rule.START_NOT_COUNTED, day, day)]

    last = _last_day(day, limit.amount - counts_start, limit.unit, calendar)
    if limit.unit is LimitUnit.WORKING_DAY:
        steps += explain_working_days(calendar, day, last)
    steps.append(step(Rule.COUNTED, day, last, limit.amount))
    return start + timedelta(days=(last - day).days), steps


def _last_day(day: date, n: int, unit: LimitUnit, calendar: WorkingCalendar) -> date:
    if n == 0:
        return day
    if unit is LimitUnit.CALENDAR_DAY:
        return day + timedelta(days=n)
    return calendar.add_working_days(day, n)


def _count_hours(
    start: datetime, limit: Limit, calendar: WorkingCalendar
) -> tuple[datetime, list[Step]]:
    steps: list[Step] = []
    since = start
    if limit.start is StartRule.NEXT_WORKING_DAY:
        following = calendar.add_working_days(start.date(), 1)
        since = calendar.opening(following).astimezone(ZONE)
        steps.append(step(Rule.START_NOT_COUNTED, start, since))
    if limit.unit in WALL:
        end = since + limit.amount * WALL[limit.unit]
    else:
        end = calendar.add_working_minutes(since, limit.amount * 60).astimezone(ZONE)
        steps += explain_working_days(calendar, start.date(), end.date())
    return end, [*steps, step(Rule.COUNTED, since, end, limit.amount)]


def _ended(
    end: datetime, limit: Limit, calendar: WorkingCalendar
) -> tuple[datetime, tuple[Step, ...]]:
    if limit.end is EndRule.SAME_CLOCK_TIME:
        return end, (step(Rule.SAME_CLOCK_TIME, end, end),)
    day = end.date()
    if limit.end is EndRule.END_OF_DAY:
        over = datetime.combine(day, LAST_SECOND, ZONE)
        return max(end, over), (step(Rule.END_OF_DAY, day, over),)
    last, reason = calendar.working_day_from(day), Rule.LAST_DAY_OFF
    if not limit.counts_days and end > calendar.closing(last):
        last, reason = calendar.add_working_days(day, 1), Rule.LAST_DAY_OVER
    due = calendar.closing(last).astimezone(ZONE)
    moves = (step(reason, day, last),) if last != day else ()
    return due, (*moves, step(Rule.END_OF_WORKING_DAY, last, due))
