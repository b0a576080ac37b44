"""Parties of a meeting are reminded as the working day before it begins."""

from datetime import datetime, timedelta

import pytest

from services.sla.policy import ZONE
from services.sla.policy.reminders import next_look_at, reminder_at
from services.sla.settings import Settings

CALENDAR = Settings().promise.calendar


def at(text: str) -> datetime:
    """Return a moment in China."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("starts", "reminder"),
    [
        ("2026-03-05 09:00", "2026-03-04 09:00"),
        ("2026-03-05 23:30", "2026-03-04 09:00"),
        ("2026-03-09 14:00", "2026-03-06 09:00"),
        ("2026-03-08 10:00", "2026-03-06 09:00"),
        ("2026-10-08 09:00", "2026-09-30 09:00"),
    ],
    ids=["a day", "an evening", "over a weekend", "on a Sunday", "over the National Day"],
)
def test_the_working_day_before(starts: str, reminder: str) -> None:
    assert reminder_at(at(starts), CALENDAR) == at(reminder)


def test_it_is_looked_at_each_day_for_the_calendar_may_change() -> None:
    now = at("2026-03-01 10:00")

    assert next_look_at(at("2026-03-10 09:00"), now) == now + timedelta(days=1)
    assert next_look_at(at("2026-03-02 09:00"), now) == at("2026-03-02 09:00")
