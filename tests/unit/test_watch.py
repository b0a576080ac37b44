from datetime import UTC, datetime, timedelta

from shared.http.watch import MOST_KEYS, Repeats

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_of_a_flood_the_first_and_each_doubling_is_told() -> None:
    repeats = Repeats()

    told = [repeats.told(("u1", "case.read"), NINE) for _ in range(100)]

    assert [count for count in told if count is not None] == [1, 2, 4, 8, 16, 32, 64]


def test_others_and_the_next_minute_count_anew() -> None:
    repeats = Repeats()
    key = ("u1", "case.read")
    assert repeats.told(key, NINE) == 1
    assert repeats.told(key, NINE + timedelta(seconds=59)) == 2
    assert repeats.told(key, NINE + timedelta(seconds=59)) is None

    assert repeats.told(("u2", "case.read"), NINE + timedelta(seconds=59)) == 1
    assert repeats.told(key, NINE + timedelta(seconds=60)) == 1


def test_it_remembers_no_more_than_it_may() -> None:
    repeats = Repeats()

    for number in range(MOST_KEYS + 5):
        repeats.told((str(number),), NINE)

    assert len(repeats.counts) == 5
