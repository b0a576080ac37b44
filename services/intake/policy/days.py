"""The day that it is in China at an instant: one zone, no summer time since 1991."""

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")


def day_in_china(at: datetime) -> date:
    """Return the calendar day of an instant."""
    return at.astimezone(CHINA).date()
