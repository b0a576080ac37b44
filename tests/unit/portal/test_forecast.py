from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.policy.forecast import (
    OF_ALL,
    STEPS,
    Alike,
    Ended,
    Past,
    Running,
    forecasts,
    step_of,
)

NINE = datetime(2030, 1, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def ended(step: int, count: int, unit: str = "A", *, missed: bool = False) -> Ended:
    return Ended(unit=unit, kind="resolve", step=step, missed=missed, count=count)


def running(hours: int, left: int, unit: str = "A") -> Running:
    begun, due = NINE - timedelta(hours=hours), NINE + timedelta(hours=left)
    return Running(unit=unit, kind="resolve", started_at=begun, due_at=due)


PAST = Past([ended(6, 60), ended(36, 34), ended(0, 6, missed=True)])


def test_only_clocks_that_had_come_as_far_are_alike() -> None:
    assert PAST.alike("A", "resolve", 0) == Alike(100, 6)
    assert PAST.alike("A", "resolve", 30) == Alike(40, 6)
    assert PAST.alike("A", "resolve", 45) == Alike(6, 6)
    assert PAST.alike("B", "resolve", 0) == Alike(0, 0)


def test_a_unit_with_a_past_is_judged_by_it() -> None:
    busy = Past([ended(2, 10_000), ended(0, 10_000, missed=True), ended(2, 9_000, unit="B")])

    assert busy.risk("A", "resolve", 0) == pytest.approx(0.5, abs=0.01)
    assert busy.risk("B", "resolve", 0) < 0.01


def test_a_unit_without_a_past_gets_that_of_the_house_and_without_any_nobody_knows() -> None:
    assert PAST.risk("B", "resolve", 30) == pytest.approx(7 / 42)
    assert PAST.risk("B", "contact", 30) == 0.5


def test_two_cases_of_bad_luck_are_no_forecast() -> None:
    past = Past([ended(2, 998, unit="B"), ended(0, 2, missed=True)])

    assert past.risk("A", "resolve", 0) < (2 + OF_ALL * 0.01) / (2 + OF_ALL)


def test_what_is_expected_is_the_sum_of_what_is_expected_of_each() -> None:
    clocks = [running(10, 10), running(19, 1), running(1, 80), running(5, 40, unit="B")]

    (soon,) = forecasts(PAST, clocks, NINE, NINE + DAY)
    both = forecasts(PAST, clocks, NINE, NINE + 3 * DAY)

    expected = PAST.risk("A", "resolve", 30) + PAST.risk("A", "resolve", 57)
    assert soon.running == 2
    assert soon.expected == pytest.approx(expected)
    assert soon.alike == Alike(6, 6)
    assert [(each.unit, each.running) for each in both] == [("A", 2), ("B", 1)]


@given(st.lists(st.tuples(st.integers(0, STEPS - 1), st.integers(0, 50), st.booleans())))
def test_the_later_a_clock_still_runs_the_likelier_it_misses(
    told: list[tuple[int, int, bool]],
) -> None:
    past = Past(ended(step, count, missed=missed) for step, count, missed in told)
    risks = [past.risk("A", "resolve", step) for step in range(STEPS)]

    assert all(0 < risk < 1 for risk in risks)
    assert risks == sorted(risks)


@pytest.mark.parametrize(
    ("hours", "left", "step"),
    [(0, 20, 0), (1, 19, 3), (10, 10, 30), (20, 0, 59), (30, -5, 59), (-5, 20, 0), (0, 0, 59)],
)
def test_the_step_is_the_part_of_the_time_that_is_over(hours: int, left: int, step: int) -> None:
    clock = running(hours, left)

    assert step_of(clock.started_at, clock.due_at, NINE) == step
