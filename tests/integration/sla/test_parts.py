"""The clock of a unit that helps: its own, and nobody else's."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection

from services.sla import handlers, repository
from services.sla.policy import ClockKind, Lamp
from services.sla.repository import Clock
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

pytestmark = pytest.mark.integration

PART = uuid4()
HOUR = timedelta(hours=1)
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

    handlers.end_part_clock(db, of_part(kind, late, **more))
    handlers.end_part_clock(db, of_part(kind, late, **more))

    clock = clocks(db)[ClockKind.CO_HANDLE]
    assert (clock.stopped_at, clock.stop_reason, clock.lamp) == (late, reason, Lamp.RED)
    assert clocks(db)[ClockKind.RESOLVE].stopped_at is None
    stopped = [event for event in said(db) if isinstance(event, ClockStopped)]
    assert [(one.unit_code, one.on_time) for one in stopped] == [("CGZ", False)]
