from dataclasses import replace
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.portal.policy import Facts, OrderFacts, Standing, Status, standing

FIRST, SECOND = UUID(int=1), UUID(int=2)


def order(
    state: Status, *, round: int = 1, epoch: int = 0, version: int = 1, order_id: UUID = FIRST
) -> OrderFacts:
    return OrderFacts(order_id, round, epoch, state, version)


DISPATCHED = order(Status.DISPATCHED)
ROUND_TWO = order(Status.SIGNED, round=2, version=9, order_id=SECOND)


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        (Facts(), Standing(Status.REGISTERED, 1, None)),
        (Facts(accepted=True), Standing(Status.ACCEPTED, 1, None)),
        (Facts(declined=True), Standing(Status.DECLINED, 1, None)),
        (
            Facts(accepted=True, pooled_round=1, pooled_version=1),
            Standing(Status.POOLED, 1, None),
        ),
        (Facts(accepted=True, orders=(DISPATCHED,)), Standing(Status.DISPATCHED, 1, FIRST)),
        (Facts(orders=(order(Status.CONTACTED),)), Standing(Status.CONTACTED, 1, FIRST)),
        (Facts(orders=(order(Status.RETURNED),)), Standing(Status.RETURNED, 1, None)),
        (
            Facts(orders=(order(Status.FINISHED),), finished_round=1),
            Standing(Status.FINISHED, 1, FIRST),
        ),
        (
            Facts(orders=(order(Status.FINISHED),), finished_round=1, closed_round=1),
            Standing(Status.CLOSED, 1, FIRST),
        ),
        (Facts(finished_round=1, reopened_round=2), Standing(Status.REOPENED, 2, None)),
        (
            Facts(finished_round=1, reopened_round=2, orders=(DISPATCHED, ROUND_TWO)),
            Standing(Status.SIGNED, 2, SECOND),
        ),
    ],
)
def test_the_highest_mark_is_shown(facts: Facts, shown: Standing) -> None:
    assert standing(facts) == shown


def test_a_round_that_dispatch_began_is_shown_before_review_is_heard_of_it() -> None:
    facts = Facts(accepted=True, finished_round=1, closed_round=0, orders=(ROUND_TWO,))

    assert standing(facts).status is Status.SIGNED


def test_the_last_word_of_dispatch_counts_among_orders_that_came_back() -> None:
    returned = order(Status.RETURNED, version=3)

    pooled = standing(Facts(orders=(returned,), pooled_round=1, pooled_version=4))
    came_back = standing(Facts(orders=(returned,), pooled_round=1, pooled_version=2))

    assert pooled.status is Status.POOLED
    assert came_back.status is Status.RETURNED


def test_a_joined_case_waits_until_it_is_given_back_or_answered() -> None:
    returned = order(Status.RETURNED, version=3)
    joined = Facts(orders=(returned,), joined_round=1, joined_version=4)
    given = order(Status.DISPATCHED, version=5, order_id=SECOND)

    assert standing(joined) == Standing(Status.JOINED, 1, None)
    assert standing(replace(joined, orders=(returned, given))).status is Status.DISPATCHED
    pooled = replace(joined, pooled_round=1, pooled_version=5)
    assert standing(pooled).status is Status.POOLED
    assert standing(replace(joined, finished_round=1)).status is Status.FINISHED
    assert standing(replace(joined, reopened_round=2)).status is Status.REOPENED


def test_an_order_in_work_goes_before_another_that_was_returned_later() -> None:
    working = order(Status.SIGNED, version=2, order_id=SECOND)
    returned = order(Status.RETURNED, version=5)

    for orders in permutations((working, returned)):
        assert standing(Facts(orders=orders)) == Standing(Status.SIGNED, 1, SECOND)


HANDED_OVER = order(Status.HANDED_OVER, version=7)


def test_a_case_that_another_node_took_is_handed_over_until_that_node_says_more() -> None:
    facts = Facts(accepted=True, orders=(HANDED_OVER,), taken=((1, 1),))

    assert standing(facts) == Standing(Status.HANDED_OVER, 1, None)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ({"pooled_round": 1, "pooled_epoch": 1, "pooled_version": 1}, Status.POOLED),
        ({"orders": (HANDED_OVER, order(Status.DISPATCHED, epoch=1))}, Status.DISPATCHED),
        ({"finished_round": 1}, Status.FINISHED),
    ],
)
def test_whatever_the_taker_says_goes_before_that_it_took_over(
    told: dict[str, Any], shown: Status
) -> None:
    facts = Facts(**({"orders": (HANDED_OVER,), "taken": ((1, 1),)} | told))

    assert standing(facts).status is shown


def test_the_word_of_a_later_custody_goes_before_a_higher_version_of_an_earlier_one() -> None:
    here = order(Status.SIGNED, version=40)
    there = order(Status.DISPATCHED, epoch=1, version=2, order_id=SECOND)

    for orders in permutations((here, there)):
        assert standing(Facts(orders=orders)) == Standing(Status.DISPATCHED, 1, SECOND)


def test_a_case_that_came_back_waits_in_the_pool_of_its_new_custody() -> None:
    there = order(Status.HANDED_OVER, epoch=1, version=3, order_id=SECOND)
    facts = Facts(
        orders=(HANDED_OVER, there),
        taken=((1, 1), (1, 2)),
        pooled_round=1,
        pooled_epoch=2,
        pooled_version=9,
    )

    assert standing(facts).status is Status.POOLED


def test_a_finished_case_shows_who_finished_it_not_who_handed_it_over() -> None:
    there = order(Status.FINISHED, epoch=1, version=3, order_id=SECOND)
    facts = Facts(orders=(HANDED_OVER, there), taken=((1, 1),), finished_round=1)

    assert standing(facts) == Standing(Status.FINISHED, 1, SECOND)


def test_a_declined_case_that_dispatch_works_on_is_shown_in_work() -> None:
    facts = Facts(declined=True, orders=(order(Status.SIGNED, order_id=uuid4()),))

    assert standing(facts).status is Status.SIGNED


@pytest.mark.parametrize("status", Status)
def test_a_case_is_open_at_rest_or_waits_for_the_persons_word(status: Status) -> None:
    assert status.is_open + status.is_at_rest + (status is Status.FINISHED) == 1
