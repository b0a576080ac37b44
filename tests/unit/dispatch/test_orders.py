import pytest

from services.dispatch.policy import (
    OPEN_STATES,
    CaseState,
    OrderState,
    Refusal,
    Standing,
    Step,
    is_case_finished,
    objection_to,
    state_after,
)

FINE = None
WRONG = Refusal.WRONG_STATE
DONE = Refusal.ALREADY_DONE

TABLE = {
    #                       sign   contact return finish work  materials extend track
    OrderState.DISPATCHED: (FINE, WRONG, FINE, WRONG, WRONG, WRONG, WRONG, WRONG),
    OrderState.SIGNED: (DONE, FINE, FINE, FINE, FINE, FINE, FINE, FINE),
    OrderState.CONTACTED: (DONE, FINE, FINE, FINE, FINE, FINE, FINE, FINE),
    OrderState.TRACKING: (DONE, FINE, WRONG, FINE, FINE, FINE, WRONG, FINE),
    OrderState.RETURNED: (WRONG, WRONG, DONE, WRONG, WRONG, WRONG, WRONG, WRONG),
    OrderState.HANDED_OVER: (WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG),
    OrderState.FINISHED: (WRONG, WRONG, WRONG, DONE, WRONG, WRONG, WRONG, WRONG),
}


@pytest.mark.parametrize(
    ("state", "step", "refusal"),
    [
        (state, step, refusal)
        for state, row in TABLE.items()
        for step, refusal in zip(Step, row, strict=True)
    ],
)
def test_a_step_follows_only_where_the_table_says(
    state: OrderState, step: Step, refusal: Refusal | None
) -> None:
    assert objection_to(step, state) is refusal


@pytest.mark.parametrize("step", [Step.FINISH, Step.TRACK])
def test_to_answer_the_person_takes_a_logged_attempt_where_the_node_wants_one(step: Step) -> None:
    refusal = objection_to(step, OrderState.SIGNED, Standing(lacks_attempt=True))

    assert refusal is Refusal.NOT_ATTEMPTED


@pytest.mark.parametrize("step", [Step.FINISH, Step.TRACK])
def test_nobody_answers_the_person_while_another_node_may_have_the_case(step: Step) -> None:
    refusal = objection_to(step, OrderState.TRACKING, Standing(is_offered=True))

    assert refusal is Refusal.HAND_OVER_OPEN


def test_what_is_tracked_stays_so_whoever_is_reached() -> None:
    after = state_after(Step.CONTACT, OrderState.TRACKING, reached=True)

    assert after is OrderState.TRACKING


def test_returning_takes_no_attempt() -> None:
    assert objection_to(Step.RETURN, OrderState.DISPATCHED, Standing(lacks_attempt=True)) is None


def test_who_asked_others_to_help_gives_nothing_back() -> None:
    refusal = objection_to(Step.RETURN, OrderState.SIGNED, Standing(leads_others=True))

    assert refusal is Refusal.FIRST_RECEIVER


def test_only_an_attempt_that_reached_the_person_makes_an_order_contacted() -> None:
    assert state_after(Step.CONTACT, OrderState.SIGNED, reached=True) is OrderState.CONTACTED
    assert state_after(Step.CONTACT, OrderState.SIGNED, reached=False) is OrderState.SIGNED


def test_a_vain_attempt_takes_nothing_back() -> None:
    after = state_after(Step.CONTACT, OrderState.CONTACTED, reached=False)

    assert after is OrderState.CONTACTED


@pytest.mark.parametrize(
    ("state", "open_orders", "finished"),
    [
        (CaseState.HELD, 0, True),
        (CaseState.HELD, 1, False),
        (CaseState.POOLED, 0, False),
        (CaseState.FINISHED, 0, False),
    ],
    ids=["nothing is open", "another order is open", "a part waits in the pool", "said before"],
)
def test_a_case_is_finished_when_nothing_is_open(
    state: CaseState, open_orders: int, finished: bool
) -> None:
    assert is_case_finished(state, open_orders) is finished


def test_an_order_is_open_until_it_is_returned_handed_over_or_finished() -> None:
    ended = {OrderState.RETURNED, OrderState.HANDED_OVER, OrderState.FINISHED}

    assert set(OrderState) - OPEN_STATES == ended
