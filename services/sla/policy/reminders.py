"""When the parties of a meeting are reminded of it: as the working day before it begins."""

from datetime import datetime, timedelta

from services.sla.policy.calendar import WorkingCalendar, local_time

DAY = timedelta(days=1)


def reminder_at(starts_at: datetime, calendar: WorkingCalendar) -> datetime:
    """Return the opening of the last working day before the day of a meeting."""
    before = local_time(starts_at).date() - DAY
    return calendar.opening(calendar.days[calendar.rank(before) - 1])


def next_look_at(reminder: datetime, now: datetime) -> datetime:
    """Return when to look again: then, or in a day, for the calendar may change meanwhile."""
    return min(reminder, now + DAY)
