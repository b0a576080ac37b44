from datetime import UTC, datetime, timedelta

import pytest

from services.notify.policy.delivery import Pace, Way, next_try, way_to

NINE = datetime(2030, 1, 1, 9, tzinfo=UTC)
PACE = Pace(waits=(timedelta(seconds=30), timedelta(minutes=2)), lease=timedelta(minutes=1))


@pytest.mark.parametrize(("tries", "wait"), [(1, 30), (2, 120)])
def test_each_try_is_followed_by_its_own_wait(tries: int, wait: int) -> None:
    assert next_try(tries, NINE, PACE) == NINE + timedelta(seconds=wait)


def test_after_the_last_wait_one_more_try_is_the_last() -> None:
    assert PACE.most_tries == 3
    assert next_try(3, NINE, PACE) is None


def test_without_waits_there_is_one_try() -> None:
    assert next_try(1, NINE, Pace(waits=(), lease=timedelta(minutes=1))) is None


def test_only_a_mobile_gets_an_sms() -> None:
    assert way_to(is_mobile=True) is Way.SMS
    assert way_to(is_mobile=False) is Way.NONE
