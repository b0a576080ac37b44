"""Erase the person of a case: two persons, never what is open or held, never by a stranger."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

import pytest
from sqlalchemy import Connection, select, text

from services.intake.handlers import (
    Caller,
    ErasureAsking,
    Holding,
    Knock,
    Registered,
    approve_erasure,
    ask_erasure,
    claim_case,
    follow,
    hear_order,
    hold_case,
    look_up,
    note_passed_on,
    receive_case,
    refuse_erasure,
    release_case,
    reveal_person,
)
from services.intake.policy.guesses import GuessLimits
from services.intake.policy.retention import DataClass
from services.intake.repository.cases import case_by_number
from services.intake.repository.orders import (
    Order,
    copies_of,
    laggards,
    lock_order,
    open_hold,
    orders_of,
)
from services.intake.tables import holds, plumbing
from shared.errors import Refused
from shared.events.dispatch import CaseFinished
from shared.events.intake import CaseErased, ErasureGround
from shared.events.link import OrderPassedOn
from shared.events.review import CaseClosed, CaseReopened, Closing
from shared.events.sealed import Sealed
from shared.events.words import Outcome
from shared.outbox import said
from shared.security.actor import Role
from shared.security.erasing import ERASED
from shared.security.sealing import NodeKeys
from shared.security.vault import was_erased
from shared.unit import Unit
from tests.integration.intake.stories import (
    CITY,
    NINE,
    NODE,
    OFFICER,
    received,
    register,
    relayed,
)

pytestmark = pytest.mark.integration

HEAD = Caller(replace(OFFICER.actor, id="head", roles=frozenset({Role.WINDOW_HEAD})), NINE)
SECURITY = Caller(
    replace(OFFICER.actor, id="anquan", roles=frozenset({Role.SECURITY_ADMINISTRATOR})), NINE
)
ASKING = ErasureAsking(ErasureGround.REQUEST, "person", "本人要求")
KEEPING = {DataClass.CLOSED: timedelta(days=100), DataClass.DECLINED: timedelta(days=10)}
LATER = NINE + timedelta(hours=2)


def close(db: Connection, told: Registered, at: timedelta = timedelta(hours=3)) -> None:
    finished = CaseFinished(
        case_id=told.case_id,
        occurred_at=LATER,
        round=1,
        unit_code="u",
        unit_name="县人社局",
        outcome=Outcome.DONE,
        answer=Sealed.withheld("answer"),
        answer_masked="已为张**办好",
    )
    closed = CaseClosed(
        case_id=told.case_id, occurred_at=NINE + at, round=1, how=Closing.UNANSWERED
    )
    follow(db, [finished, closed])


@pytest.fixture
def told(db: Connection, keys: NodeKeys) -> Registered:
    told = register(db, keys)
    close(db, told)
    return told


def order_of(db: Connection, told: Registered) -> Order:
    return orders_of(db, told.case_id)[0]


def is_erased(db: Connection, number: str) -> bool:
    case = case_by_number(db, number)
    assert case is not None
    return case.erased_at is not None


def test_one_asks_another_one_approves_and_it_is_gone(
    db: Connection, keys: NodeKeys, told: Registered
) -> None:
    asked = ask_erasure(db, told.number, ASKING, HEAD)
    assert not is_erased(db, told.number)

    approve_erasure(db, asked.order_id, SECURITY)

    look = look_up(db, told.number)
    assert look is not None
    case = look.case
    assert (case.title_masked, case.text_masked, case.query_code_hash) == (ERASED, ERASED, None)
    assert (case.complainant.name_hash, case.complainant.masked_name) == ("", "")
    assert "已为张" not in str(look.facts)
    with pytest.raises(Refused, match="person_erased"):
        reveal_person(db, keys, case, "看", OFFICER)
    limits = GuessLimits(5, 20, timedelta(minutes=15))
    knock = Knock(told.number, told.query_code, "10.0.0.1", NINE)
    assert claim_case(db, keys, knock, limits).case_id is None
    event = said(db)[-1]
    assert isinstance(event, CaseErased)
    assert (event.ordered_by, event.digest) == (NODE, order_of(db, told).digest)
    assert event.digest


def test_who_asked_may_not_approve(db: Connection, told: Registered) -> None:
    asked = ask_erasure(db, told.number, ASKING, HEAD)

    with pytest.raises(Refused, match="second_person"):
        approve_erasure(db, asked.order_id, Caller(HEAD.actor, LATER))
    assert not is_erased(db, told.number)


def test_an_open_case_cannot_be_erased_even_if_opened_after_it_was_asked(
    db: Connection, keys: NodeKeys, told: Registered
) -> None:
    with pytest.raises(Refused, match="case_open"):
        ask_erasure(db, register(db, keys).number, ASKING, HEAD)
    asked = ask_erasure(db, told.number, ASKING, HEAD)
    again = CaseReopened(
        case_id=told.case_id, occurred_at=NINE + timedelta(hours=4), round=2, because="没解决"
    )
    follow(db, [again])

    with pytest.raises(Refused, match="case_open"):
        approve_erasure(db, asked.order_id, SECURITY)


def test_an_order_waits_for_a_hold_and_is_carried_out_at_its_release(
    db: Connection, told: Registered
) -> None:
    hold_case(db, told.number, Holding("复议中"), HEAD)
    asked = ask_erasure(db, told.number, ASKING, HEAD)
    assert approve_erasure(db, asked.order_id, SECURITY).state == "held"
    assert not is_erased(db, told.number)
    assert not was_erased(db, told.case_id)

    release_case(db, told.number, "复议结束", HEAD)

    assert is_erased(db, told.number)
    assert order_of(db, told).state == "done"


def test_reasons_are_kept_without_names_and_numbers(db: Connection, told: Registered) -> None:
    said_why, masked = "张晓明 13800006160 复议", "张** 138****6160 复议"
    asked = ask_erasure(db, told.number, replace(ASKING, reason=said_why), HEAD)
    refuse_erasure(db, asked.order_id, said_why, SECURITY)
    hold_case(db, told.number, Holding(said_why), HEAD)
    hold = open_hold(db, told.case_id)
    release_case(db, told.number, said_why, HEAD)

    order = order_of(db, told)
    assert (asked.reason, order.reason, order.refusal) == (masked,) * 3
    assert hold is not None
    assert hold.reason == masked
    released = select(holds.c.release_reason).where(holds.c.case_id == told.case_id)
    assert db.scalars(released).all() == [masked]


WRONG: dict[str, Callable[[Connection, str], object]] = {
    "case_held": lambda db, number: hold_case(db, number, Holding("二"), HEAD),
    "case_not_held": lambda db, number: release_case(db, number, "三", HEAD),
    "erasure_asked": lambda db, number: ask_erasure(db, number, ASKING, HEAD),
    "person_erased": lambda db, number: hold_case(db, number, Holding("四"), HEAD),
}


@pytest.mark.parametrize("act", WRONG)
def test_what_makes_no_sense_is_refused(db: Connection, told: Registered, act: str) -> None:
    match act:
        case "case_held":
            hold_case(db, told.number, Holding("一"), HEAD)
        case "erasure_asked":
            ask_erasure(db, told.number, ASKING, HEAD)
        case "person_erased":
            asked = ask_erasure(db, told.number, ASKING, HEAD)
            approve_erasure(db, asked.order_id, SECURITY)
        case _:
            pass
    with pytest.raises(Refused, match=act):
        WRONG[act](db, told.number)


def erased_by(node: str, case_id: object, number: str, **more: object) -> CaseErased:
    told = {"case_id": case_id, "occurred_at": LATER, "number": number, "order_id": uuid4()}
    told |= {"ordered_by": node, "ground": ErasureGround.REQUEST}
    return CaseErased.model_validate(told | more)


def test_the_order_of_the_node_of_origin_is_carried_out_once_and_said(
    db: Connection, keys: NodeKeys
) -> None:
    leg = received(db, keys)
    receive_case(db, keys, leg, NODE)
    order = erased_by(CITY, leg.case_id, leg.number)

    for _ in range(2):
        hear_order(db, keys, relayed(order), NODE)

    mine = [event for event in said(db) if isinstance(event, CaseErased)]
    assert [(one.order_id, one.ordered_by) for one in mine] == [(order.order_id, CITY)]
    assert is_erased(db, leg.number)


def test_nobody_else_may_order_it(db: Connection, keys: NodeKeys, told: Registered) -> None:
    leg = received(db, keys)
    receive_case(db, keys, leg, NODE)

    hear_order(db, keys, relayed(erased_by("340000", leg.case_id, leg.number), "340000"), NODE)
    hear_order(db, keys, relayed(erased_by(CITY, leg.case_id, leg.number), "340000"), NODE)
    hear_order(db, keys, relayed(erased_by(CITY, told.case_id, told.number)), NODE)

    assert not is_erased(db, leg.number)
    assert not is_erased(db, told.number)


def test_a_hold_here_keeps_what_another_node_orders_to_erase(
    db: Connection, keys: NodeKeys
) -> None:
    leg = received(db, keys)
    receive_case(db, keys, leg, NODE)
    hold_case(db, leg.number, Holding("本级诉讼"), HEAD)

    hear_order(db, keys, relayed(erased_by(CITY, leg.case_id, leg.number)), NODE)
    assert not is_erased(db, leg.number)

    release_case(db, leg.number, "结束", HEAD)
    assert is_erased(db, leg.number)


Result = TypeVar("Result")
WAITS_FOR_ME = text(
    "SELECT count(*) FROM pg_locks WHERE NOT granted"
    " AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
)


def during(
    unit: Unit, first: Callable[[Connection], object], other: Callable[[Connection], Result]
) -> Result:
    # The other thing begins while the first one is done and not committed.
    def begun() -> Result:
        with unit.transaction() as db:
            return other(db)

    with ThreadPoolExecutor(1) as pool:
        with unit.transaction() as db:
            first(db)
            waiting = pool.submit(begun)
            while not (waiting.done() or db.scalar(WAITS_FOR_ME)):
                pass
        return waiting.result()


def test_a_hold_that_is_set_meanwhile_keeps_what_is_approved(unit: Unit, keys: NodeKeys) -> None:
    with unit.transaction() as db:
        told = register(db, keys)
        close(db, told)
        asked = ask_erasure(db, told.number, ASKING, HEAD)

    order = during(
        unit,
        lambda db: hold_case(db, told.number, Holding("复议中"), HEAD),
        lambda db: approve_erasure(db, asked.order_id, SECURITY),
    )

    assert order.state == "held"
    with unit.transaction() as db:
        assert not is_erased(db, told.number)
        release_case(db, told.number, "复议结束", HEAD)
        assert is_erased(db, told.number)


def test_an_order_that_comes_while_its_case_is_released_does_not_wait_for_ever(
    unit: Unit, keys: NodeKeys
) -> None:
    with unit.transaction() as db:
        leg = received(db, keys)
        receive_case(db, keys, leg, NODE)
        hold_case(db, leg.number, Holding("本级诉讼"), HEAD)

    during(
        unit,
        lambda db: release_case(db, leg.number, "结束", HEAD),
        lambda db: hear_order(db, keys, relayed(erased_by(CITY, leg.case_id, leg.number)), NODE),
    )

    with unit.transaction() as db:
        assert is_erased(db, leg.number)


def test_who_does_not_answer_in_time_is_named(
    db: Connection, keys: NodeKeys, told: Registered
) -> None:
    asked = ask_erasure(db, told.number, ASKING, HEAD)
    approve_erasure(db, asked.order_id, SECURITY)
    about = {"case_id": told.case_id, "occurred_at": NINE, "order_id": asked.order_id}
    passed = OrderPassedOn(**about, to_nodes=(CITY, "340000"))
    note_passed_on(db, passed, NODE)
    answer = erased_by(NODE, told.case_id, told.number, order_id=asked.order_id)
    hear_order(db, keys, relayed(answer), NODE)

    done = {each.node: each.done_at is not None for each in copies_of(db, [asked.order_id])}
    assert done == {CITY: True, "340000": False}
    assert laggards(db, NINE) == {"340000": 1}
    assert laggards(db, NINE - timedelta(seconds=1)) == {}


def test_an_order_that_this_node_has_forgotten_waits_for_a_person(
    db: Connection, keys: NodeKeys, told: Registered
) -> None:
    answer = erased_by(NODE, told.case_id, told.number)

    hear_order(db, keys, relayed(answer), NODE)

    assert not is_erased(db, told.number)
    order = lock_order(db, answer.order_id)
    assert order is not None
    assert (order.state, order.asked_by) == ("asked", NODE)


def test_who_looks_after_it_is_in_the_audit(db: Connection, told: Registered) -> None:
    asked = ask_erasure(db, told.number, ASKING, HEAD)
    approve_erasure(db, asked.order_id, SECURITY)

    mine = select(plumbing.audit.c.action, plumbing.audit.c.actor_id).where(
        plumbing.audit.c.object_id == told.number
    )
    assert {tuple(row) for row in db.execute(mine)} >= {
        ("erasure.ask", "head"),
        ("erasure.approve", "anquan"),
        ("case.erase", "anquan"),
    }
