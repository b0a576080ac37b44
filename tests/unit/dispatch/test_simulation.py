"""What a replay adds up to: ways with a few examples, and what they would cost in returns."""

from uuid import UUID

from services.dispatch.policy.simulation import (
    MOST_EXAMPLES,
    POOL,
    Gone,
    History,
    Replayed,
    expected_returns,
    ways_of,
)


def test_cases_are_counted_by_their_way_with_the_first_few_that_moved() -> None:
    moved = [Replayed(UUID(int=n), "a", "b") for n in range(MOST_EXAMPLES + 2)]
    stayed = [Replayed(UUID(int=99), "a", "a"), Replayed(UUID(int=98), POOL, POOL)]

    assert ways_of([*moved, *stayed]) == {
        ("a", "b"): Gone(MOST_EXAMPLES + 2, [UUID(int=n) for n in range(MOST_EXAMPLES)]),
        ("a", "a"): Gone(1),
        (POOL, POOL): Gone(1),
    }


def test_a_unit_returns_as_often_as_it_did_and_one_with_few_orders_as_all_do() -> None:
    history = {"a": History(100, 50), "few": History(10, 10)}

    assert expected_returns({"a": 4, POOL: 9}, history) == 2.0
    assert expected_returns({"few": 11, "new": 11}, history) == 12.0
