"""A withdrawn case: no clock runs, no limit is kept by it; taken back, what was left runs on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Connection

from services.sla import handlers
from services.sla.policy import ClockKind, Lamp
from services.sla.repository import Clock, clocks_of_case
from shared.errors import NotYet
from shared.events.dispatch import CaseFinished, OrderFinished
from shared.events.intake import CaseWithdrawn
from shared.events.review import CaseReopened
from shared.events.sealed import Sealed
from shared.events.sla import ClockResumed, ClockStarted, ClockStopped
from shared.events.words import By, Outcome
from shared.outbox import said
from tests.integration.sla.stories import (
    CASE,
    MONDAY_TEN,
    PROMISE,
    accepted,
    dispatched,
    finished,
    of_order,
    offered,
    taken,
)

pytestmark = pytest.mark.integration

DAY = timedelta(days=1)
TUESDAY_TEN = MONDAY_TEN + DAY
THURSDAY_CLOSING = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
"""Three working days after Monday, the limit of an ordinary case."""


def withdrawn(at: datetime, *, accepted: bool = True) -> CaseWithdrawn:
    return CaseWithdrawn(
        case_id=CASE,
        occurred_at=at,
        withdrawal_id=uuid4(),
        round=1,
        accepted=accepted,
        take_back_by=at + 7 * DAY,
        by=By(kind="citizen"),
    )


def order_ended(at: datetime) -> OrderFinished:
    about = {"outcome": Outcome.DONE_OTHERWISE, "answer_masked": "诉求人已撤回"}
    answer = Sealed.withheld("answer")
    ended: OrderFinished = of_order(OrderFinished, at, **about, answer=answer, withdrawn=True)
    return ended


def case_ended(at: datetime) -> CaseFinished:
    return finished(at).model_copy(update={"withdrawn": True})


def taken_back(at: datetime) -> CaseReopened:
    about = {"case_id": CASE, "occurred_at": at, "round": 2}
    return CaseReopened(**about, because="改变主意", taken_back=True)


def begin(db: Connection) -> None:
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)


def running(db: Connection) -> dict[ClockKind, Clock]:
    return {each.kind: each for each in clocks_of_case(db, CASE) if each.stopped_at is None}


def stops(db: Connection) -> list[tuple[str, str, bool]]:
    return [
        (event.kind_told, event.reason_told, event.on_time)
        for event in said(db)
        if isinstance(event, ClockStopped)
    ]


@pytest.mark.parametrize("first", ["intake", "dispatch"])
def test_all_clocks_stop_once_whoever_is_heard_first(db: Connection, first: str) -> None:
    begin(db)
    heard: list[Callable[[], None]] = [
        lambda: handlers.stop_all(db, withdrawn(TUESDAY_TEN), PROMISE),
        lambda: handlers.end_custody(db, order_ended(TUESDAY_TEN), PROMISE),
        lambda: handlers.meet_promise(db, case_ended(TUESDAY_TEN), PROMISE),
    ]
    for hear in heard if first == "intake" else [*heard[1:], heard[0]]:
        hear()

    assert not running(db)
    kinds = ("citizen", "contact", "resolve")
    assert sorted(stops(db)) == [(kind, "withdrawn", True) for kind in kinds]
    started = {event.kind for event in said(db) if isinstance(event, ClockStarted)}
    assert "feedback" not in started


def test_what_was_late_before_stays_late(db: Connection) -> None:
    begin(db)
    late = THURSDAY_CLOSING + timedelta(seconds=1)

    handlers.stop_all(db, withdrawn(late), PROMISE)

    assert set(stops(db)) == {
        (kind, "withdrawn", False) for kind in ("citizen", "contact", "resolve")
    }
    citizen = next(each for each in clocks_of_case(db, CASE) if each.kind is ClockKind.CITIZEN)
    assert citizen.lamp is Lamp.RED
    assert citizen.missed_at is not None
    handlers.meet_promise(db, case_ended(late), PROMISE)
    handlers.resume_promise(db, taken_back(late + 3 * DAY), PROMISE, "341523")
    assert running(db)[ClockKind.CITIZEN].due_at == citizen.due_at


def test_the_working_time_that_was_left_runs_on_once_and_no_more(db: Connection) -> None:
    begin(db)
    due = running(db)[ClockKind.CITIZEN].due_at
    with pytest.raises(NotYet):
        handlers.resume_promise(db, taken_back(TUESDAY_TEN), PROMISE, "341523")
    handlers.stop_all(db, withdrawn(TUESDAY_TEN), PROMISE)
    handlers.meet_promise(db, case_ended(TUESDAY_TEN), PROMISE)

    for _ in range(2):
        handlers.resume_promise(db, taken_back(TUESDAY_TEN + 7 * DAY), PROMISE, "341523")
    handlers.stop_all(db, withdrawn(TUESDAY_TEN), PROMISE)  # heard late

    assert set(running(db)) == {ClockKind.CITIZEN}
    assert running(db)[ClockKind.CITIZEN].due_at == due + 7 * DAY
    [resumed] = [event for event in said(db) if isinstance(event, ClockResumed)]
    assert (resumed.reason, resumed.reason_told) == ("reopened", "taken_back")


def test_what_nobody_accepted_has_no_clock_and_a_leg_stops_with_the_result(
    db: Connection,
) -> None:
    handlers.stop_all(db, withdrawn(MONDAY_TEN, accepted=False), PROMISE)
    assert not clocks_of_case(db, CASE)
    handlers.start_leg_clock(db, taken(1), PROMISE)

    back = offered(2, TUESDAY_TEN).model_copy(update={"withdrawn": True})
    handlers.meet_leg(db, back, PROMISE)

    assert stops(db) == [("leg", "withdrawn", True)]
