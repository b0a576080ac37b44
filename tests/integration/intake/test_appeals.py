"""Appeals against a no: once, in time, decided by somebody else; the promise counts back."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Connection

from services.intake.handlers import (
    Acceptance,
    Appealing,
    Caller,
    Deciding,
    Declining,
    Look,
    Named,
    appeal_decline,
    decide_appeal,
    decline_case,
    look_up,
)
from services.intake.handlers.erasure import destroy_here
from services.intake.policy.facts import FactKind
from services.intake.policy.following import NextStep, next_step
from services.intake.policy.progress import Status
from services.intake.repository.appeals import Appeal, appeal_of, decided_appeals, open_appeals
from services.intake.repository.orders import at_rest_before
from shared.errors import Refused
from shared.events.intake import AppealDecided, CaseAccepted, DeclineAppealed, DeclineReason
from shared.events.words import Complexity
from shared.outbox import said
from shared.security.actor import Actor, ActorKind, Role, citizen
from shared.security.erasing import ERASED
from shared.security.sealing import NodeKeys
from tests.integration.intake.stories import (
    NINE,
    NODE,
    OFFICER,
    TERMS,
    list_unit,
    register,
)

pytestmark = pytest.mark.integration

NO = Declining(DeclineReason.PETITION, "《信访工作条例》第二十八条", "请走信访程序")
DAY = timedelta(days=1)
WRONG = "没有信访过，我是张晓明 13800006160"


def supervisor(login: str = "ducha", unit: str = "341523-jw") -> Caller:
    who = {"id": login, "name": "李督办", "unit": unit, "roles": frozenset({Role.SUPERVISOR})}
    return Caller(Actor(kind=ActorKind.STAFF, node=NODE, **who), NINE + 2 * DAY)  # type: ignore[arg-type]


def declined(db: Connection, keys: NodeKeys, **changed: object) -> Look:
    number = register(db, keys, **changed).number
    decline_case(db, number, NO, OFFICER, TERMS)
    return looked(db, number)


def looked(db: Connection, number: str) -> Look:
    look = look_up(db, number)
    assert look is not None
    return look


def appealed(db: Connection, keys: NodeKeys, look: Look, after: timedelta = DAY) -> Appeal:
    person = Caller(citizen(NODE, look.case.case_id, look.case.number), NINE + after)
    return appeal_decline(db, keys, look, Appealing(WRONG, TERMS), person)


def decided(upheld: bool, words: str = "核实过了") -> Deciding:
    return Deciding(upheld, words, Acceptance(Complexity.SIMPLE))


def test_an_appeal_waits_for_a_supervisor_and_tells_nobody_who_it_is(
    db: Connection, keys: NodeKeys
) -> None:
    look = declined(db, keys)

    appeal = appealed(db, keys, look)

    event = said(db)[-1]
    assert isinstance(event, DeclineAppealed)
    assert event.decide_by == NINE + DAY + TERMS.decided_within
    assert "13800006160" not in event.because_masked
    assert [each.appeal_id for each in open_appeals(db, 200)] == [appeal.appeal_id]
    after = looked(db, look.case.number)
    assert next_step(after.progress) is NextStep.APPEAL
    assert after.progress.status is Status.DECLINED


def test_one_appeals_once_in_time_and_only_against_a_no(db: Connection, keys: NodeKeys) -> None:
    look = declined(db, keys)
    with pytest.raises(Refused, match="appeal_too_late"):
        appealed(db, keys, look, TERMS.within + DAY)
    with pytest.raises(Refused, match="not_declined"):
        appealed(db, keys, looked(db, register(db, keys).number))
    appealed(db, keys, look, TERMS.within)

    for seen in (look, looked(db, look.case.number)):
        with pytest.raises(Refused, match="appealed_already"):
            appealed(db, keys, seen)


def test_a_no_that_stands_is_told_with_words(db: Connection, keys: NodeKeys) -> None:
    look = declined(db, keys)
    appeal = appealed(db, keys, look)

    decide_appeal(db, appeal.appeal_id, decided(upheld=True), supervisor())

    event = said(db)[-1]
    assert isinstance(event, AppealDecided)
    assert (event.upheld, event.words_masked) == (True, "核实过了")
    after = looked(db, look.case.number).progress
    assert (after.status, next_step(after)) == (Status.DECLINED, NextStep.OTHER_ROUTE)
    assert open_appeals(db, 200) == []
    assert [each.state for each in decided_appeals(db, 200)] == ["upheld"]
    with pytest.raises(Refused, match="wrong_state"):
        decide_appeal(db, appeal.appeal_id, decided(upheld=False), supervisor("another"))


def test_a_no_that_was_wrong_is_accepted_and_counts_from_its_registration(
    db: Connection, keys: NodeKeys
) -> None:
    look = declined(db, keys)
    appeal = appealed(db, keys, look)

    decide_appeal(db, appeal.appeal_id, decided(upheld=False), supervisor())

    event = said(db)[-1]
    assert isinstance(event, CaseAccepted)
    assert (event.occurred_at, event.promised_from) == (NINE + 2 * DAY, NINE)
    assert event.complexity is Complexity.SIMPLE
    assert looked(db, look.case.number).progress.status is Status.ACCEPTED
    assert at_rest_before(db, FactKind.DECLINED, NINE + 900 * DAY, 10) == []


def test_who_said_no_or_is_complained_of_does_not_decide(db: Connection, keys: NodeKeys) -> None:
    list_unit(db, "341523-jw", "0564-8621234")
    appeal = appealed(db, keys, declined(db, keys))
    against = declined(db, keys, complained_of=Named(("341523-jw",), (), ()))
    of_them = appealed(db, keys, against)

    with pytest.raises(Refused, match="second_person"):
        decide_appeal(db, appeal.appeal_id, decided(upheld=True), supervisor(OFFICER.actor.id))
    with pytest.raises(Refused, match="unknown_appeal"):
        decide_appeal(db, of_them.appeal_id, decided(upheld=True), supervisor())
    with pytest.raises(Refused, match="unknown_appeal"):
        decide_appeal(db, uuid4(), decided(upheld=True), supervisor())


def test_who_takes_an_appeal_down_for_somebody_does_not_decide_it(
    db: Connection, keys: NodeKeys
) -> None:
    taker = replace(supervisor("both"), now=NINE + DAY)
    appeal = appeal_decline(db, keys, declined(db, keys), Appealing(WRONG, TERMS), taker)

    with pytest.raises(Refused, match="second_person"):
        decide_appeal(db, appeal.appeal_id, decided(upheld=True), supervisor("both"))


def test_of_an_erased_case_there_remains_that_there_was_an_appeal(
    db: Connection, keys: NodeKeys
) -> None:
    look = declined(db, keys)
    appeal = appealed(db, keys, look)
    decide_appeal(db, appeal.appeal_id, decided(upheld=True), supervisor())

    waiting = appealed(db, keys, declined(db, keys))
    for case_id in (look.case.case_id, waiting.case_id):
        destroy_here(db, case_id, NINE + 3 * DAY)

    with pytest.raises(Refused, match="case_erased"):
        decide_appeal(db, waiting.appeal_id, decided(upheld=True), supervisor())
    left = appeal_of(db, appeal.appeal_id)
    assert left is not None
    assert (left.because_masked, left.words_masked, left.because.data) == (ERASED, ERASED, "")
    assert left.state == "upheld"
