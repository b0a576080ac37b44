from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.policy import days_to_count, withheld


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({}, {}),
        ({"a": 0, "b": 3}, {"a": 0, "b": 3}),
        ({"a": 1, "b": 2}, {"a": None, "b": None}),
        ({"a": 2, "b": 5, "c": 9}, {"a": None, "b": None, "c": 9}),
        ({"a": 2, "b": 0}, {"a": None, "b": 0}),
    ],
    ids=["nothing", "none small", "two small", "one small and the next", "one small alone"],
)
def test_small_numbers_are_withheld_and_cannot_be_told_from_the_sum(
    cells: dict[str, int], shown: dict[str, int | None]
) -> None:
    assert withheld(cells) == shown


@given(st.dictionaries(st.text(max_size=2), st.integers(0, 9)))
def test_no_number_of_one_or_two_is_ever_told(cells: dict[str, int]) -> None:
    shown = withheld(cells)

    assert shown.keys() == cells.keys()
    assert not {1, 2} & set(shown.values())
    assert all(n in (None, cells[key]) for key, n in shown.items())


def test_the_days_that_have_ended_are_counted_and_today_is_not() -> None:
    days = days_to_count(date(2030, 3, 2))

    assert (days[0], days[-1], len(days)) == (date(2030, 2, 23), date(2030, 3, 1), 7)
