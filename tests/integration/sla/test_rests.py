"""A unit's clock rests while the person is asked, is extended by a decision; terms are kept."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection

from services.sla import handlers
from services.sla.policy import ClockKind
from shared.events.dispatch import (
    CasePooled,
    ExtensionDecided,
    MaterialsAsked,
    MaterialsEnd,
    MaterialsReceived,
    OrderFinished,
    OrderSigned,
    PoolReason,
)
from shared.events.sealed import Sealed
from shared.events.sla import (
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    DeadlineMissed,
    DueDateMoved,
    ResumeReason,
    TermKind,
    TermNear,
    TermOver,
)
from shared.events.words import Outcome
from shared.outbox import said
from tests.integration.sla.stories import (
    CASE,
    MONDAY_TEN,
    ORDER,
    PROMISE,
    accepted,
    clocks,
    dispatched,
    names,
    of_order,
)

pytestmark = pytest.mark.integration

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
THURSDAY_CLOSING = datetime(2026, 3, 5, 9, tzinfo=UTC)
FRIDAY_CLOSING = THURSDAY_CLOSING + DAY
LATER = MONDAY_TEN + 60 * DAY


def last(db: Connection, kind: type[Any]) -> Any:
    return next(event for event in reversed(said(db)) if isinstance(event, kind))


def dispatch(db: Connection) -> None:
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)


def ask(db: Connection, at: datetime = MONDAY_TEN, answer_by: datetime = LATER) -> Any:
    told = {"request_id": uuid4(), "round": 1, "materials_masked": "户口本"}
    asked = of_order(MaterialsAsked, at, answer_by=answer_by, **told)
    handlers.pause(db, asked, PROMISE)
    return asked


def receive(db: Connection, at: datetime) -> None:
    told = {"request_id": uuid4(), "how": MaterialsEnd.ANSWERED}
    handlers.resume(db, of_order(MaterialsReceived, at, **told), PROMISE)


def extend(db: Connection, days: int, *, at: datetime = MONDAY_TEN, granted: bool = True) -> None:
    told = {"extension_id": uuid4(), "granted": granted, "days": days, "because": "材料多"}
    handlers.extend(db, of_order(ExtensionDecided, at, **told), PROMISE)


def misses(db: Connection) -> list[datetime]:
    told = [event for event in said(db) if isinstance(event, DeadlineMissed)]
    return [event.occurred_at for event in told if event.kind == "resolve"]


def test_the_clock_of_the_unit_rests_and_the_promise_to_the_person_never(db: Connection) -> None:
    dispatch(db)
    ask(db)
    receive(db, MONDAY_TEN + DAY)

    assert clocks(db)[ClockKind.RESOLVE].due_at == FRIDAY_CLOSING
    assert clocks(db)[ClockKind.CITIZEN].due_at == THURSDAY_CLOSING
    assert clocks(db)[ClockKind.CONTACT].due_at == datetime(2026, 3, 3, 9, tzinfo=UTC)
    paused, resumed = last(db, ClockPaused), last(db, ClockResumed)
    assert (paused.kind, paused.until) == ("resolve", datetime(2026, 3, 9, 9, tzinfo=UTC))
    assert (resumed.reason, resumed.due_at) == (ResumeReason.RECEIVED, FRIDAY_CLOSING)
    assert clocks(db)[ClockKind.RESOLVE].steps[-1]["rule"] == "rested"


def test_a_rest_ends_by_itself_at_its_cap_and_says_so(db: Connection) -> None:
    dispatch(db)
    ask(db, answer_by=MONDAY_TEN + DAY)

    handlers.sweep(db, MONDAY_TEN + DAY, PROMISE, 100)

    assert last(db, ClockResumed).reason is ResumeReason.CAP_OVER
    assert clocks(db)[ClockKind.RESOLVE].paused_at is None
    assert clocks(db)[ClockKind.RESOLVE].due_at == FRIDAY_CLOSING


@pytest.mark.parametrize("ending", ["sweep", "answer"])
def test_a_rest_that_ends_late_has_lasted_until_its_cap(db: Connection, ending: str) -> None:
    dispatch(db)
    ask(db, answer_by=MONDAY_TEN + DAY)

    if ending == "sweep":
        handlers.sweep(db, MONDAY_TEN + 30 * DAY, PROMISE, 100)
    else:
        receive(db, MONDAY_TEN + 30 * DAY)

    late = clocks(db)[ClockKind.RESOLVE]
    assert (late.due_at, late.lamp) == (FRIDAY_CLOSING, "red")
    assert late.steps[-1]["until"] == "2026-03-03T10:00:00+08:00"
    assert misses(db) == [MONDAY_TEN + 30 * DAY] == [late.missed_at]


def test_who_misses_an_extended_limit_has_missed_again(db: Connection) -> None:
    dispatch(db)
    handlers.sweep(db, THURSDAY_CLOSING + HOUR, PROMISE, 100)

    extend(db, 1, at=THURSDAY_CLOSING + 2 * HOUR)
    assert clocks(db)[ClockKind.RESOLVE].missed_at is None
    handlers.sweep(db, FRIDAY_CLOSING + HOUR, PROMISE, 100)
    extend(db, 1, at=FRIDAY_CLOSING + 9 * DAY)

    assert misses(db) == [THURSDAY_CLOSING + HOUR, FRIDAY_CLOSING + HOUR]
    assert clocks(db)[ClockKind.RESOLVE].missed_at == FRIDAY_CLOSING + HOUR


def test_more_time_in_a_year_without_a_notice_is_provisional(db: Connection) -> None:
    monday = datetime(2026, 12, 28, 2, tzinfo=UTC)
    handlers.start_custody_clocks(db, [dispatched(at=monday)], PROMISE, monday)
    assert clocks(db)[ClockKind.RESOLVE].provisional is False

    extend(db, 1, at=monday)
    ask(db, monday)
    receive(db, monday + HOUR)

    moved, resumed = last(db, DueDateMoved), last(db, ClockResumed)
    assert (moved.provisional_before, moved.provisional) == (False, True)
    assert clocks(db)[ClockKind.RESOLVE].provisional is resumed.provisional is True


def test_a_clock_rests_so_often_and_no_more(db: Connection) -> None:
    dispatch(db)
    for n in range(3):
        ask(db, MONDAY_TEN + n * HOUR)
        receive(db, MONDAY_TEN + n * HOUR + HOUR / 2)

    assert names(db).count("clock_paused") == PROMISE.pauses.most == 2


def test_a_clock_that_stops_while_it_rests_is_charged_up_to_its_rest(db: Connection) -> None:
    dispatch(db)
    ask(db)
    done = of_order(
        OrderFinished,
        FRIDAY_CLOSING,
        outcome=Outcome.DONE,
        answer=Sealed.withheld("answer"),
        answer_masked="办好了",
    )

    handlers.end_custody(db, done, PROMISE)

    stops = [event for event in said(db) if isinstance(event, ClockStopped)]
    assert {event.kind: event.on_time for event in stops} == {"contact": False, "resolve": True}


def test_an_extension_moves_the_unit_and_tells_which_promise_it_passes(db: Connection) -> None:
    dispatch(db)
    extend(db, 2, granted=False)
    assert "due_date_moved" not in names(db)

    extend(db, 2)

    moved = last(db, DueDateMoved)
    assert moved.due_at == clocks(db)[ClockKind.RESOLVE].due_at
    assert moved.due_at == datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert (moved.due_before, moved.promise_due_at) == (THURSDAY_CLOSING, THURSDAY_CLOSING)
    assert moved.because == "材料多"
    assert clocks(db)[ClockKind.CITIZEN].due_at == THURSDAY_CLOSING


def test_an_extension_while_the_clock_rests_keeps_the_rest(db: Connection) -> None:
    dispatch(db)
    ask(db)
    extend(db, 1)
    receive(db, MONDAY_TEN + DAY)

    assert clocks(db)[ClockKind.RESOLVE].due_at == datetime(2026, 3, 9, 9, tzinfo=UTC)


def test_a_unit_is_reminded_to_sign_and_then_said_to_be_late_once(db: Connection) -> None:
    dispatch(db)
    tuesday_closing = datetime(2026, 3, 3, 9, tzinfo=UTC)
    resolve = [e for e in said(db) if isinstance(e, ClockStarted) and e.kind == "resolve"]
    assert [event.sign_by for event in resolve] == [tuesday_closing]

    assert handlers.sweep_terms(db, tuesday_closing - 5 * HOUR, 100) == 0
    handlers.sweep_terms(db, tuesday_closing - 4 * HOUR, 100)
    handlers.sweep_terms(db, tuesday_closing, 100)
    handlers.sweep_terms(db, tuesday_closing + HOUR, 100)
    assert handlers.sweep_terms(db, tuesday_closing + DAY, 100) == 0

    near, over = last(db, TermNear), last(db, TermOver)
    assert (near.kind, near.order_id, near.due_at) == (TermKind.SIGN, ORDER, tuesday_closing)
    assert (over.kind, over.unit_code) == (TermKind.SIGN, "SCJGJ")
    assert [names(db).count(name) for name in ("term_near", "term_over")] == [1, 1]


def test_who_signs_is_not_reminded(db: Connection) -> None:
    dispatch(db)
    handlers.hear_signature(db, of_order(OrderSigned, MONDAY_TEN + HOUR), PROMISE)

    assert handlers.sweep_terms(db, MONDAY_TEN + 30 * DAY, 100) == 0


def test_a_search_ends_with_an_order_and_begins_anew_with_the_next_pool(db: Connection) -> None:
    pooled = CasePooled(case_id=CASE, occurred_at=MONDAY_TEN, reason=PoolReason.NO_RULE)
    handlers.start_search_term(db, pooled, PROMISE, MONDAY_TEN)
    handlers.start_custody_clocks(db, [dispatched(at=MONDAY_TEN + HOUR)], PROMISE, MONDAY_TEN)
    handlers.hear_signature(db, of_order(OrderSigned, MONDAY_TEN + 2 * HOUR), PROMISE)
    assert handlers.sweep_terms(db, MONDAY_TEN + 30 * DAY, 100) == 0

    again = pooled.model_copy(update={"occurred_at": MONDAY_TEN + DAY})
    handlers.start_search_term(db, again, PROMISE, MONDAY_TEN)
    handlers.sweep_terms(db, MONDAY_TEN + 30 * DAY, 100)

    assert last(db, TermOver).kind is TermKind.SEARCH
    assert last(db, TermOver).due_at == datetime(2026, 3, 4, 9, tzinfo=UTC)
