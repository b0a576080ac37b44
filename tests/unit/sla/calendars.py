"""The calendars and clock times that the tests of sla share."""

from datetime import UTC, datetime

from hypothesis import settings
from hypothesis import strategies as st

from services.sla.policy import DEFAULT_HOURS, ZONE
from services.sla.repository.calendar import load_calendar

# No deadline: a busy machine is no failure.
SOME = settings(max_examples=50, deadline=None)
STARTS = st.datetimes(
    datetime.fromisoformat("2004-01-02"),
    datetime.fromisoformat("2034-01-01"),
    timezones=st.just(UTC),
)
CALENDAR = load_calendar(DEFAULT_HOURS)


def at(text: str) -> datetime:
    """Read a local clock time, `2026-02-13 16:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)
