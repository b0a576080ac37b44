"""Custody between nodes: who is charged from when until when, and what never moves (N3)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine

from services.sla import handlers, repository
from services.sla.policy import ClockKind, Lamp
from services.sla.tables import metadata, plumbing
from shared.events.dispatch import (
    ContactLogged,
    HandOverAnswered,
    OrderFinished,
    OrderReturned,
    ReturnGround,
)
from shared.events.sealed import Sealed
from shared.events.sla import ClockStarted, ClockStopped
from shared.events.words import ClockKind as SaidKind
from shared.events.words import HandOverKind, Outcome
from shared.outbox import said
from shared.unit import Unit
from tests.integration.sla.stories import (
    CASE,
    MONDAY_TEN,
    ORDER,
    PROMISE,
    accepted,
    clocks,
    dispatched,
    finished,
    handed_over,
    names,
    of_order,
    offered,
    taken,
)

pytestmark = pytest.mark.integration

A_DAY = timedelta(days=1)
TUESDAY_TEN = MONDAY_TEN + A_DAY
Span = tuple[datetime, datetime | None]


def spans(db: Connection, kind: ClockKind) -> list[Span]:
    found = repository.clocks_of_case(db, CASE)
    return [(clock.started_at, clock.stopped_at) for clock in found if clock.kind is kind]


def running(db: Connection) -> set[ClockKind]:
    found = repository.clocks_of_case(db, CASE)
    return {clock.kind for clock in found if clock.stopped_at is None}


@pytest.mark.parametrize(
    "kind", [HandOverKind.UP, HandOverKind.DOWN, HandOverKind.RETURN, HandOverKind.REOPENED]
)
def test_who_takes_a_case_over_owes_its_resolve_limit_from_then_on(
    db: Connection, kind: HandOverKind
) -> None:
    answer = taken(1, kind=kind)

    handlers.start_leg_clock(db, answer, PROMISE)

    clock = clocks(db)[ClockKind.LEG]
    assert (clock.order_id, clock.unit_code) == (answer.hand_over_id, None)
    assert clock.due_at == datetime(2026, 3, 5, 9, tzinfo=UTC)
    [event] = said(db)
    assert isinstance(event, ClockStarted)
    assert (event.kind, event.started_at) == (SaidKind.LEG, MONDAY_TEN)


@pytest.mark.parametrize(
    "answer", [taken(1, accepted=False), taken(1, kind=HandOverKind.RESULT)], ids=["no", "result"]
)
def test_a_refusal_and_a_result_start_nothing(db: Connection, answer: HandOverAnswered) -> None:
    handlers.start_leg_clock(db, answer, PROMISE)

    assert clocks(db) == {}


def test_a_case_that_was_taken_charges_node_and_unit_no_more(db: Connection) -> None:
    handlers.start_leg_clock(db, taken(1), PROMISE)
    handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)

    handlers.end_leg(db, handed_over(2, TUESDAY_TEN), PROMISE)

    assert {clock.stopped_at for clock in clocks(db).values()} == {TUESDAY_TEN}
    stops = [event for event in said(db) if isinstance(event, ClockStopped)]
    assert [(event.reason, event.on_time) for event in stops] == [("handed_over", True)] * 3


def test_a_case_that_was_taken_after_the_limit_was_late_here(db: Connection) -> None:
    handlers.start_leg_clock(db, taken(1), PROMISE)

    handlers.end_leg(db, handed_over(2, MONDAY_TEN + 7 * A_DAY, order_id=None), PROMISE)

    clock = clocks(db)[ClockKind.LEG]
    assert (clock.lamp, clock.stop_reason) == (Lamp.RED, "handed_over")
    shown, steps = ["lamp_changed", "deadline_missed"], ["step_taken"] * 3
    assert names(db)[1:] == [*shown, *steps, "clock_stopped"]


def test_a_case_out_of_the_pool_stops_no_clock_of_an_order(db: Connection) -> None:
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)

    handlers.end_leg(db, handed_over(1, TUESDAY_TEN, order_id=None), PROMISE)

    assert running(db) == {ClockKind.CITIZEN, ClockKind.CONTACT, ClockKind.RESOLVE}


def test_a_leg_is_met_with_its_result_however_long_the_link_takes(db: Connection) -> None:
    handlers.start_leg_clock(db, taken(1), PROMISE)

    handlers.meet_leg(db, offered(2, TUESDAY_TEN), PROMISE)
    handlers.end_leg(db, handed_over(2, MONDAY_TEN + 30 * A_DAY, order_id=None), PROMISE)

    clock = clocks(db)[ClockKind.LEG]
    assert (clock.stopped_at, clock.stop_reason) == (TUESDAY_TEN, "met")


def test_a_leg_that_is_offered_on_runs_until_it_is_taken(db: Connection) -> None:
    handlers.start_leg_clock(db, taken(1), PROMISE)

    handlers.meet_leg(db, offered(2, TUESDAY_TEN, kind=HandOverKind.UP), PROMISE)

    assert running(db) == {ClockKind.LEG}


def test_the_sweep_shows_the_lamp_of_a_leg(db: Connection) -> None:
    handlers.start_leg_clock(db, taken(1), PROMISE)
    due = clocks(db)[ClockKind.LEG].due_at

    assert handlers.sweep(db, due + timedelta(seconds=1), PROMISE, 10) == 1

    assert names(db)[1:] == ["lamp_changed", "deadline_missed", "step_taken"]


def test_an_answer_said_again_starts_nothing_however_late(db: Connection) -> None:
    answer = taken(1)
    handlers.start_leg_clock(db, answer, PROMISE)
    handlers.start_leg_clock(db, answer, PROMISE)
    handlers.end_leg(db, handed_over(2, TUESDAY_TEN), PROMISE)

    handlers.start_leg_clock(db, answer, PROMISE)

    assert spans(db, ClockKind.LEG) == [(MONDAY_TEN, TUESDAY_TEN)]


def test_an_end_told_again_does_not_end_the_next_leg(db: Connection) -> None:
    handlers.start_leg_clock(db, taken(1), PROMISE)
    gone = handed_over(2, TUESDAY_TEN)
    handlers.end_leg(db, gone, PROMISE)
    handlers.start_leg_clock(db, taken(3, TUESDAY_TEN, HandOverKind.RETURN), PROMISE)

    handlers.end_leg(db, gone, PROMISE)

    assert spans(db, ClockKind.LEG) == [(MONDAY_TEN, TUESDAY_TEN), (TUESDAY_TEN, None)]


def test_the_clock_of_the_neighbour_may_be_slow(db: Connection) -> None:
    handlers.start_leg_clock(db, taken(1), PROMISE)

    handlers.end_leg(db, handed_over(2, MONDAY_TEN - A_DAY), PROMISE)

    assert running(db) == set()


def test_a_leg_that_ends_where_the_case_began_is_met_with_the_promise(db: Connection) -> None:
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    handlers.end_leg(db, handed_over(1, MONDAY_TEN, order_id=None), PROMISE)
    handlers.start_leg_clock(db, taken(2, MONDAY_TEN, HandOverKind.RETURN), PROMISE)

    handlers.meet_promise(db, finished(TUESDAY_TEN), PROMISE)

    assert running(db) == {ClockKind.FEEDBACK}
    assert clocks(db)[ClockKind.LEG].stop_reason == "met"


def test_a_leg_needs_nothing_that_only_the_origin_says(db: Connection) -> None:
    sealed = Sealed.withheld("answer")
    handlers.start_leg_clock(db, taken(1), PROMISE)
    handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)
    ground = {"ground": ReturnGround.WRONG_ITEM, "legal_basis": "三定方案"}
    handlers.meet_contact(
        db, of_order(ContactLogged, MONDAY_TEN, way="phone", reached=True), PROMISE
    )
    handlers.end_custody(db, of_order(OrderReturned, MONDAY_TEN, **ground), PROMISE)
    handlers.start_custody_clocks(db, [dispatched(uuid4(), round_=2)], PROMISE, MONDAY_TEN)
    done = {"outcome": Outcome.DONE, "answer": sealed, "answer_masked": "已办"}
    handlers.end_custody(db, of_order(OrderFinished, TUESDAY_TEN, **done), PROMISE)
    handlers.end_leg(db, handed_over(2, TUESDAY_TEN, kind=HandOverKind.RESULT), PROMISE)

    assert ClockKind.LEG not in running(db)
    assert ClockKind.CITIZEN not in clocks(db)


@dataclass
class Node:
    """The sla of one node of three."""

    unit: Unit

    def take(self, epoch: int, at: datetime, kind: HandOverKind = HandOverKind.UP) -> UUID:
        order = uuid4()
        with self.unit.transaction() as db:
            handlers.start_leg_clock(db, taken(epoch, at, kind), PROMISE)
            handlers.start_custody_clocks(db, [dispatched(order, at=at)], PROMISE, MONDAY_TEN)
        return order

    def let_go(self, epoch: int, at: datetime, order: UUID | None) -> None:
        with self.unit.transaction() as db:
            handlers.end_leg(db, handed_over(epoch, at, order), PROMISE)

    def spans(self, kind: ClockKind) -> list[Span]:
        with self.unit.transaction() as db:
            return spans(db, kind)

    def due(self) -> datetime:
        with self.unit.transaction() as db:
            return clocks(db)[ClockKind.CITIZEN].due_at


@pytest.fixture
def tiers(service_database: Callable[..., Engine]) -> tuple[Node, Node, Node]:
    def node(code: str) -> Node:
        return Node(Unit(service_database(metadata), code, "sla", plumbing, wake=lambda: None))

    return node("341523"), node("341500"), node("340000")


def test_three_hand_overs_and_two_returns_move_no_promise_and_charge_each_its_own_time(
    tiers: tuple[Node, Node, Node],
) -> None:
    county, city, province = tiers
    with county.unit.transaction() as db:
        handlers.start_citizen_clocks(db, [accepted()], PROMISE)
        handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)
    promised = county.due()
    moments = [MONDAY_TEN + timedelta(hours=20 * n) for n in range(7)]
    _, up, further_up, back, home, up_again, done = moments

    first = city.take(1, up)
    county.let_go(1, up, ORDER)
    in_vain = province.take(2, further_up)
    city.let_go(2, further_up, first)
    second = city.take(3, back, HandOverKind.RETURN)
    province.let_go(3, back, in_vain)
    own = county.take(4, home, HandOverKind.RETURN)
    city.let_go(4, home, second)
    last = city.take(5, up_again)
    county.let_go(5, up_again, own)
    city.let_go(6, done, last)

    assert county.due() == promised
    assert county.spans(ClockKind.CITIZEN) == [(MONDAY_TEN, None)]
    assert city.spans(ClockKind.LEG) == [(up, further_up), (back, home), (up_again, done)]
    assert province.spans(ClockKind.LEG) == [(further_up, back)]
    assert county.spans(ClockKind.LEG) == [(home, up_again)]
    for kind in (ClockKind.CONTACT, ClockKind.RESOLVE):
        charged = [span for node in tiers for span in node.spans(kind)]
        assert sorted(charged) == list(pairwise(moments))
