"""Which calendar day an instant falls on for people in China."""

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
"""One zone for the whole country, without summer time since 1992."""


def day_of(moment: datetime) -> date:
    """Return the day in China; a new one begins at 16:00 UTC."""
    return moment.astimezone(CHINA).date()
