from datetime import UTC, datetime, timedelta

from services.intake.policy.guesses import Wrong, retry_after

NINE = datetime(2030, 1, 1, 9, tzinfo=UTC)
WINDOW = timedelta(minutes=15)


def test_the_first_guess_is_free() -> None:
    assert retry_after(None, 5, WINDOW, NINE) is None


def test_the_last_guess_within_the_limit_is_free() -> None:
    assert retry_after(Wrong(NINE, 4), 5, WINDOW, NINE) is None


def test_after_the_limit_one_waits_for_the_end_of_the_window() -> None:
    assert retry_after(Wrong(NINE, 5), 5, WINDOW, NINE + timedelta(minutes=5)) == 600


def test_a_part_of_a_second_is_waited_in_full() -> None:
    almost = NINE + WINDOW - timedelta(milliseconds=1)

    assert retry_after(Wrong(NINE, 5), 5, WINDOW, almost) == 1


def test_a_window_that_ends_now_is_over() -> None:
    assert retry_after(Wrong(NINE, 99), 5, WINDOW, NINE + WINDOW) is None
