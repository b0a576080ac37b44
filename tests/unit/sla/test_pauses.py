"""A clock that rested has the working time that it had left; an extension counts working days."""

from datetime import UTC, datetime, timedelta

import pytest

from services.sla.policy import Limit, PauseRules, Rest, due_after_rest, due_extended, may_rest
from services.sla.settings import Settings

CALENDAR = Settings().promise.calendar
MONDAY_TEN = datetime(2026, 3, 2, 2, tzinfo=UTC)
"""10:00 in Shanghai."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
THURSDAY_CLOSING = datetime(2026, 3, 5, 9, tzinfo=UTC)
RULES = PauseRules(most=2, cap=Limit(5))


@pytest.mark.parametrize(
    ("since", "until", "due"),
    [
        (MONDAY_TEN, MONDAY_TEN + DAY, datetime(2026, 3, 6, 9, tzinfo=UTC)),
        (MONDAY_TEN, MONDAY_TEN + HOUR, datetime(2026, 3, 6, 2, tzinfo=UTC)),
        (MONDAY_TEN, MONDAY_TEN + 12 * HOUR, datetime(2026, 3, 6, 8, tzinfo=UTC)),
        (MONDAY_TEN + 12 * HOUR, MONDAY_TEN + 20 * HOUR, THURSDAY_CLOSING),
        (MONDAY_TEN, MONDAY_TEN + 4 * DAY, datetime(2026, 3, 11, 9, tzinfo=UTC)),
        (MONDAY_TEN, MONDAY_TEN, THURSDAY_CLOSING),
    ],
    ids=["a day", "an hour", "until the evening", "a night", "until friday", "no time"],
)
def test_a_limit_moves_by_the_working_time_of_the_rest(
    since: datetime, until: datetime, due: datetime
) -> None:
    assert due_after_rest(THURSDAY_CLOSING, since, until, CALENDAR) == due


def test_a_limit_outside_working_hours_never_moves_to_an_earlier_moment() -> None:
    evening = THURSDAY_CLOSING + 5 * HOUR

    assert due_after_rest(evening, MONDAY_TEN, MONDAY_TEN + HOUR / 60, CALENDAR) >= evening


@pytest.mark.parametrize(
    ("days", "due"),
    [(1, datetime(2026, 3, 6, 9, tzinfo=UTC)), (2, datetime(2026, 3, 9, 9, tzinfo=UTC))],
    ids=["the next day", "over the weekend"],
)
def test_an_extension_passes_over_days_off(days: int, due: datetime) -> None:
    assert due_extended(THURSDAY_CLOSING, days, CALENDAR) == due


@pytest.mark.parametrize(
    ("clock", "at", "may"),
    [
        (Rest(THURSDAY_CLOSING, None, 0), MONDAY_TEN, True),
        (Rest(THURSDAY_CLOSING, None, 2), MONDAY_TEN, False),
        (Rest(THURSDAY_CLOSING, MONDAY_TEN, 1), MONDAY_TEN, False),
        (Rest(THURSDAY_CLOSING, None, 0), THURSDAY_CLOSING + HOUR, False),
    ],
    ids=["first", "too often", "rests already", "too late"],
)
def test_a_clock_rests_so_often_and_not_past_its_limit(
    clock: Rest, at: datetime, may: bool
) -> None:
    assert may_rest(clock, at, RULES) is may
