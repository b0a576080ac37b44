"""Cases that move between nodes: what their person sees here, and what nobody can do here."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection

from services.intake.handlers import (
    Acceptance,
    Claim,
    Knock,
    Look,
    accept_case,
    claim_case,
    follow,
    follow_relayed,
    look_up,
    receive_case,
    reveal_person,
)
from services.intake.policy.facts import FactKind
from services.intake.policy.guesses import GuessLimits
from services.intake.policy.progress import Holder, Status
from services.intake.repository.cases import case_by_number
from shared.errors import NotYet, Refused
from shared.events.base import CaseEvent
from shared.events.dispatch import CaseFinished, CasePooled, OrderSigned, PoolReason
from shared.events.intake import CaseDeclined, DeclineReason
from shared.events.link import CaseReceived
from shared.events.review import CaseClosed, CaseReopened, Closing
from shared.events.sealed import Sealed
from shared.events.sla import ClockStarted
from shared.events.words import ClockKind, HandOverKind, Lamp, Outcome
from shared.security.sealing import NodeKeys
from tests.integration.intake.stories import (
    BY,
    CITY,
    NINE,
    NODE,
    OFFICER,
    dispatched,
    handed_over,
    list_unit,
    names_said,
    received,
    register,
    relayed,
)

pytestmark = pytest.mark.integration

LATER = NINE + timedelta(hours=2)
THERE: dict[str, Any] = {
    "epoch": 1,
    "occurred_at": LATER,
    "unit_name": "市人社局",
    "unit_phone": "0564-3621234",
}


@pytest.fixture
def leg(db: Connection, keys: NodeKeys) -> CaseReceived:
    event = received(db, keys)
    receive_case(db, keys, event, NODE)
    return event


def looked_up(db: Connection, number: str) -> Look:
    look = look_up(db, number)
    assert look is not None
    return look


def hear(db: Connection, *facts: CaseEvent, node: str = CITY) -> None:
    follow_relayed(db, [relayed(fact, node) for fact in facts], NODE)


def started(case_id: UUID, kind: ClockKind = ClockKind.CITIZEN, days: int = 3) -> ClockStarted:
    return ClockStarted(
        case_id=case_id,
        occurred_at=NINE,
        clock_id=uuid4(),
        kind=kind,
        due_at=NINE + timedelta(days=days),
        lamp=Lamp.GREEN,
        started_at=NINE,
    )


def finished(case_id: UUID) -> CaseFinished:
    return CaseFinished(
        case_id=case_id,
        occurred_at=LATER,
        round=1,
        unit_code=CITY,
        unit_name="市人社局",
        outcome=Outcome.DONE,
        answer=Sealed.withheld("answer"),
        answer_masked="已办好",
    )


def test_a_case_of_another_node_is_known_with_its_person(
    db: Connection, keys: NodeKeys, leg: CaseReceived
) -> None:
    case = case_by_number(db, leg.number)
    assert case is not None

    revealed = reveal_person(db, keys, case, "联系当事人", OFFICER)

    assert (case.origin, case.query_code_hash, case.complexity) == (CITY, None, "complex")
    assert (revealed.complainant.name, revealed.complainant.phone) == ("张晓明", "+8613800006160")
    assert names_said(db) == []


def test_its_story_begins_with_what_the_other_node_did(db: Connection, leg: CaseReceived) -> None:
    look = looked_up(db, leg.number)

    assert [fact.kind for fact in look.facts] == [FactKind.REGISTERED, FactKind.ACCEPTED]
    assert look.progress.status is Status.ACCEPTED


def test_a_case_that_comes_again_is_kept_as_it_is(
    db: Connection, keys: NodeKeys, leg: CaseReceived
) -> None:
    follow(db, [dispatched(leg.case_id, **THERE)])

    receive_case(db, keys, leg.model_copy(update={"attempts": 9}), NODE)

    look = looked_up(db, leg.number)
    assert (look.case.attempts, look.progress.status) == (2, Status.DISPATCHED)


@pytest.mark.parametrize("code", ["3333333333", "", "0" * 64, "None"])
def test_no_code_opens_a_case_of_another_node(
    db: Connection, keys: NodeKeys, leg: CaseReceived, code: str
) -> None:
    limits = GuessLimits(per_number=5, per_address=20, window=timedelta(minutes=15))

    claim = claim_case(db, keys, Knock(leg.number, code, f"host-{uuid4()}", NINE), limits)

    assert claim == Claim()


def test_nobody_here_decides_about_the_scope_of_a_case_of_another_node(
    db: Connection, leg: CaseReceived
) -> None:
    with pytest.raises(Refused) as refused:
        accept_case(db, leg.number, Acceptance(), OFFICER)

    assert refused.value.code == "wrong_state"


def test_an_order_here_waits_until_its_case_has_come(db: Connection, keys: NodeKeys) -> None:
    event = received(db, keys)
    order = dispatched(event.case_id, epoch=1)

    with pytest.raises(NotYet):
        follow(db, [order])
    receive_case(db, keys, event, NODE)
    follow(db, [order])

    assert looked_up(db, event.number).units == {"341523-rsj"}


def test_what_is_only_seen_below_is_not_followed(db: Connection) -> None:
    hear(db, dispatched(uuid4()))


def test_a_case_that_was_taken_is_with_the_other_node(db: Connection, keys: NodeKeys) -> None:
    told = register(db, keys)
    follow(db, [dispatched(told.case_id)])

    follow(db, [handed_over(told.case_id)])

    look = looked_up(db, told.number)
    assert (look.progress.status, look.units) == (Status.HANDED_OVER, frozenset())
    assert look.progress.holder == Holder(CITY, "六安", CITY)
    assert (look.holding_unit, look.holder_phone) == (None, None)


def test_a_unit_of_another_node_has_its_own_telephone_whatever_its_code(
    db: Connection, keys: NodeKeys
) -> None:
    told, code = register(db, keys), f"unit-{uuid4().hex[:8]}"
    list_unit(db, code, "0564-8621234")
    follow(db, [handed_over(told.case_id)])

    hear(db, dispatched(told.case_id, code, **THERE))

    look = looked_up(db, told.number)
    assert look.progress.holder == Holder(code, "市人社局", CITY, "0564-3621234")
    assert look.holder_phone == "0564-3621234"
    assert (look.units, look.holding_unit) == (frozenset(), None)


def test_a_unit_of_another_node_without_a_telephone_has_none(
    db: Connection, keys: NodeKeys
) -> None:
    told, code = register(db, keys), f"unit-{uuid4().hex[:8]}"
    list_unit(db, code, "0564-8621234")

    hear(db, dispatched(told.case_id, code, **{**THERE, "unit_phone": None}))

    assert looked_up(db, told.number).holder_phone is None


def test_what_the_other_node_does_is_followed_like_what_is_done_here(
    db: Connection, keys: NodeKeys
) -> None:
    told = register(db, keys)
    order = dispatched(told.case_id, **THERE)
    signed = OrderSigned.model_validate({**dict(order), "occurred_at": LATER, "by": BY})

    hear(db, signed, order, order)
    follow(db, [handed_over(told.case_id)])

    look = looked_up(db, told.number)
    assert look.progress.status is Status.SIGNED
    assert [fact.kind for fact in look.facts[1:]] == [
        FactKind.HANDED_OVER,
        FactKind.DISPATCHED,
        FactKind.SIGNED,
    ]


def test_a_case_that_comes_back_is_held_by_no_other_node(db: Connection, keys: NodeKeys) -> None:
    told = register(db, keys)
    follow(db, [handed_over(told.case_id)])
    hear(db, dispatched(told.case_id, **THERE))

    hear(db, handed_over(told.case_id, NODE, HandOverKind.RETURN, epoch=2))

    assert looked_up(db, told.number).progress.holder is None
    pooled = CasePooled(
        case_id=told.case_id, occurred_at=LATER, reason=PoolReason.RETURNED, epoch=2
    )
    follow(db, [pooled])
    assert looked_up(db, told.number).progress.status is Status.POOLED


def test_two_nodes_that_pool_a_case_at_one_moment_both_count(
    db: Connection, keys: NodeKeys
) -> None:
    told = register(db, keys)
    about = {"case_id": told.case_id, "occurred_at": LATER, "reason": PoolReason.NO_RULE}

    follow(db, [CasePooled(**about, epoch=0)])
    hear(db, CasePooled(**about, epoch=1))

    assert len(looked_up(db, told.number).facts) == 3


def test_no_other_node_speaks_for_the_one_that_registered_a_case(
    db: Connection, keys: NodeKeys
) -> None:
    told = register(db, keys)
    case_id = told.case_id
    declined = CaseDeclined(
        case_id=case_id,
        occurred_at=LATER,
        number=told.number,
        reason=DeclineReason.PETITION,
        legal_basis="无",
        explanation="无",
        by=BY,
    )
    about: dict[str, Any] = {"case_id": case_id, "occurred_at": LATER}
    before = looked_up(db, told.number).facts

    hear(
        db,
        declined,
        started(case_id, days=30),
        finished(case_id),
        CaseClosed(**about, round=1, how=Closing.RATED),
        CaseReopened(**about, round=2, because="没有解决"),
    )

    assert looked_up(db, told.number).facts == before


def test_a_leg_knows_the_promise_and_the_end_from_the_node_that_made_them(
    db: Connection, leg: CaseReceived
) -> None:
    hear(db, started(leg.case_id), started(leg.case_id, ClockKind.RESOLVE), node=CITY)
    hear(db, started(leg.case_id, days=30), finished(leg.case_id), node="340000")

    progress = looked_up(db, leg.number).progress
    assert progress.due_at == "2030-01-05T01:00:00Z"
    assert progress.status is Status.ACCEPTED
    hear(db, finished(leg.case_id), node=CITY)
    assert looked_up(db, leg.number).progress.status is Status.FINISHED


def test_the_promise_stands_through_a_hand_over(db: Connection, keys: NodeKeys) -> None:
    told = register(db, keys)
    follow(db, [started(told.case_id)])
    before = looked_up(db, told.number).progress.due_at

    follow(db, [handed_over(told.case_id)])
    hear(db, dispatched(told.case_id, **THERE), started(told.case_id, ClockKind.LEG, days=9))

    assert looked_up(db, told.number).progress.due_at == before
