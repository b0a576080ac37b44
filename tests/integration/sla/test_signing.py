"""A unit's clock that counts from its signature: unsigned, signed, late, twice, either order."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, select

from services.sla import handlers, policy
from services.sla.handlers import Forecast, limit_replays, limit_sets
from services.sla.handlers.limit_sets import Beginning
from services.sla.policy import (
    ClockKind,
    IssuedNotice,
    Limit,
    LimitKind,
    LimitRow,
    Limits,
    NamedDay,
    Scope,
)
from services.sla.policy.replay import RedTally
from services.sla.repository import limit_sets as sets
from services.sla.repository.limit_replays import find_replay
from services.sla.settings import Settings
from services.sla.tables import terms
from shared.events import words
from shared.events.dispatch import (
    CaseReclassified,
    ExtensionDecided,
    OrderReturned,
    OrderSigned,
    ReturnGround,
)
from shared.events.sla import ClockStarted, DeadlineMissed, DueDateMoved, TermOver
from shared.events.words import By, Complexity
from shared.outbox import said
from tests.integration.doorway import NODE
from tests.integration.sla.stories import (
    CASE,
    MONDAY_TEN,
    ORDER,
    PROMISE,
    accepted,
    clocks,
    dispatched,
    of_order,
)
from tests.integration.sla.test_limit_sets import AUTHOR, SUPERVISOR, by, signed

pytestmark = pytest.mark.integration

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CLOSING = MONDAY_TEN + 7 * HOUR
TUESDAY = CLOSING + DAY
"""Its closing: until then is signed."""
RESOLVE, CONTACT, CITIZEN = ClockKind.RESOLVE, ClockKind.CONTACT, ClockKind.CITIZEN
SIGNED = "chongming_signed"


def begin(db: Connection, **told: Any) -> None:
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    handlers.start_custody_clocks(db, [dispatched(**told)], PROMISE, MONDAY_TEN)


def sign(db: Connection, at: datetime) -> None:
    handlers.hear_signature(db, of_order(OrderSigned, at), PROMISE)


def due(db: Connection) -> dict[ClockKind, datetime]:
    return {kind: clock.due_at for kind, clock in clocks(db).items()}


def moves(db: Connection) -> list[DueDateMoved]:
    return [event for event in said(db) if isinstance(event, DueDateMoved)]


def test_it_lies_at_the_latest_until_the_signature_brings_it_nearer_once(db: Connection) -> None:
    signed(db, shipped=SIGNED)
    begin(db)
    started = {each.kind: each for each in said(db) if isinstance(each, ClockStarted)}
    first = due(db)

    sign(db, MONDAY_TEN + HOUR)
    sign(db, MONDAY_TEN + 5 * HOUR)

    assert first == {
        CITIZEN: CLOSING + 3 * DAY,
        CONTACT: CLOSING + 2 * DAY,
        RESOLVE: CLOSING + 4 * DAY,
    }
    told = {kind: (each.sign_by, each.counted_from) for kind, each in started.items()}
    assert told == {
        "citizen": (None, None),
        "contact": (TUESDAY, TUESDAY),
        "resolve": (TUESDAY, TUESDAY),
    }
    assert due(db) == {
        CITIZEN: CLOSING + 3 * DAY,
        CONTACT: CLOSING + DAY,
        RESOLVE: CLOSING + 3 * DAY,
    }
    assert [(each.kind, each.signed_at) for each in moves(db)] == [
        ("contact", MONDAY_TEN + HOUR),
        ("resolve", MONDAY_TEN + HOUR),
    ]
    _is_recomputed_elsewhere(db, started[words.ClockKind.RESOLVE], moves(db)[-1])


def _is_recomputed_elsewhere(db: Connection, begun: ClockStarted, moved: DueDateMoved) -> None:
    limit = Limit.parse(clocks(db)[RESOLVE].limit_rule or "")
    told = [
        (begun.explanation, policy.Signing(begun.sign_by)),
        (moved.explanation, policy.Signing(begun.sign_by, moved.signed_at)),
    ]
    for explanation, signing in told:
        there = policy.due_signed(begun.started_at, limit, PROMISE.calendar, signing)
        assert there.digest == explanation
    assert clocks(db)[RESOLVE].digest == moved.explanation
    assert clocks(db)[RESOLVE].steps[0]["rule"] == "signed"


@pytest.mark.parametrize("hours", [1, 30, 300], ids=["in time", "last hour", "late"])
def test_whether_order_or_signature_is_heard_first_makes_no_difference(
    db: Connection, hours: int
) -> None:
    signed(db, shipped=SIGNED)
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    at = MONDAY_TEN + hours * HOUR
    order = dispatched(uuid4())
    there = of_order(OrderSigned, at).model_copy(update={"order_id": order.order_id})

    handlers.hear_signature(db, there, PROMISE)
    handlers.hear_signature(db, there, PROMISE)
    handlers.start_custody_clocks(db, [order], PROMISE, MONDAY_TEN)
    early = due(db)
    handlers.end_custody(db, _returned(at, order.order_id), PROMISE)
    handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)
    sign(db, at)

    assert due(db) == early
    last = CLOSING + 3 * DAY if hours == 1 else CLOSING + 4 * DAY
    assert early[RESOLVE] == last
    assert handlers.sweep_terms(db, MONDAY_TEN + 30 * DAY, 100) == 0


def _returned(at: datetime, order_id: Any) -> OrderReturned:
    ground = {"ground": ReturnGround.WRONG_ITEM, "legal_basis": "三定方案"}
    told: OrderReturned = of_order(OrderReturned, at, **ground)
    return told.model_copy(update={"order_id": order_id})


def test_who_never_signs_is_told_and_late_all_the_same_and_the_next_unit_begins_anew(
    db: Connection,
) -> None:
    signed(db, shipped=SIGNED)
    begin(db)
    handlers.sweep_terms(db, TUESDAY + HOUR, 100)
    handlers.sweep(db, CLOSING + 4 * DAY, PROMISE, 100)
    on_time = [each for each in said(db) if isinstance(each, DeadlineMissed)]
    handlers.sweep(db, CLOSING + 4 * DAY + HOUR, PROMISE, 100)

    [over] = [each for each in said(db) if isinstance(each, TermOver)]
    assert (over.order_id, over.due_at) == (ORDER, TUESDAY)
    missed = [each.kind for each in said(db) if isinstance(each, DeadlineMissed)]
    assert "resolve" not in {each.kind for each in on_time}
    assert "resolve" in missed
    sign(db, CLOSING + 5 * DAY)
    assert moves(db) == []

    monday = MONDAY_TEN + 7 * DAY
    handlers.end_custody(db, _returned(monday, ORDER), PROMISE)
    handlers.start_custody_clocks(db, [dispatched(uuid4(), at=monday)], PROMISE, monday)
    assert clocks(db)[RESOLVE].due_at == CLOSING + 11 * DAY


def test_more_time_and_more_work_hold_for_it_signed_or_not(db: Connection) -> None:
    signed(db, shipped=SIGNED)
    begin(db)
    told = {"extension_id": uuid4(), "granted": True, "days": 2, "because": "材料多"}
    handlers.extend(db, of_order(ExtensionDecided, MONDAY_TEN + HOUR, **told), PROMISE)
    assert due(db)[RESOLVE] == CLOSING + 8 * DAY

    sign(db, MONDAY_TEN + 2 * HOUR)
    assert due(db)[RESOLVE] == CLOSING + 7 * DAY
    anew = {"because": "涉及三个部门", "by": By(kind="staff"), "complexity": Complexity.COMPLEX}
    about = {"case_id": CASE, "occurred_at": MONDAY_TEN + 3 * HOUR, "before": Complexity.ORDINARY}
    handlers.reclassify(db, CaseReclassified(**about, **anew), PROMISE)
    assert due(db)[RESOLVE] == CLOSING + 9 * DAY


def test_open_cases_move_to_it_and_a_past_is_replayed_under_it(db: Connection) -> None:
    begin(db)
    sign(db, MONDAY_TEN + 26 * HOUR)
    other = dispatched(uuid4()).model_copy(update={"case_id": uuid4()})
    handlers.start_custody_clocks(db, [other], PROMISE, MONDAY_TEN)
    assert due(db)[RESOLVE] == CLOSING + 3 * DAY
    assert moves(db) == []

    later = MONDAY_TEN + 27 * HOUR
    limit_sets.begin_set(db, Beginning("县里的时限", SIGNED), Limits(), by(AUTHOR, later))
    past = limit_replays.Past(MONDAY_TEN - DAY, MONDAY_TEN + DAY)
    asked = limit_replays.ask_replay(db, past, by(AUTHOR, later))
    assert handlers.replay_some(db, PROMISE, later)

    replay = find_replay(db, asked.replay_id)
    assert replay is not None
    assert RedTally.of(replay.tally).moved("later") == {"contact": 2, "resolve": 2}
    kept = signed(db, _sign_within(2), at=later, shipped=SIGNED, moves=True)
    counted = handlers.under_notices(db, PROMISE)
    foretold = handlers.forecast_limits(db, counted, sets.tried_set(kept), later)
    assert foretold.moves == {"contact": {"later": 2}, "resolve": {"later": 2}}
    _moved(db, later)

    assert due(db)[RESOLVE] == CLOSING + 4 * DAY
    _is_as_foretold(db, foretold)
    unsigned = next(each for each in reversed(moves(db)) if each.case_id == other.case_id)
    assert (unsigned.due_at, unsigned.counted_from) == (CLOSING + 7 * DAY, TUESDAY + DAY)
    assert db.scalars(select(terms.c.due_at).where(terms.c.ended_at.is_(None))).all() == [
        TUESDAY + DAY
    ]


def _is_as_foretold(db: Connection, told: Forecast) -> None:
    foreseen = {each.clock.id: each.move.due.at for each in told.listed}
    assert foreseen == {each.clock_id: each.due_at for each in moves(db) if each.sign_by is None}


def test_a_notice_moves_until_when_is_signed_and_what_counts_from_there(db: Connection) -> None:
    here = Settings(home=NODE).promise
    signed(db, shipped=SIGNED)
    begin(db)
    off = (NamedDay(policy.local_time(TUESDAY).date(), "火把节", off=True),)
    issued = IssuedNotice(2026, "关于火把节放假的通知", "", None, off, Scope(NODE))
    drafted = handlers.draft_notice(db, issued, "form", by(AUTHOR, MONDAY_TEN))
    handlers.review_notice(db, drafted.notice_id, drafted.digest, by(AUTHOR, MONDAY_TEN))
    before, after = handlers.calendars_with(db, issued, here)
    counted = handlers.under_notices(db, here)
    turns = handlers.turning(db, issued, before, after)
    foretold = handlers.forecast(db, counted, after, turns, MONDAY_TEN)
    second = by(SUPERVISOR, MONDAY_TEN + HOUR)
    handlers.sign_notice(db, drafted.notice_id, drafted.digest, here, second)

    while handlers.recompute(db, here, NODE, MONDAY_TEN + HOUR, 1):
        pass

    assert due(db)[RESOLVE] == CLOSING + 7 * DAY
    assert clocks(db)[RESOLVE].sign_by == TUESDAY + DAY
    _is_as_foretold(db, foretold)
    handlers.hear_signature(db, of_order(OrderSigned, CLOSING - HOUR), here)
    assert due(db)[RESOLVE] == CLOSING + 4 * DAY
    assert moves(db)[-1].local is None


def _sign_within(days: int) -> LimitRow:
    return LimitRow(code="L007", kind=LimitKind.SIGN, limit=Limit(days))


def _moved(db: Connection, now: datetime) -> None:
    assert handlers.move_open_cases(db, now)
    while handlers.recompute(db, PROMISE, NODE, now, 1):
        pass
