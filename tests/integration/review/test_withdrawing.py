"""Nobody is asked about what was withdrawn; it closes when that cannot change, or goes on."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection

from services.review import handlers, repository
from services.review.policy import CaseState
from shared.events.dispatch import CaseFinished
from shared.events.intake import CaseWithdrawn, WithdrawalTakenBack
from shared.events.review import CaseClosed, CaseReopened
from shared.events.words import By
from tests.integration.review.stories import (
    FIFTEEN_DAYS,
    NINE,
    RULES,
    TEN,
    finished,
    known_case,
    last,
    names,
)

pytestmark = pytest.mark.integration

CITIZEN = By(kind="citizen")
UNTIL = NINE + timedelta(days=7)
OVER = UNTIL + timedelta(hours=1, seconds=1)


def withdrawn(case_id: UUID, *, accepted: bool = True) -> CaseWithdrawn:
    about = {"case_id": case_id, "occurred_at": NINE, "withdrawal_id": uuid4(), "round": 1}
    return CaseWithdrawn(**about, accepted=accepted, take_back_by=UNTIL, by=CITIZEN)


def back(case_id: UUID, *, accepted: bool = True) -> WithdrawalTakenBack:
    about = {"case_id": case_id, "occurred_at": TEN, "withdrawal_id": uuid4(), "round": 1}
    return WithdrawalTakenBack(**about, accepted=accepted, by=CITIZEN)


def ended(case_id: UUID) -> CaseFinished:
    return finished(case_id).model_copy(update={"withdrawn": True})


def state_of(db: Connection, case_id: UUID) -> CaseState:
    case = repository.find_case(db, case_id)
    assert case is not None
    return case.state


@pytest.mark.parametrize("first", ["withdrawn", "ended", "a result that crossed it"])
def test_nobody_is_asked_and_it_closes_when_nobody_can_take_it_back(
    db: Connection, first: str
) -> None:
    case_id = known_case(db)
    result = finished(case_id) if first.startswith("a result") else ended(case_id)
    if first == "ended":
        handlers.invite(db, result, FIFTEEN_DAYS, RULES)
        handlers.hear_withdrawn(db, withdrawn(case_id))
    else:
        handlers.hear_withdrawn(db, withdrawn(case_id))
        assert not handlers.close_withdrawn(db, OVER, 10)  # somebody works on it still
        handlers.invite(db, result, FIFTEEN_DAYS, RULES)

    assert names(db) == []
    assert not handlers.close_withdrawn(db, UNTIL, 10)
    assert handlers.close_withdrawn(db, OVER, 10) == 1
    assert not handlers.close_withdrawn(db, OVER, 10)
    closed = last(db, CaseClosed)
    assert (closed.round, closed.how, closed.how_told) == (1, "unanswered", "withdrawn")
    assert state_of(db, case_id) is CaseState.CLOSED


def test_an_invitation_that_crossed_it_is_none_any_more(db: Connection) -> None:
    case_id = known_case(db)
    handlers.invite(db, finished(case_id), FIFTEEN_DAYS, RULES)

    handlers.hear_withdrawn(db, withdrawn(case_id))

    assert state_of(db, case_id) is CaseState.WITHDRAWN
    assert not handlers.close_unanswered(db, NINE + 2 * FIFTEEN_DAYS, 10)


@pytest.mark.parametrize("ended_first", [True, False], ids=["ended", "still elsewhere"])
def test_taken_back_the_next_round_begins_as_soon_as_the_last_has_ended(
    db: Connection, *, ended_first: bool
) -> None:
    case_id = known_case(db)
    handlers.hear_withdrawn(db, withdrawn(case_id))
    steps: list[Callable[[], None]] = [
        lambda: handlers.invite(db, ended(case_id), FIFTEEN_DAYS, RULES),
        lambda: handlers.hear_taken_back(db, back(case_id)),
    ]
    for step in steps if ended_first else reversed(steps):
        step()

    reopened = last(db, CaseReopened)
    assert (reopened.round, reopened.taken_back) == (2, True)
    assert names(db).count("case_reopened") == 1
    assert not handlers.close_withdrawn(db, OVER, 10)
    handlers.invite(db, finished(case_id, 2), FIFTEEN_DAYS, RULES)
    assert names(db)[-1] == "evaluation_invited"


def test_what_nobody_accepted_closes_or_is_as_it_was(db: Connection) -> None:
    gone, kept = known_case(db), known_case(db)
    for each in (gone, kept):
        handlers.hear_withdrawn(db, withdrawn(each, accepted=False))

    handlers.hear_taken_back(db, back(kept, accepted=False))

    assert handlers.close_withdrawn(db, OVER, 10) == 1
    assert (state_of(db, gone), state_of(db, kept)) == (CaseState.CLOSED, CaseState.NONE)
    handlers.invite(db, finished(kept), FIFTEEN_DAYS, RULES)
    assert names(db)[-1] == "evaluation_invited"
