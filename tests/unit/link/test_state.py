from datetime import UTC, datetime, timedelta

import pytest

from services.link.policy import LinkState, Pace, is_beat_due, resend_after, state_of

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
PACE = Pace(
    beat=timedelta(seconds=30),
    resend=timedelta(minutes=1),
    longest=timedelta(hours=1),
    down_after=timedelta(minutes=10),
)


@pytest.mark.parametrize(
    ("silent", "state"),
    [
        (0, LinkState.UP),
        (60, LinkState.UP),
        (61, LinkState.QUIET),
        (600, LinkState.QUIET),
        (601, LinkState.DOWN),
    ],
)
def test_a_link_is_as_well_as_its_neighbour_was_heard(silent: int, state: LinkState) -> None:
    assert state_of(NOON - timedelta(seconds=silent), NOON, PACE) is state


def test_a_neighbour_that_was_never_heard_is_not_taken_for_one_that_fell_silent() -> None:
    assert state_of(None, NOON, PACE) is LinkState.NEVER


@pytest.mark.parametrize(
    ("tries", "minutes"), [(0, 1), (1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (500, 60)]
)
def test_each_try_waits_twice_as_long_up_to_the_longest(tries: int, minutes: int) -> None:
    assert resend_after(tries, PACE) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("since", "is_due"),
    [(0, False), (29, False), (30, True), (-59, False), (-61, True), (-3_600, True)],
)
def test_a_clock_that_was_ahead_delays_no_beat(since: int, is_due: bool) -> None:
    assert is_beat_due(NOON - timedelta(seconds=since), NOON, PACE) is is_due
    assert is_beat_due(None, NOON, PACE)
