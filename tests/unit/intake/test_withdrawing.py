"""Withdrawing is the person's right, once to be taken back; who gains by it may not do it."""

from datetime import UTC, datetime, timedelta

import pytest

from services.intake.policy.facts import Fact, FactKind
from services.intake.policy.following import NextStep, next_step
from services.intake.policy.progress import Progress, Status, progress_of
from services.intake.policy.withdrawing import (
    Asker,
    Objection,
    objection_to_taking_back,
    objection_to_withdrawing,
    take_back_by,
)

NINE = datetime(2030, 1, 2, 1, tzinfo=UTC)
WEEK = timedelta(days=7)
PERSON, FRONT, UNIT = Asker(is_staff=False), Asker(is_staff=True), Asker(True, works_on_it=True)
ORDER = {"order_id": "o", "unit_code": "gjj", "unit_name": "公积金中心", "epoch": 0}
DONE = {"unit_code": "gjj", "unit_name": "公积金中心", "outcome": "done", "answer_masked": "好"}


def fact(kind: FactKind, after: int, round_: int | None = None, **params: object) -> Fact:
    return Fact(kind, NINE + timedelta(hours=after), round_, params)


def withdrawn(after: int, *, accepted: bool = True, until: timedelta = WEEK) -> Fact:
    told = {"withdrawal_id": str(after), "accepted": accepted, "reason": "unsaid"}
    by = (NINE + timedelta(hours=after) + until).isoformat()
    return fact(FactKind.WITHDRAWN, after, 1, **told, take_back_by=by)


def back(after: int, *, accepted: bool = True) -> Fact:
    told = {"withdrawal_id": "w", "accepted": accepted}
    return fact(FactKind.WITHDRAWAL_TAKEN_BACK, after, 1, **told)


BEGUN = (fact(FactKind.REGISTERED, 0, number="N"), fact(FactKind.ACCEPTED, 1))
DISPATCHED = fact(FactKind.DISPATCHED, 2, 1, **ORDER)


def at(*facts: Fact) -> Progress:
    return progress_of([*BEGUN, *facts])


@pytest.mark.parametrize(
    ("asker", "on_hold", "objection"),
    [
        (PERSON, False, None),
        (PERSON, True, None),
        (FRONT, False, None),
        (FRONT, True, Objection.ON_HOLD),
        (UNIT, False, Objection.OWN_UNIT),
    ],
    ids=["person", "person, on hold", "front", "front, on hold", "who works on it"],
)
def test_who_may_withdraw(asker: Asker, on_hold: bool, objection: Objection | None) -> None:
    found = objection_to_withdrawing(at(DISPATCHED), asker, on_hold=on_hold)
    assert found is objection


@pytest.mark.parametrize(
    ("facts", "objection"),
    [
        ([], None),
        ([withdrawn(3)], Objection.WITHDRAWN_ALREADY),
        ([fact(FactKind.CASE_FINISHED, 3, 1, **DONE)], Objection.NOTHING_TO_WITHDRAW),
        ([fact(FactKind.CLOSED, 3, 1, how="rated")], Objection.NOTHING_TO_WITHDRAW),
        ([fact(FactKind.DECLINED, 3, reason="x")], Objection.NOTHING_TO_WITHDRAW),
    ],
    ids=["accepted", "withdrawn", "finished", "closed", "declined"],
)
def test_what_has_an_answer_is_not_withdrawn(
    facts: list[Fact], objection: Objection | None
) -> None:
    assert objection_to_withdrawing(at(*facts), PERSON) is objection


def test_what_others_say_later_of_a_withdrawn_round_changes_nothing() -> None:
    late = fact(FactKind.DISPATCHED, 4, 1, **ORDER)
    ended = fact(FactKind.CASE_FINISHED, 5, 1, **DONE)
    progress = at(withdrawn(3), late, fact(FactKind.CONTACTED, 4, reached=True), ended)

    assert progress.status is Status.WITHDRAWN
    assert not progress.can_rate
    assert next_step(progress) is NextStep.CHANGE_MIND
    closed = at(withdrawn(3), fact(FactKind.CLOSED, 200, 1, how="withdrawn"))
    assert (closed.status, closed.settled) == (Status.WITHDRAWN, Status.CLOSED)
    assert next_step(closed) is NextStep.NOTHING


def test_one_changes_ones_mind_once_and_in_time() -> None:
    progress, until = at(withdrawn(3)), NINE + timedelta(hours=3) + WEEK

    assert objection_to_taking_back(at(), NINE) is Objection.NOT_WITHDRAWN
    assert objection_to_taking_back(progress, until) is None
    late = until + timedelta(seconds=1)
    assert objection_to_taking_back(progress, late) is Objection.TAKE_BACK_TOO_LATE
    coming = at(withdrawn(3), back(4))
    assert objection_to_taking_back(coming, NINE) is Objection.TAKEN_BACK_ALREADY
    assert next_step(coming) is NextStep.COME_BACK
    again = fact(FactKind.REOPENED, 5, 2, taken_back=True)
    reopened = at(withdrawn(3), back(4), again)
    assert (reopened.status, reopened.round, reopened.withdrawn) == (Status.REOPENED, 2, None)
    assert take_back_by(reopened, NINE, WEEK) == NINE
    assert take_back_by(at(), NINE, WEEK) == NINE + WEEK


def test_what_nobody_had_accepted_is_decided_upon_anew_when_that_is_taken_back() -> None:
    registered, accepted = BEGUN
    undecided = [registered, withdrawn(1, accepted=False)]
    assert progress_of(undecided).status is Status.WITHDRAWN

    taken_back = [*undecided, back(2, accepted=False)]
    closing = fact(FactKind.CLOSED, 3, 1, how="withdrawn")
    assert progress_of([*taken_back, closing]).status is Status.REGISTERED
    later = Fact(FactKind.ACCEPTED, NINE + timedelta(hours=9))
    assert progress_of([*taken_back, later]).status is Status.ACCEPTED
    assert accepted.at < later.at
