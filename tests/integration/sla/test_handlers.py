"""What sla does with what it hears, on a real PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine

from services.sla import handlers, repository
from services.sla.policy import ClockKind, Lamp
from services.sla.settings import Settings
from services.sla.tables import metadata, plumbing
from shared.errors import NotYet
from shared.events.base import CaseEvent
from shared.events.dispatch import (
    CaseFinished,
    ContactLogged,
    OrderDispatched,
    OrderFinished,
    OrderReturned,
    ReturnGround,
    Route,
)
from shared.events.intake import CaseAccepted
from shared.events.notify import MessageDelivered, Purpose
from shared.events.review import CaseReopened
from shared.events.sealed import Sealed
from shared.events.words import By, Channel, Complexity, Outcome
from shared.outbox import said
from shared.unit import Unit

pytestmark = pytest.mark.integration

MONDAY_TEN = datetime(2026, 3, 2, 2, tzinfo=UTC)
"""10:00 in Shanghai."""
PROMISE = Settings().promise
CASE = uuid4()
ORDER = uuid4()
OFFICER = By(kind="staff", role="disposal_officer", unit="SCJGJ")


@pytest.fixture
def db(service_database: Callable[..., Engine]) -> Iterator[Connection]:
    unit = Unit(service_database(metadata), "341523", "sla", plumbing, wake=lambda: None)
    with unit.transaction() as connection:
        yield connection


def accepted(at: datetime = MONDAY_TEN) -> CaseAccepted:
    return CaseAccepted(
        case_id=CASE,
        occurred_at=at,
        number="BCS-341523-20260302-00001-X",
        region="341523",
        channel=Channel.WEB,
        complexity=Complexity.ORDINARY,
        title_masked="食品经营许可证没有回音",
        text_masked="二十天了",
        by=By(kind="anonymous"),
    )


def dispatched(order_id: UUID = ORDER, round_: int = 1) -> OrderDispatched:
    return OrderDispatched(
        case_id=CASE,
        occurred_at=MONDAY_TEN,
        order_id=order_id,
        round=round_,
        unit_code="SCJGJ",
        unit_name="县市场监督管理局",
        complexity=Complexity.ORDINARY,
        route=Route.ITEM,
        because="事项：食品经营许可",
        by=By(kind="system"),
    )


def of_order(kind: type[CaseEvent], at: datetime, **more: Any) -> Any:
    common = {"unit_code": "SCJGJ", "unit_name": "县市场监督管理局", "by": OFFICER}
    return kind(case_id=CASE, occurred_at=at, order_id=ORDER, **common, **more)


def finished(at: datetime, round_: int = 1) -> CaseFinished:
    sealed = Sealed(case_id=CASE, key_id=uuid4(), field="answer", data="AAAA")
    return CaseFinished(
        case_id=CASE,
        occurred_at=at,
        round=round_,
        unit_code="SCJGJ",
        unit_name="县市场监督管理局",
        outcome=Outcome.DONE,
        answer=sealed,
        answer_masked="已受理",
    )


def clocks(db: Connection) -> dict[ClockKind, repository.Clock]:
    return {clock.kind: clock for clock in repository.clocks_of_case(db, CASE)}


def names(db: Connection) -> list[str]:
    return [event.name.removeprefix("sla.").removesuffix(".v1") for event in said(db)]


def test_acceptance_starts_the_promise_of_three_working_days(db: Connection) -> None:
    handlers.start_citizen_clock(db, accepted(), PROMISE)

    clock = clocks(db)[ClockKind.CITIZEN]
    assert clock.due_at == datetime(2026, 3, 5, 9, tzinfo=UTC)
    assert clock.lamp is Lamp.GREEN
    assert clock.next_step_at == clock.due_at - timedelta(hours=24)
    assert names(db) == ["clock_started"]


def test_dispatch_starts_contact_and_resolve_before_any_signature(db: Connection) -> None:
    handlers.start_custody_clocks(db, dispatched(), PROMISE)

    assert clocks(db)[ClockKind.CONTACT].due_at == datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert clocks(db)[ClockKind.RESOLVE].due_at == datetime(2026, 3, 5, 9, tzinfo=UTC)


def test_only_reaching_the_person_meets_the_contact_clock(db: Connection) -> None:
    handlers.start_custody_clocks(db, dispatched(), PROMISE)
    later = MONDAY_TEN + timedelta(hours=1)

    handlers.meet_contact(db, of_order(ContactLogged, later, way="phone", reached=False))
    assert clocks(db)[ClockKind.CONTACT].stopped_at is None

    handlers.meet_contact(db, of_order(ContactLogged, later, way="phone", reached=True))
    assert clocks(db)[ClockKind.CONTACT].stopped_at == later


def test_a_returned_order_charges_its_unit_no_more(db: Connection) -> None:
    handlers.start_custody_clocks(db, dispatched(), PROMISE)
    returned = of_order(
        OrderReturned, MONDAY_TEN, ground=ReturnGround.WRONG_ITEM, legal_basis="三定方案"
    )

    handlers.end_custody(db, returned)

    assert {clock.stop_reason for clock in clocks(db).values()} == {"returned"}


def test_the_result_stops_the_promise_and_starts_the_feedback_clock(db: Connection) -> None:
    handlers.start_citizen_clock(db, accepted(), PROMISE)
    done = MONDAY_TEN + timedelta(days=1)

    handlers.meet_promise(db, finished(done), PROMISE)
    delivered = MessageDelivered(
        case_id=CASE,
        occurred_at=done + timedelta(minutes=1),
        message_id=uuid4(),
        purpose=Purpose.RESULT,
        provider="embedded",
        attempts=1,
    )
    handlers.meet_feedback(db, delivered)

    assert clocks(db)[ClockKind.CITIZEN].stop_reason == "met"
    assert clocks(db)[ClockKind.FEEDBACK].stopped_at == delivered.occurred_at


def test_what_comes_before_its_prerequisite_is_kept(db: Connection) -> None:
    reopened = CaseReopened(case_id=CASE, occurred_at=MONDAY_TEN, round=2, because="没有解决")
    delivered = MessageDelivered(
        case_id=CASE,
        occurred_at=MONDAY_TEN,
        message_id=uuid4(),
        purpose=Purpose.RESULT,
        provider="embedded",
        attempts=1,
    )

    with pytest.raises(NotYet):
        handlers.meet_promise(db, finished(MONDAY_TEN), PROMISE)
    with pytest.raises(NotYet):
        handlers.resume_promise(db, reopened, PROMISE)
    with pytest.raises(NotYet):
        handlers.meet_feedback(db, delivered)


def test_a_reopening_lets_the_old_promise_run_on(db: Connection) -> None:
    handlers.start_citizen_clock(db, accepted(), PROMISE)
    handlers.meet_promise(db, finished(MONDAY_TEN), PROMISE)
    due = clocks(db)[ClockKind.CITIZEN].due_at
    late = due + timedelta(days=3)

    again = CaseReopened(case_id=CASE, occurred_at=late, round=2, because="没有解决")
    handlers.resume_promise(db, again, PROMISE)

    clock = clocks(db)[ClockKind.CITIZEN]
    assert (clock.due_at, clock.lamp, clock.stopped_at) == (due, Lamp.RED, None)


def test_the_sweep_says_each_lamp_and_the_missed_limit_once(db: Connection) -> None:
    handlers.start_citizen_clock(db, accepted(), PROMISE)
    due = clocks(db)[ClockKind.CITIZEN].due_at
    before = names(db)

    assert handlers.sweep(db, due - timedelta(hours=24, seconds=1), PROMISE, 10) == 0
    assert handlers.sweep(db, due - timedelta(hours=24), PROMISE, 10) == 1
    assert handlers.sweep(db, due, PROMISE, 10) == 0
    assert handlers.sweep(db, due + timedelta(seconds=1), PROMISE, 10) == 1
    assert handlers.sweep(db, due + timedelta(days=9), PROMISE, 10) == 0
    assert names(db)[len(before) :] == ["lamp_changed", "lamp_changed", "deadline_missed"]


def test_a_clock_stopped_late_is_red_and_missed(db: Connection) -> None:
    handlers.start_custody_clocks(db, dispatched(), PROMISE)
    late = datetime(2026, 3, 9, 2, tzinfo=UTC)
    sealed = Sealed(case_id=CASE, key_id=uuid4(), field="answer", data="AAAA")

    done = of_order(OrderFinished, late, outcome=Outcome.DONE, answer=sealed, answer_masked="已办")
    handlers.end_custody(db, done)

    assert clocks(db)[ClockKind.RESOLVE].lamp is Lamp.RED
    assert clocks(db)[ClockKind.RESOLVE].missed_at == late
