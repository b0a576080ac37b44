"""The clock of a unit that helps: its own, and nobody else's."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection

from services.sla import handlers, repository
from services.sla.handlers import limit_replays
from services.sla.handlers.limit_sets import move_open_cases
from services.sla.policy import (
    ClockKind,
    EndRule,
    Lamp,
    Limit,
    LimitKind,
    LimitRow,
    LimitUnit,
    StartRule,
    When,
)
from services.sla.repository import Clock
from services.sla.repository.limit_sets import table_of, tried_set
from services.sla.repository.recomputes import count_running
from shared.events.base import CaseEvent
from shared.events.dispatch import (
    DissentReason,
    PartAnswered,
    PartDeclined,
    PartDissented,
    PartEnd,
    PartKind,
    PartOpened,
    PartWithdrawn,
    ReturnGround,
)
from shared.events.sla import ClockStarted, ClockStopped
from shared.events.words import By
from shared.events.words import ClockKind as SaidKind
from shared.outbox import said
from tests.integration.sla.stories import (
    CASE,
    MONDAY_TEN,
    ORDER,
    PROMISE,
    accepted,
    clocks,
    dispatched,
)
from tests.integration.sla.test_limit_sets import order, signed

pytestmark = pytest.mark.integration

PART = uuid4()
HOUR = timedelta(hours=1)
FOUR_HOURS = Limit(4, LimitUnit.HOUR, StartRule.INSTANT, EndRule.SAME_CLOCK_TIME)
TUESDAY_CLOSING = datetime(2026, 3, 3, 9, tzinfo=UTC)
WEDNESDAY_CLOSING = TUESDAY_CLOSING + timedelta(days=1)
THURSDAY_CLOSING = TUESDAY_CLOSING + timedelta(days=2)


def of_part(
    kind: type[CaseEvent], at: datetime = MONDAY_TEN, part: UUID = PART, **more: Any
) -> Any:
    about = {"unit_code": "CGZ", "unit_name": "城关镇", "by": By(kind="staff")}
    about |= {"part_id": part, "order_id": ORDER, "case_id": CASE, "occurred_at": at}
    return kind(**about, kind=PartKind.CO_HANDLING, **more)


def opened(at: datetime = MONDAY_TEN, part: UUID = PART, **more: Any) -> PartOpened:
    lead = {"lead_code": "SCJGJ", "lead_name": "县市场监督管理局"}
    event: PartOpened = of_part(PartOpened, at, part, round=1, task_masked="核实", **lead, **more)
    return event


def begin(db: Connection, **more: Any) -> Clock:
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)
    handlers.start_part_clock(db, opened(**more), PROMISE, MONDAY_TEN)
    return clocks(db)[ClockKind.CO_HANDLE]


def test_a_part_has_two_working_days_and_moves_nobody_else(db: Connection) -> None:
    clock = begin(db)

    assert (clock.due_at, clock.unit_code, clock.order_id) == (WEDNESDAY_CLOSING, "CGZ", PART)
    assert clocks(db)[ClockKind.RESOLVE].due_at == THURSDAY_CLOSING
    assert clocks(db)[ClockKind.CITIZEN].due_at == THURSDAY_CLOSING
    told = said(db)[-1]
    assert isinstance(told, ClockStarted)
    assert (told.kind, told.kind_told) == (SaidKind.RESOLVE, "co_handle")
    assert told.sign_by == TUESDAY_CLOSING


def test_the_lead_says_how_long_or_until_when(db: Connection) -> None:
    assert begin(db, days=1).due_at == TUESDAY_CLOSING
    agreed = MONDAY_TEN + 100 * HOUR
    handlers.start_part_clock(db, opened(part=uuid4(), due_at=agreed), PROMISE, MONDAY_TEN)

    found = [one for one in repository.clocks_of_case(db, CASE) if one.due_at == agreed]
    assert [one.limit_rule for one in found] == [repository.AGREED]
    assert found[0].steps[0]["rule"] == "agreed"
    assert count_running(db, agreed) == 0


def test_without_a_word_it_ends_with_the_limit_of_the_lead(db: Connection) -> None:
    handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)
    late = MONDAY_TEN + timedelta(days=2)

    handlers.start_part_clock(db, opened(late), PROMISE, late)

    assert clocks(db)[ClockKind.CO_HANDLE].due_at == THURSDAY_CLOSING


def test_rows_of_the_limits_say_how_long_a_part_may_take(db: Connection) -> None:
    urgent = LimitRow(
        code="L020", kind=LimitKind.CO_HANDLE, limit=Limit(1), when=When(urgency="urgent")
    )
    shorter = LimitRow(code="L007", kind=LimitKind.SIGN, limit=FOUR_HOURS)
    signed(db, urgent, shorter)
    handlers.start_custody_clocks(db, [order("urgent")], PROMISE, MONDAY_TEN)
    named, agreed = uuid4(), uuid4()

    handlers.start_part_clock(db, opened(), PROMISE, MONDAY_TEN)
    handlers.start_part_clock(db, opened(part=named, days=2), PROMISE, MONDAY_TEN)
    until = {"due_at": MONDAY_TEN + 100 * HOUR}
    handlers.start_part_clock(db, opened(part=agreed, **until), PROMISE, MONDAY_TEN)

    decided = {
        one.order_id: (one.limit_set, one.limit_row)
        for one in repository.clocks_of_case(db, CASE)
        if one.kind is ClockKind.CO_HANDLE
    }
    assert decided == {PART: (1, "L020"), named: (-1, None), agreed: (-1, None)}
    assert limit_of(db, PART).due_at == TUESDAY_CLOSING
    signing = [one.sign_by for one in said(db) if isinstance(one, ClockStarted) and one.sign_by]
    assert signing[-1] == MONDAY_TEN + 4 * HOUR


def test_a_version_that_moves_open_cases_moves_parts_but_not_what_was_named(
    db: Connection,
) -> None:
    handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)
    named = uuid4()
    handlers.start_part_clock(db, opened(), PROMISE, MONDAY_TEN)
    handlers.start_part_clock(db, opened(part=named, days=2), PROMISE, MONDAY_TEN)
    longer = LimitRow(code="L009", kind=LimitKind.CO_HANDLE, limit=Limit(3))

    moved = signed(db, longer, at=MONDAY_TEN, moves=True)
    told = handlers.forecast_limits(db, PROMISE, tried_set(moved), MONDAY_TEN)
    past = limit_replays.Past(MONDAY_TEN - HOUR, MONDAY_TEN + HOUR)
    replayed = limit_replays.replay_all(db, past, table_of(moved), PROMISE, MONDAY_TEN)
    move_open_cases(db, MONDAY_TEN)
    while handlers.recompute(db, PROMISE, "341523", MONDAY_TEN, 100):
        pass

    assert told.moves["co_handle"] == {"later": 1}
    assert replayed.moves["co_handle|later"] == 1
    assert (limit_of(db, PART).due_at, limit_of(db, PART).limit_set) == (THURSDAY_CLOSING, 1)
    assert (limit_of(db, named).due_at, limit_of(db, named).limit_set) == (WEDNESDAY_CLOSING, -1)


def limit_of(db: Connection, part: UUID) -> Clock:
    """The clock of a part."""
    return next(one for one in repository.clocks_of_case(db, CASE) if one.order_id == part)


@pytest.mark.parametrize(
    ("kind", "more", "reason"),
    [
        (PartAnswered, {"answer_masked": "属实"}, "met"),
        (PartDissented, {"reason": DissentReason.LAW, "note_masked": "不能办"}, "met"),
        (PartDeclined, {"ground": ReturnGround.NOT_OUR_DUTY, "legal_basis": "三定"}, "returned"),
        (PartWithdrawn, {"why": PartEnd.WITHDRAWN}, "returned"),
    ],
    ids=["answered", "dissented", "declined", "withdrawn"],
)
def test_what_a_unit_says_of_its_part_stops_its_clock_alone(
    db: Connection, kind: type[CaseEvent], more: dict[str, Any], reason: str
) -> None:
    begin(db)
    late = WEDNESDAY_CLOSING + HOUR

    handlers.end_part_clock(db, of_part(kind, late, **more), PROMISE)
    handlers.end_part_clock(db, of_part(kind, late, **more), PROMISE)

    clock = clocks(db)[ClockKind.CO_HANDLE]
    assert (clock.stopped_at, clock.stop_reason, clock.lamp) == (late, reason, Lamp.RED)
    assert clocks(db)[ClockKind.RESOLVE].stopped_at is None
    stopped = [event for event in said(db) if isinstance(event, ClockStopped)]
    assert [(one.unit_code, one.on_time) for one in stopped] == [("CGZ", False)]
