"""Notices of the calendar on a real PostgreSQL: who lets one count, and which promises move."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, select, text, update
from sqlalchemy.exc import OperationalError

from services.sla import handlers, policy, repository
from services.sla.policy import IssuedNotice, Lamp, Limit, NamedDay, NoticeState
from services.sla.repository import notices as kept
from services.sla.repository.calendar import hold_calendar, load_calendar
from services.sla.repository.recomputes import open_recompute, recompute_of
from services.sla.tables import clocks, metadata, plumbing
from shared.errors import Refused
from shared.events.dispatch import (
    ExtensionDecided,
    MaterialsAsked,
    MaterialsEnd,
    MaterialsReceived,
)
from shared.events.intake import CaseAccepted
from shared.events.review import CaseReopened
from shared.events.sla import DueDateMoved, LampChanged
from shared.outbox import said
from shared.security.actor import Actor, Role
from shared.security.caller import Caller
from shared.unit import Unit
from tests.integration.doorway import NODE, staff
from tests.integration.sla.stories import (
    CASE,
    PROMISE,
    accepted,
    dispatched,
    finished,
    of_order,
    taken,
)
from tests.unit.sla.issued import days_2027, notice_2027

pytestmark = pytest.mark.integration

ISSUED = notice_2027()
ADMINISTRATOR = staff(Role.SYSTEM_ADMINISTRATOR)
SUPERVISOR = staff(Role.SUPERVISOR)
CITY, PROVINCE = "341500", "340000"
BEFORE = datetime(2027, 2, 4, 2, tzinfo=UTC)
"""10:00 in Shanghai on the Thursday before the Spring Festival, whose days nobody knows yet."""
SIGNING = BEFORE + timedelta(hours=2)
PROVISIONAL_DUE = datetime(2027, 2, 9, 9, tzinfo=UTC)
FIXED_DUE = datetime(2027, 2, 16, 9, tzinfo=UTC)


def by(actor: Actor, at: datetime = SIGNING) -> Caller:
    return Caller(actor, at)


def draft(db: Connection, issued: IssuedNotice = ISSUED) -> kept.KeptNotice:
    return handlers.draft_notice(db, issued, "form", by(ADMINISTRATOR))


def signed(db: Connection, issued: IssuedNotice = ISSUED, at: datetime = SIGNING) -> UUID:
    told = draft(db, issued)
    handlers.review_notice(db, told.notice_id, told.digest, by(SUPERVISOR, at))
    handlers.sign_notice(db, told.notice_id, told.digest, PROMISE, by(SUPERVISOR, at))
    return told.notice_id


def case_of(event: CaseAccepted, case_id: UUID) -> CaseAccepted:
    return event.model_copy(update={"case_id": case_id})


def open_cases(db: Connection, many: int, at: datetime = BEFORE) -> list[UUID]:
    ids = [uuid4() for _ in range(many)]
    events = [case_of(accepted(at), case_id) for case_id in ids]
    handlers.start_citizen_clocks(db, events, PROMISE)
    return ids


def moves(db: Connection) -> list[DueDateMoved]:
    return [event for event in said(db) if isinstance(event, DueDateMoved)]


def gone_through(db: Connection, now: datetime = SIGNING, limit: int = 100) -> int:
    batches = 1
    while handlers.recompute(db, PROMISE, NODE, now, limit):
        batches += 1
    return batches


def clock_of(db: Connection, case_id: UUID) -> repository.Clock:
    return repository.clocks_of_case(db, case_id)[0]


def test_a_notice_counts_when_a_second_person_has_signed_it_and_not_before(db: Connection) -> None:
    told = draft(db)
    handlers.review_notice(db, told.notice_id, told.digest, by(ADMINISTRATOR))
    [early] = open_cases(db, 1)

    with pytest.raises(Refused, match="second_person"):
        handlers.sign_notice(db, told.notice_id, told.digest, PROMISE, by(ADMINISTRATOR))
    handlers.sign_notice(db, told.notice_id, told.digest, PROMISE, by(SUPERVISOR))
    [late] = open_cases(db, 1)

    assert (clock_of(db, early).due_at, clock_of(db, early).provisional) == (PROVISIONAL_DUE, True)
    assert (clock_of(db, late).due_at, clock_of(db, late).provisional) == (FIXED_DUE, False)
    actions = list(db.scalars(select(plumbing.audit.c.action)))
    assert actions == ["notice.draft", "notice.review", "notice.sign"]


def test_what_is_signed_is_what_was_looked_at(db: Connection) -> None:
    told = draft(db)

    with pytest.raises(Refused, match="notice_digest"):
        handlers.review_notice(db, told.notice_id, "0" * 64, by(SUPERVISOR))
    with pytest.raises(Refused, match="notice_state"):
        handlers.sign_notice(db, told.notice_id, told.digest, PROMISE, by(SUPERVISOR))
    with pytest.raises(Refused, match="unknown_notice"):
        handlers.review_notice(db, uuid4(), told.digest, by(SUPERVISOR))


def test_the_same_notice_is_taken_down_once(db: Connection) -> None:
    told = draft(db)

    assert draft(db).notice_id == told.notice_id
    with pytest.raises(Refused, match="notice_known"):
        handlers.draft_notice(db, ISSUED, "form", by(SUPERVISOR))
    handlers.end_notice(db, told.notice_id, NoticeState.WITHDRAWN, "录错了", by(ADMINISTRATOR))
    assert draft(db).notice_id != told.notice_id
    assert [each.state for each in kept.all_notices(db)] == ["drafted", "withdrawn"]


def test_only_who_took_it_down_takes_it_back(db: Connection) -> None:
    told = draft(db)

    with pytest.raises(Refused, match="notice_not_yours"):
        handlers.end_notice(db, told.notice_id, NoticeState.WITHDRAWN, "x", by(SUPERVISOR))
    handlers.end_notice(db, told.notice_id, NoticeState.REJECTED, "与国办通知不符", by(SUPERVISOR))
    with pytest.raises(Refused, match="notice_state"):
        handlers.end_notice(db, told.notice_id, NoticeState.REJECTED, "x", by(SUPERVISOR))


def test_the_report_says_before_what_the_signature_then_moves(db: Connection) -> None:
    open_cases(db, 3)
    at = datetime(2027, 3, 1, 2, tzinfo=UTC)
    handlers.start_custody_clocks(db, [dispatched(at=at)], PROMISE, at)
    before, after = handlers.calendars_with(db, ISSUED, PROMISE)
    turns = handlers.turning(db, ISSUED, before, after)

    told = handlers.forecast(db, PROMISE, after, turns, SIGNING)
    assert moves(db) == []
    signed(db)
    gone_through(db)

    assert (told.running, told.examined, told.stays) == (5, 5, 0)
    assert told.moves == {
        "citizen": {"later": 3},
        "resolve": {"fixed": 1},
        "contact": {"fixed": 1},
    }
    foreseen = {each.clock.id: each.move.due.at for each in told.listed}
    assert foreseen == {event.clock_id: event.due_at for event in moves(db)}


def test_each_move_is_said_once_audited_and_explained(db: Connection) -> None:
    [case_id] = open_cases(db, 1)
    old = clock_of(db, case_id)
    notice_id = signed(db)

    gone_through(db)
    gone_through(db)

    [event] = moves(db)
    clock = clock_of(db, case_id)
    assert (event.due_before, event.due_at) == (PROVISIONAL_DUE, FIXED_DUE)
    assert (event.provisional_before, event.provisional) == (True, False)
    assert event.explanation == clock.digest != old.digest
    assert clock.next_step_at == FIXED_DUE - timedelta(hours=24)
    assert {step["rule"] for step in clock.steps} >= {"days_off_skipped", "make_up_day_counted"}
    audited = db.execute(select(plumbing.audit).where(plumbing.audit.c.action == "due_date.move"))
    assert [(row.object_id, row.before, row.after) for row in audited] == [
        (str(case_id), old.digest, clock.digest)
    ]
    done = recompute_of(db, notice_id)
    assert done is not None
    assert (done.to_examine, done.examined, done.moved) == (1, 1, 1)
    assert done.ended_at is not None


def test_the_explanation_can_be_computed_anew_from_the_notice_alone(db: Connection) -> None:
    [case_id] = open_cases(db, 1)
    signed(db)
    gone_through(db)

    elsewhere = load_calendar(policy.DEFAULT_HOURS, notices=[ISSUED.notice("another node")])
    due = policy.due_at(BEFORE, Limit(3), elsewhere)

    assert clock_of(db, case_id).digest == due.digest


def test_batches_go_on_where_the_last_one_ended(db: Connection) -> None:
    cases = open_cases(db, 7)
    notice_id = signed(db)

    assert handlers.recompute(db, PROMISE, NODE, SIGNING, 3)
    half = open_recompute(db)
    assert half is not None
    assert (half.examined, half.moved) == (3, 3)
    gone_through(db, limit=3)

    done = recompute_of(db, notice_id)
    assert done is not None
    assert done.moved == 7
    assert sorted(event.case_id for event in moves(db)) == sorted(cases)


def test_a_stopped_clock_stays_and_moves_when_it_runs_on(db: Connection) -> None:
    [case_id] = open_cases(db, 1)
    done = finished(BEFORE + timedelta(hours=1)).model_copy(update={"case_id": case_id})
    handlers.meet_promise(db, done, PROMISE)
    signed(db)
    gone_through(db)
    assert [event for event in moves(db) if event.kind == "citizen"] == []

    again = CaseReopened(case_id=case_id, occurred_at=SIGNING, round=2, because="没有解决")
    handlers.resume_promise(db, again, PROMISE, NODE)

    [event] = [event for event in moves(db) if event.kind == "citizen"]
    assert (event.due_before, event.due_at) == (PROVISIONAL_DUE, FIXED_DUE)


def test_a_promise_that_was_missed_under_the_old_calendar_is_not_under_the_new(
    db: Connection,
) -> None:
    [case_id] = open_cases(db, 1)
    over = PROVISIONAL_DUE + timedelta(hours=1)
    handlers.sweep(db, over, PROMISE, 10)
    assert clock_of(db, case_id).lamp is Lamp.RED

    signed(db, at=over)
    gone_through(db, now=over)

    clock = clock_of(db, case_id)
    assert (clock.lamp, clock.missed_at) == (Lamp.GREEN, None)
    shown = [event.lamp for event in said(db) if isinstance(event, LampChanged)]
    assert shown == ["red", "green"]
    late = FIXED_DUE + timedelta(hours=1)
    handlers.sweep(db, late, PROMISE, 10)
    handlers.sweep(db, late + timedelta(hours=1), PROMISE, 10)
    assert clock_of(db, case_id).missed_at == late


def test_a_limit_that_would_have_passed_already_stays_as_it_was_promised(db: Connection) -> None:
    [case_id] = open_cases(db, 1, datetime(2027, 2, 11, 2, tzinfo=UTC))
    due = clock_of(db, case_id).due_at
    worked = tuple(NamedDay(date(2027, 2, day), "春节", off=False) for day in (13, 14))
    at = due - timedelta(hours=1)

    signed(db, notice_2027(worked), at)
    gone_through(db, now=at)

    assert clock_of(db, case_id).due_at == due
    assert moves(db) == []


def test_what_was_promised_by_another_limit_keeps_it(db: Connection) -> None:
    [case_id] = open_cases(db, 1)
    shorter = replace(PROMISE, limits=policy.Limits.overriding({"ordinary": {"amount": 1}}))
    signed(db)

    while handlers.recompute(db, shorter, NODE, SIGNING, 100):
        pass

    assert clock_of(db, case_id).due_at == FIXED_DUE


def test_a_clock_of_an_earlier_release_moves_by_the_limit_of_now(db: Connection) -> None:
    [case_id] = open_cases(db, 1)
    db.execute(update(clocks).values(limit_rule=None))
    signed(db)

    gone_through(db)

    assert clock_of(db, case_id).due_at == FIXED_DUE


def test_a_later_notice_of_the_year_takes_the_place_of_the_earlier(db: Connection) -> None:
    [case_id] = open_cases(db, 1)
    first = signed(db)
    amended = notice_2027(tuple(day for day in days_2027() if day.day != date(2027, 2, 14)))
    second = signed(db, amended)

    gone_through(db)

    states = {each.notice_id: each.state for each in kept.all_notices(db)}
    assert states == {first: NoticeState.REPLACED, second: NoticeState.SIGNED}
    assert clock_of(db, case_id).due_at == datetime(2027, 2, 17, 9, tzinfo=UTC)
    assert len(moves(db)) == 1


def hold_at_once(unit: Unit) -> None:
    with unit.transaction() as db:
        db.execute(text("SET LOCAL lock_timeout = '20ms'"))
        hold_calendar(db)


def test_nobody_signs_a_notice_while_a_clock_starts_by_the_old_calendar(
    service_database: Callable[..., Engine],
) -> None:
    unit = Unit(service_database(metadata), NODE, "sla", plumbing, wake=lambda: None)
    with unit.transaction() as db:
        hold_calendar(db)  # makes the row that a migration leaves in every node

    with unit.transaction() as starting:
        handlers.start_citizen_clocks(starting, [accepted(BEFORE)], PROMISE)
        with pytest.raises(OperationalError, match="lock timeout"):
            hold_at_once(unit)


def test_a_leg_of_another_node_moves_like_every_clock(db: Connection) -> None:
    handlers.start_leg_clock(db, taken(1, at=BEFORE), PROMISE)
    signed(db)

    gone_through(db)

    assert [(event.kind, event.due_at) for event in moves(db)] == [("leg", FIXED_DUE)]


def test_what_rested_and_was_extended_is_counted_by_the_new_notice_too(db: Connection) -> None:
    day = timedelta(days=1)
    handlers.start_custody_clocks(db, [dispatched(at=BEFORE)], PROMISE, BEFORE)
    asked = {"request_id": uuid4(), "round": 1, "materials_masked": "户口本"}
    waiting = of_order(MaterialsAsked, BEFORE, answer_by=BEFORE + 9 * day, **asked)
    handlers.pause(db, waiting, PROMISE)
    received = {"request_id": uuid4(), "how": MaterialsEnd.ANSWERED}
    handlers.resume(db, of_order(MaterialsReceived, BEFORE + day, **received), PROMISE)
    longer = {"extension_id": uuid4(), "granted": True, "days": 1, "because": "材料多"}
    handlers.extend(db, of_order(ExtensionDecided, BEFORE + day, **longer), PROMISE)

    signed(db, at=BEFORE + day)
    gone_through(db, BEFORE + day)

    moved = next(clock for clock in repository.clocks_of_case(db, CASE) if clock.kind == "resolve")
    # The Friday of its rest turned out to be a day off: it rested six hours and not seven.
    due = FIXED_DUE + 2 * day - timedelta(hours=1)
    assert (moved.due_at, moved.provisional) == (due, False)
    assert [step["rule"] for step in moved.steps[-2:]] == ["rested", "extended"]
    assert len([step for step in moved.steps if step["rule"] in {"rested", "extended"}]) == 2
