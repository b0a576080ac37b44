"""What goes on without a result: the explanation keeps the promise, the named day is the next."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection

from services.sla import handlers
from services.sla.policy import ClockKind, Lamp
from services.sla.repository import Clock, clocks_of_case
from services.sla.repository.limit_replays import past_clocks
from shared.errors import NotYet
from shared.events.dispatch import (
    CaseTracked,
    OrderFinished,
    OrderReturned,
    ReturnGround,
    TrackingReported,
)
from shared.events.sealed import Sealed
from shared.events.sla import ClockStarted, ClockStopped, WorkedYearTold
from shared.events.words import ClockKind as SaidKind
from shared.events.words import Outcome
from shared.outbox import said
from tests.integration.sla.stories import (
    CASE,
    MONDAY_TEN,
    PROMISE,
    accepted,
    dispatched,
    finished,
    handed_over,
    of_order,
    taken,
)

pytestmark = pytest.mark.integration

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
FRIDAY, SATURDAY = date(2026, 3, 6), date(2026, 3, 7)
FRIDAY_CLOSING = datetime(2026, 3, 6, 9, tzinfo=UTC)
MONDAY_CLOSING = FRIDAY_CLOSING + 3 * DAY
TUESDAY_TEN = MONDAY_TEN + DAY


def reported(at: datetime, report: UUID, on: date = FRIDAY, serial: int = 1) -> TrackingReported:
    words = {"explanation_masked": "省里没有批", "ground_masked": "条例第九条"}
    told: TrackingReported = of_order(
        TrackingReported,
        at,
        report_id=report,
        round=1,
        serial=serial,
        explanation=Sealed.withheld("explanation"),
        next_on=on,
        **words,
    )
    return told


def tracked(at: datetime, *, promise_kept: bool = True, round_: int = 1) -> CaseTracked:
    return CaseTracked(
        case_id=CASE,
        occurred_at=at,
        report_id=uuid4(),
        round=round_,
        serial=1,
        unit_name="县市场监督管理局",
        explanation_masked="省里没有批",
        ground_masked="条例第九条",
        next_on=FRIDAY,
        promise_kept=promise_kept,
    )


def begin(db: Connection) -> None:
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)


def running(db: Connection) -> dict[ClockKind, Clock]:
    return {clock.kind: clock for clock in clocks_of_case(db, CASE) if clock.stopped_at is None}


def stopped(db: Connection) -> list[ClockStopped]:
    return [event for event in said(db) if isinstance(event, ClockStopped)]


def test_an_explanation_in_time_keeps_the_promises_and_the_named_day_runs(db: Connection) -> None:
    begin(db)
    first, second = uuid4(), uuid4()

    handlers.start_tracking_clock(db, reported(TUESDAY_TEN, first), PROMISE)
    handlers.meet_by_explanation(db, tracked(TUESDAY_TEN), PROMISE)

    assert {(event.kind, event.on_time, event.explained) for event in stopped(db)} == {
        (kind, True, True) for kind in (SaidKind.CONTACT, SaidKind.RESOLVE, SaidKind.CITIZEN)
    }
    (clock,) = running(db).values()
    assert (clock.kind, clock.order_id, clock.due_at) == (
        ClockKind.TRACKING,
        first,
        FRIDAY_CLOSING,
    )
    begun = [event for event in said(db) if isinstance(event, ClockStarted)][-1]
    assert (begun.kind, begun.kind_told) == (SaidKind.FEEDBACK, "tracking")

    handlers.sweep(db, FRIDAY_CLOSING - DAY, PROMISE, 10)
    assert running(db)[ClockKind.TRACKING].lamp is Lamp.YELLOW
    handlers.sweep(db, FRIDAY_CLOSING + HOUR, PROMISE, 10)
    assert running(db)[ClockKind.TRACKING].lamp is Lamp.RED

    late = reported(FRIDAY_CLOSING + 2 * HOUR, second, SATURDAY, serial=2)
    handlers.start_tracking_clock(db, late, PROMISE)
    assert (stopped(db)[-1].kind_told, stopped(db)[-1].on_time) == ("tracking", False)
    (clock,) = running(db).values()
    assert (clock.order_id, clock.due_at) == (second, MONDAY_CLOSING)

    at = MONDAY_CLOSING - HOUR
    result = {"outcome": Outcome.DONE, "answer": Sealed.withheld("answer"), "answer_masked": "好"}
    handlers.end_custody(db, of_order(OrderFinished, at, **result), PROMISE)
    assert (stopped(db)[-1].on_time, stopped(db)[-1].explained) == (True, False)
    handlers.meet_promise(db, finished(at), PROMISE)
    assert set(running(db)) == {ClockKind.FEEDBACK}


def test_an_explanation_that_comes_late_says_so(db: Connection) -> None:
    begin(db)
    late = MONDAY_TEN + 10 * DAY

    handlers.start_tracking_clock(db, reported(late, uuid4(), date(2026, 3, 20)), PROMISE)
    handlers.meet_by_explanation(db, tracked(late), PROMISE)

    assert {event.on_time for event in stopped(db)} == {False}


def test_no_draft_of_the_limits_counts_a_day_that_was_named(db: Connection) -> None:
    begin(db)
    handlers.start_tracking_clock(db, reported(TUESDAY_TEN, uuid4()), PROMISE)

    past = past_clocks(db, MONDAY_TEN, MONDAY_TEN + 9 * DAY, None, 10)

    assert {clock.kind for clock in past} == {
        *(ClockKind.CITIZEN, ClockKind.CONTACT, ClockKind.RESOLVE)
    }


def test_who_has_it_no_more_owes_no_next_word(db: Connection) -> None:
    begin(db)
    handlers.start_tracking_clock(db, reported(TUESDAY_TEN, uuid4()), PROMISE)
    back = of_order(
        OrderReturned,
        TUESDAY_TEN + HOUR,
        ground=ReturnGround.CONFLICT_OF_INTEREST,
        legal_basis="回避",
    )
    handlers.end_custody(db, back, PROMISE)
    assert ClockKind.TRACKING not in running(db)

    handlers.start_tracking_clock(db, reported(TUESDAY_TEN + 2 * HOUR, uuid4()), PROMISE)
    handlers.end_leg(db, handed_over(1, TUESDAY_TEN + 3 * HOUR), PROMISE)
    assert ClockKind.TRACKING not in running(db)


def test_a_leg_is_met_by_it_and_only_where_it_was_registered_the_promise(db: Connection) -> None:
    handlers.start_leg_clock(db, taken(1), PROMISE)
    handlers.meet_by_explanation(db, tracked(TUESDAY_TEN, promise_kept=False), PROMISE)
    assert running(db) == {}

    with pytest.raises(NotYet):
        handlers.meet_by_explanation(db, tracked(TUESDAY_TEN), PROMISE)
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    with pytest.raises(NotYet):
        handlers.meet_by_explanation(db, tracked(TUESDAY_TEN, round_=2), PROMISE)


def test_each_year_is_told_once_until_the_calendar_changes(db: Connection) -> None:
    def told() -> list[WorkedYearTold]:
        return [event for event in said(db) if isinstance(event, WorkedYearTold)]

    handlers.tell_worked_years(db, PROMISE, MONDAY_TEN)
    handlers.tell_worked_years(db, PROMISE, MONDAY_TEN + HOUR)

    assert [event.year for event in told()] == [2026, 2027]
    assert FRIDAY in told()[0].worked
    assert SATURDAY not in told()[0].worked
    handlers.tell_worked_years(db, PROMISE, MONDAY_TEN + 365 * DAY)
    assert [event.year for event in told()] == [2026, 2027, 2028]
