"""The calendar changes while clocks rest and units have to sign: what moves, and who waits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from services.sla import handlers
from services.sla.policy import ClockKind
from services.sla.repository.calendar import hold_calendar
from services.sla.tables import metadata, plumbing
from shared.events.dispatch import (
    CasePooled,
    ExtensionDecided,
    MaterialsAsked,
    MaterialsEnd,
    MaterialsReceived,
    PoolReason,
)
from shared.events.sla import DueDateMoved, TermNear, TermOver
from shared.outbox import said
from shared.unit import Unit
from tests.integration.doorway import NODE
from tests.integration.sla.stories import CASE, ORDER, PROMISE, clocks, dispatched, of_order
from tests.integration.sla.test_notices import (
    BEFORE,
    FIXED_DUE,
    PROVISIONAL_DUE,
    SIGNING,
    gone_through,
    hold_at_once,
    signed,
)
from tests.unit.sla.issued import days_2027, notice_2027

pytestmark = pytest.mark.integration

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FRIDAY_CLOSING = datetime(2027, 2, 5, 9, tzinfo=UTC)
"""Until when is signed, as long as nobody knows that this Friday is a day off."""
SUNDAY_CLOSING = datetime(2027, 2, 14, 9, tzinfo=UTC)
"""The first working day after the Spring Festival."""
NO_FESTIVAL = notice_2027(tuple(each for each in days_2027() if each.day.month != 2))


def dispatch(db: Connection) -> None:
    handlers.start_custody_clocks(db, [dispatched(at=BEFORE)], PROMISE, BEFORE)


def ask(db: Connection) -> None:
    told = {"request_id": uuid4(), "round": 1, "materials_masked": "户口本"}
    asked = of_order(MaterialsAsked, BEFORE, answer_by=BEFORE + 90 * DAY, **told)
    handlers.pause(db, asked, PROMISE)


def receive(db: Connection) -> None:
    told = {"request_id": uuid4(), "how": MaterialsEnd.ANSWERED}
    handlers.resume(db, of_order(MaterialsReceived, BEFORE + HOUR, **told), PROMISE)


def extend(db: Connection) -> None:
    told = {"extension_id": uuid4(), "granted": True, "days": 1, "because": "材料多"}
    handlers.extend(db, of_order(ExtensionDecided, BEFORE + HOUR, **told), PROMISE)


def pool(db: Connection) -> None:
    pooled = CasePooled(case_id=CASE, occurred_at=BEFORE, reason=PoolReason.NO_RULE)
    handlers.start_search_term(db, pooled, PROMISE, BEFORE)


def recompute(db: Connection) -> None:
    handlers.recompute(db, PROMISE, NODE, SIGNING, 100)


def recompute_at_once(unit: Unit) -> None:
    with unit.transaction() as db:
        db.execute(text("SET LOCAL lock_timeout = '20ms'"))
        recompute(db)


def told(db: Connection, kind: type[Any]) -> list[Any]:
    return [event for event in said(db) if isinstance(event, kind)]


def test_a_limit_is_not_past_for_a_clock_that_stood_still_before_it(db: Connection) -> None:
    signed(db)
    dispatch(db)
    ask(db)
    assert clocks(db)[ClockKind.RESOLVE].due_at == FIXED_DUE

    signed(db, NO_FESTIVAL)
    gone_through(db, PROVISIONAL_DUE + DAY)

    assert clocks(db)[ClockKind.RESOLVE].due_at < PROVISIONAL_DUE + DAY
    assert clocks(db)[ClockKind.CONTACT].due_at > FRIDAY_CLOSING + DAY


def test_nobody_is_signed_for_on_a_day_that_became_a_holiday(db: Connection) -> None:
    dispatch(db)
    pool(db)
    handlers.sweep_terms(db, FRIDAY_CLOSING - 4 * HOUR, 100)

    signed(db, at=FRIDAY_CLOSING - 3 * HOUR)
    gone_through(db, FRIDAY_CLOSING - 3 * HOUR, limit=1)

    limits = [event for event in told(db, DueDateMoved) if event.sign_by is not None]
    assert [(event.kind, event.order_id) for event in limits] == [("resolve", ORDER)]
    assert limits[0].sign_by == SUNDAY_CLOSING
    assert handlers.sweep_terms(db, FRIDAY_CLOSING + HOUR, 100) == 0
    handlers.sweep_terms(db, SUNDAY_CLOSING - HOUR, 100)
    handlers.sweep_terms(db, SUNDAY_CLOSING + HOUR, 100)
    assert [len(told(db, kind)) for kind in (TermNear, TermOver)] == [4, 2]
    assert {event.due_at for event in told(db, TermOver)} == {SUNDAY_CLOSING}


def test_no_term_moves_into_the_past(db: Connection) -> None:
    signed(db)
    dispatch(db)

    signed(db, NO_FESTIVAL)
    gone_through(db, FRIDAY_CLOSING + HOUR)

    assert not [event for event in told(db, DueDateMoved) if event.sign_by]


def test_no_notice_is_signed_while_something_is_counted_by_the_old_calendar(
    service_database: Callable[..., Engine],
) -> None:
    unit = Unit(service_database(metadata), NODE, "sla", plumbing, wake=lambda: None)
    with unit.transaction() as db:
        hold_calendar(db)
        dispatch(db)
        signed(db)

    for act in (pool, ask, receive, extend, recompute):
        with unit.transaction() as acting:
            act(acting)
            with pytest.raises(OperationalError, match="lock timeout"):
                hold_at_once(unit)


def test_the_calendar_is_taken_before_the_progress(
    service_database: Callable[..., Engine],
) -> None:
    unit = Unit(service_database(metadata), NODE, "sla", plumbing, wake=lambda: None)
    with unit.transaction() as db:
        dispatch(db)
        signed(db)

    with unit.transaction() as signing:
        hold_calendar(signing)
        with pytest.raises(OperationalError, match="lock timeout"):
            recompute_at_once(unit)
