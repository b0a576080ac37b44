from collections import defaultdict
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.policy import days_to_count, withheld

Told = tuple[tuple[int | None, ...], int]
"""The numbers that are left of some, and their sum."""


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({}, {}),
        ({"a": 0, "b": 3}, {"a": 0, "b": 3}),
        ({"a": 1, "b": 2}, {"a": None, "b": None}),
        ({"a": 2, "b": 5, "c": 9}, {"a": None, "b": None, "c": 9}),
        ({"a": 1, "b": 1, "c": 5, "d": 5, "e": 6}, dict.fromkeys("abcd") | {"e": 6}),
        ({"a": 1, "b": 2, "c": 0, "d": 3}, {"a": None, "b": None, "c": 0, "d": 3}),
        ({"a": 2, "b": 0}, {"a": None, "b": None}),
    ],
    ids=[
        "nothing",
        "none small",
        "two small",
        "one small and the next",
        "two alike and all that are next",
        "two that differ",
        "one small alone",
    ],
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


@pytest.mark.parametrize("size", [2, 3, 4])
def test_no_number_that_is_withheld_can_be_worked_out_from_the_sum(size: int) -> None:
    alike: defaultdict[Told, list[tuple[int, ...]]] = defaultdict(list)
    for numbers in product(range(8), repeat=size):
        shown = tuple(withheld(dict(enumerate(numbers))).values())
        alike[shown, sum(numbers)].append(numbers)

    for (shown, _total), possible in alike.items():
        for place, number in enumerate(shown):
            assert number is not None or len({each[place] for each in possible}) > 1


def test_the_days_that_have_ended_are_counted_and_today_is_not() -> None:
    days = days_to_count(date(2030, 3, 2))

    assert (days[0], days[-1], len(days)) == (date(2030, 2, 23), date(2030, 3, 1), 7)
