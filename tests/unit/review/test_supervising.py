from datetime import UTC, datetime, timedelta

import pytest

from services.review.policy import Where, supervision_due, where_is

NINE = datetime(2030, 1, 2, 1, tzinfo=UTC)
BELOW = frozenset({"341523"})


@pytest.mark.parametrize(
    ("via", "known", "where"),
    [
        (None, False, Where.UNKNOWN),
        (None, True, Where.HERE),
        ("341523", True, Where.BELOW),
        ("340000", True, Where.ABOVE),
    ],
)
def test_a_case_is_where_the_one_stands_who_told_of_it(
    via: str | None, known: bool, where: Where
) -> None:
    assert where_is(via, BELOW, known=known) is where


def test_an_answer_is_wanted_within_a_day_unless_somebody_says_otherwise() -> None:
    assert supervision_due(None, NINE) == NINE + timedelta(days=1)
    assert supervision_due(NINE + timedelta(hours=2), NINE) == NINE + timedelta(hours=2)


def test_a_moment_that_has_passed_is_no_day_for_an_answer() -> None:
    assert supervision_due(NINE, NINE) is None
