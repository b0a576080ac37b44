"""What of a due date is local: days off, other hours and openings, and the notice that says so."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from services.sla.policy.calendar import WorkingCalendar
from services.sla.policy.explanation import Rule, Step, step
from services.sla.policy.local import LocalCalendar, LocalDay, LocalWeek

DAY = timedelta(days=1)


def explain_local(calendar: WorkingCalendar, first: date, last: date) -> tuple[Step, ...]:
    """Return what local notices say of the days first to last, both included, in their order."""
    if not isinstance(calendar, LocalCalendar):
        return ()
    days = _folded(_named(calendar, first, last))
    return (*_weeks(calendar, first, last), *days)


def _named(calendar: LocalCalendar, first: date, last: date) -> Iterator[Step]:
    for day in _days(first, last):
        if day in calendar.named:
            yield _told(calendar.named[day])


def _told(local: LocalDay) -> Step:
    off = local.hours is None
    opened = Rule.LOCAL_OPENING if local.opens else Rule.LOCAL_HOURS
    told = step(Rule.LOCAL_DAY_OFF if off else opened, local.day, local.day, int(off))
    hours = "" if local.hours is None else str(local.hours)
    return replace(told, name=local.name, hours=hours, notice=local.notice)


def _folded(steps: Iterator[Step]) -> Iterator[Step]:
    """Yield days off that follow each other, for one reason, as one step."""
    open_: Step | None = None
    for each in steps:
        if open_ is not None and _goes_on(open_, each):
            open_ = replace(open_, until=each.until, count=open_.count + 1)
            continue
        if open_ is not None:
            yield open_
        open_ = each
    if open_ is not None:
        yield open_


def _goes_on(before: Step, after: Step) -> bool:
    is_next = date.fromisoformat(before.until) + DAY == date.fromisoformat(after.since)
    same = (before.rule, before.name, before.notice) == (after.rule, after.name, after.notice)
    return is_next and same and after.rule is Rule.LOCAL_DAY_OFF


def _weeks(calendar: LocalCalendar, first: date, last: date) -> Iterator[Step]:
    met: dict[LocalWeek, date] = {}
    if calendar.weeks:
        for day in _days(first, last):
            week = calendar.week_of(day)
            if week is not None and day not in calendar.named:
                met.setdefault(week, day)
    for week, day in met.items():
        row = week.row
        until = min(last, row.until or last)
        weekdays = ",".join(str(each + 1) for each in row.weekdays)
        told = step(Rule.LOCAL_WEEK, day, until)
        yield replace(told, name=weekdays, hours=str(row.hours or ""), notice=week.notice)


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
