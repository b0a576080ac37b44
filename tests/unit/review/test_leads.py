"""How a lead goes: what an answer needs, and where it leads."""

from datetime import date, timedelta

import pytest

from services.review.policy import (
    AFTER,
    LeadAnswer,
    LeadOutcome,
    LeadState,
    objection_to_answer,
    objection_to_routing,
)

TODAY = date(2030, 1, 2)
WHOLE = {
    LeadOutcome.CHANGED: LeadAnswer(LeadOutcome.CHANGED, "皖政〔2030〕1 号", TODAY),
    LeadOutcome.UNDER_WAY: LeadAnswer(LeadOutcome.UNDER_WAY, promised_on=TODAY),
    LeadOutcome.KEPT: LeadAnswer(LeadOutcome.KEPT, "行政许可法 34"),
    LeadOutcome.NOT_OURS: LeadAnswer(LeadOutcome.NOT_OURS),
}


@pytest.mark.parametrize("outcome", LeadOutcome)
def test_a_whole_answer_stands_where_somebody_was_asked_and_nowhere_else(
    outcome: LeadOutcome,
) -> None:
    objections = {state: objection_to_answer(state, WHOLE[outcome], TODAY) for state in LeadState}

    assert [state for state, why in objections.items() if why is None] == [LeadState.ROUTED]


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (LeadAnswer(LeadOutcome.CHANGED, None, TODAY), "document"),
        (LeadAnswer(LeadOutcome.CHANGED, "皖政〔2030〕1 号"), "in_force_from"),
        (LeadAnswer(LeadOutcome.UNDER_WAY), "promised_on"),
        (LeadAnswer(LeadOutcome.UNDER_WAY, promised_on=TODAY - timedelta(days=1)), "promised_on"),
        (LeadAnswer(LeadOutcome.KEPT), "document"),
    ],
)
def test_what_an_answer_lacks_is_named(answer: LeadAnswer, field: str) -> None:
    objection = objection_to_answer(LeadState.ROUTED, answer, TODAY)

    assert objection is not None
    assert objection.field == field


def test_a_change_may_already_be_in_force() -> None:
    answer = LeadAnswer(LeadOutcome.CHANGED, "皖政〔2029〕9 号", TODAY - timedelta(days=300))

    assert objection_to_answer(LeadState.ROUTED, answer, TODAY) is None


def test_only_what_is_closed_is_given_to_nobody() -> None:
    closed = [state for state in LeadState if objection_to_routing(state)]

    assert closed == [LeadState.CLOSED]
    assert {state for outcome, state in AFTER.items() if outcome is not LeadOutcome.NOT_OURS} == {
        LeadState.CLOSED,
        LeadState.ROUTED,
    }
