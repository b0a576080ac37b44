"""What sla does with what it hears, on a real PostgreSQL."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Connection

from services.sla import handlers
from services.sla.policy import ClockKind, Lamp
from shared.errors import NotYet
from shared.events.dispatch import ContactLogged, OrderFinished, OrderReturned, ReturnGround
from shared.events.notify import MessageDelivered, Purpose
from shared.events.review import CaseReopened
from shared.events.sealed import Sealed
from shared.events.words import Outcome
from tests.integration.doorway import NODE
from tests.integration.sla.stories import (
    CASE,
    MONDAY_TEN,
    PROMISE,
    accepted,
    clocks,
    dispatched,
    finished,
    names,
    of_order,
)

pytestmark = pytest.mark.integration


def test_after_an_appeal_the_promise_counts_from_the_registration(db: Connection) -> None:
    late = accepted(MONDAY_TEN + timedelta(days=9))
    counts = late.model_copy(update={"promised_from": MONDAY_TEN})

    handlers.start_citizen_clocks(db, [counts], PROMISE)

    clock = clocks(db)[ClockKind.CITIZEN]
    assert clock.started_at == MONDAY_TEN
    assert clock.due_at == datetime(2026, 3, 5, 9, tzinfo=UTC)


def test_acceptance_starts_the_promise_of_three_working_days(db: Connection) -> None:
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)

    clock = clocks(db)[ClockKind.CITIZEN]
    assert clock.due_at == datetime(2026, 3, 5, 9, tzinfo=UTC)
    assert clock.lamp is Lamp.GREEN
    assert clock.next_step_at == clock.due_at - timedelta(hours=24)
    assert names(db) == ["clock_started"]


def test_nobody_loses_time_when_a_report_is_taken_apart(db: Connection) -> None:
    split = accepted(MONDAY_TEN + timedelta(days=1))
    part = split.model_copy(update={"promised_from": MONDAY_TEN})

    handlers.start_citizen_clocks(db, [part], PROMISE)

    clock = clocks(db)[ClockKind.CITIZEN]
    assert clock.started_at == MONDAY_TEN
    assert clock.due_at == datetime(2026, 3, 5, 9, tzinfo=UTC)


def test_dispatch_starts_contact_and_resolve_before_any_signature(db: Connection) -> None:
    handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)

    assert clocks(db)[ClockKind.CONTACT].due_at == datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert clocks(db)[ClockKind.RESOLVE].due_at == datetime(2026, 3, 5, 9, tzinfo=UTC)


def test_only_reaching_the_person_meets_the_contact_clock(db: Connection) -> None:
    handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)
    later = MONDAY_TEN + timedelta(hours=1)

    handlers.meet_contact(db, of_order(ContactLogged, later, way="phone", reached=False), PROMISE)
    assert clocks(db)[ClockKind.CONTACT].stopped_at is None

    handlers.meet_contact(db, of_order(ContactLogged, later, way="phone", reached=True), PROMISE)
    assert clocks(db)[ClockKind.CONTACT].stopped_at == later


def test_a_returned_order_charges_its_unit_no_more(db: Connection) -> None:
    handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)
    returned = of_order(
        OrderReturned, MONDAY_TEN, ground=ReturnGround.WRONG_ITEM, legal_basis="三定方案"
    )

    handlers.end_custody(db, returned, PROMISE)

    assert {clock.stop_reason for clock in clocks(db).values()} == {"returned"}


def test_the_result_stops_the_promise_and_starts_the_feedback_clock(db: Connection) -> None:
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
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
    handlers.meet_feedback(db, delivered, PROMISE)

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
        handlers.resume_promise(db, reopened, PROMISE, NODE)
    with pytest.raises(NotYet):
        handlers.meet_feedback(db, delivered, PROMISE)


def test_a_reopening_lets_the_old_promise_run_on(db: Connection) -> None:
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    handlers.meet_promise(db, finished(MONDAY_TEN), PROMISE)
    due = clocks(db)[ClockKind.CITIZEN].due_at
    late = due + timedelta(days=3)

    again = CaseReopened(case_id=CASE, occurred_at=late, round=2, because="没有解决")
    handlers.resume_promise(db, again, PROMISE, NODE)

    clock = clocks(db)[ClockKind.CITIZEN]
    assert (clock.due_at, clock.lamp, clock.stopped_at) == (due, Lamp.RED, None)


def test_the_lag_of_the_sweep_counts_from_the_oldest_lamp_that_has_to_change(
    db: Connection,
) -> None:
    assert handlers.sweep_lag(db, MONDAY_TEN) == timedelta()
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    yellow_at = clocks(db)[ClockKind.CITIZEN].next_step_at
    assert yellow_at is not None

    assert handlers.sweep_lag(db, yellow_at - timedelta(hours=1)) == timedelta()
    assert handlers.sweep_lag(db, yellow_at + timedelta(seconds=7)) == timedelta(seconds=7)
    handlers.sweep(db, yellow_at, PROMISE, 10)
    assert handlers.sweep_lag(db, yellow_at + timedelta(seconds=7)) == timedelta()


def test_the_sweep_says_each_lamp_and_the_missed_limit_once(db: Connection) -> None:
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    due = clocks(db)[ClockKind.CITIZEN].due_at
    before = names(db)

    assert handlers.sweep(db, due - timedelta(hours=24, seconds=1), PROMISE, 10) == 0
    assert handlers.sweep(db, due - timedelta(hours=24), PROMISE, 10) == 1
    assert handlers.sweep(db, due, PROMISE, 10) == 0
    assert handlers.sweep(db, due + timedelta(seconds=1), PROMISE, 10) == 1
    assert handlers.sweep(db, due + timedelta(days=9), PROMISE, 10) == 1
    assert handlers.sweep(db, due + timedelta(days=90), PROMISE, 10) == 0
    told = [name for name in names(db)[len(before) :] if name != "step_taken"]
    assert told == ["lamp_changed", "lamp_changed", "deadline_missed"]


def test_a_clock_stopped_late_is_red_and_missed(db: Connection) -> None:
    handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)
    late = datetime(2026, 3, 9, 2, tzinfo=UTC)
    sealed = Sealed(case_id=CASE, key_id=uuid4(), field="answer", data="AAAA")

    done = of_order(OrderFinished, late, outcome=Outcome.DONE, answer=sealed, answer_masked="已办")
    handlers.end_custody(db, done, PROMISE)

    assert clocks(db)[ClockKind.RESOLVE].lamp is Lamp.RED
    assert clocks(db)[ClockKind.RESOLVE].missed_at == late
