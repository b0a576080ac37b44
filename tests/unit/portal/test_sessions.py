from datetime import UTC, datetime, timedelta

import pytest

from services.portal.handlers import csrf_of, is_csrf_of
from services.portal.policy import Limits, Patience, is_over, wait_after

NINE = datetime(2030, 1, 1, 9, tzinfo=UTC)
LIMITS = Limits(idle=timedelta(minutes=30), absolute=timedelta(hours=12))
PATIENCE = Patience(
    free=3,
    first=timedelta(seconds=2),
    longest=timedelta(minutes=15),
    forgotten=timedelta(days=1),
)
SECOND = timedelta(seconds=1)


def test_a_session_holds_exactly_at_its_idle_limit_and_not_after() -> None:
    seen = NINE + timedelta(hours=1)

    assert not is_over(NINE, seen, seen + LIMITS.idle, LIMITS)
    assert is_over(NINE, seen, seen + LIMITS.idle + SECOND, LIMITS)


def test_a_busy_session_ends_at_its_absolute_limit() -> None:
    last = NINE + LIMITS.absolute

    assert not is_over(NINE, last, last, LIMITS)
    assert is_over(NINE, last, last + SECOND, LIMITS)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (2, 0), (3, 2), (4, 4), (5, 8), (12, 900), (10_000, 900)]
)
def test_each_failure_beyond_the_free_ones_doubles_the_wait(failures: int, seconds: int) -> None:
    assert wait_after(failures, PATIENCE) == timedelta(seconds=seconds)


def test_a_form_is_accepted_only_in_the_session_it_was_made_for() -> None:
    assert is_csrf_of("a-token", csrf_of("a-token"))
    assert not is_csrf_of("a-token", csrf_of("another"))
    assert not is_csrf_of("a-token", "数")
