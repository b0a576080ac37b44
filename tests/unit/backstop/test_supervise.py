"""How long a supervisor waits before it starts an ended process again."""

import pytest

from backstop.supervise import failures_in_a_row, restart_delay


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 30.0), (8, 30.0), (100_000, 30.0)],
)
def test_the_delay_doubles_up_to_half_a_minute(failures: int, seconds: float) -> None:
    assert restart_delay(failures) == seconds


def test_a_process_that_ends_soon_waits_longer_each_time() -> None:
    assert failures_in_a_row(before=3, lasted=59.9) == 4


def test_a_process_that_stayed_up_for_a_minute_begins_anew() -> None:
    assert failures_in_a_row(before=9, lasted=60.0) == 1
