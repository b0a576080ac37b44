"""Lamps: which one shows, and when the next one does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sla.policy import ClockKind, Lamp, is_missed, lamp_at, next_step_at
from shared.events import words
from tests.unit.sla.calendars import SOME

DUE = datetime(2026, 3, 5, 9, tzinfo=UTC)
A_DAY = timedelta(hours=24)
A_MOMENT = timedelta(microseconds=1)


def test_clocks_and_lamps_are_called_as_in_the_events() -> None:
    assert [*ClockKind] == [*words.ClockDetail]
    assert [*Lamp] == [*words.Lamp]


@pytest.mark.parametrize(
    ("now", "lamp"),
    [
        (DUE - A_DAY - A_MOMENT, Lamp.GREEN),
        (DUE - A_DAY, Lamp.YELLOW),
        (DUE, Lamp.YELLOW),
        (DUE + A_MOMENT, Lamp.RED),
    ],
    ids=["more than a day left", "exactly a day left", "exactly due", "past due"],
)
def test_the_lamp_shows_how_near_the_limit_is(now: datetime, lamp: Lamp) -> None:
    assert lamp_at(DUE, now) is lamp


def test_answering_exactly_on_time_is_on_time() -> None:
    assert not is_missed(DUE, DUE)
    assert is_missed(DUE, DUE + A_MOMENT)


def test_a_red_lamp_has_no_next_step() -> None:
    assert next_step_at(DUE, Lamp.RED) is None


@SOME
@given(st.timedeltas(timedelta(0), timedelta(days=9)), st.timedeltas(timedelta(0), 2 * A_DAY))
def test_the_lamp_changes_at_its_next_step_and_not_a_moment_before(
    left: timedelta, yellow_before: timedelta
) -> None:
    lamp = lamp_at(DUE, DUE - left, yellow_before)
    step = next_step_at(DUE, lamp, yellow_before)

    assert step is not None
    assert lamp_at(DUE, step - A_MOMENT, yellow_before) is lamp
    assert lamp_at(DUE, step, yellow_before) is not lamp


@pytest.mark.parametrize("detail", words.ClockDetail)
def test_every_clock_is_told_in_a_word_that_every_release_knows(
    detail: words.ClockDetail,
) -> None:
    assert detail.nearest in set(words.ClockKind)
