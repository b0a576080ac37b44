"""Clocks climb their ladders: each step once, said and kept, be the sweep there or not."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from services.sla import handlers, repository
from services.sla.handlers import ladder_rows, limit_sets
from services.sla.handlers.limit_sets import Beginning, SetSigning
from services.sla.policy import ClockKind, LadderRow, Limits, LimitUnit, StepKind, When, Whom
from services.sla.repository import Taken
from shared.errors import Refused
from shared.events.dispatch import (
    ContactLogged,
    ExtensionDecided,
    MaterialsAsked,
    MaterialsEnd,
    MaterialsReceived,
    MeetingCalled,
    MeetingCancelled,
    MeetingHeld,
    OrderFinished,
    OrderReturned,
    ReturnGround,
    RoundResult,
)
from shared.events.review import (
    CaseReopened,
    SupervisionAnswered,
    SupervisionOrdered,
    SupervisionReached,
)
from shared.events.sealed import Sealed
from shared.events.sla import StepTaken
from shared.events.words import By, Outcome
from shared.outbox import said
from shared.security.actor import Actor, ActorKind, Role
from shared.security.caller import Caller
from tests.integration.doorway import NODE
from tests.integration.sla.stories import (
    CASE,
    MONDAY_TEN,
    OFFICER,
    PROMISE,
    accepted,
    clocks,
    dispatched,
    finished,
    names,
    of_order,
)

pytestmark = pytest.mark.integration

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DUE = datetime(2026, 3, 5, 9, tzinfo=UTC)
"""The limit of the resolve clock: Thursday, at closing."""
FRIDAY_TEN = datetime(2026, 3, 6, 2, tzinfo=UTC)
SPEAKER = By(kind="staff", role="dispatcher")


def steps(db: Connection) -> list[StepTaken]:
    return [event for event in said(db) if isinstance(event, StepTaken)]


def of_kind(db: Connection, kind: str) -> list[StepTaken]:
    return [event for event in steps(db) if event.kind_told == kind]


def urging(**more: Any) -> LadderRow:
    told = {"kind": ClockKind.RESOLVE, "level": 1, "step": StepKind.URGE, "whom": Whom.UNIT}
    return LadderRow(**{"code": "S1", **told, "unit": LimitUnit.HOUR, **more})


def begin(db: Connection) -> None:
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)


def live(db: Connection, until: datetime) -> None:
    """Sweep at each moment at which something changes, as a node does that never stops."""
    while (moment := repository.next_step_due(db)) is not None and moment <= until:
        assert handlers.sweep(db, moment, PROMISE, 500) > 0


def test_a_step_is_said_and_kept_with_when_it_was_due_and_when_it_was_taken(
    db: Connection,
) -> None:
    begin(db)
    live(db, DUE + 30 * DAY)

    told = of_kind(db, "resolve")
    assert [(each.level, each.step.value, each.whom.value) for each in told] == [
        (1, "remind", "unit"),
        (2, "urge", "unit"),
        (3, "urge", "unit_lead"),
        (4, "supervise", "unit"),
        (5, "bulletin", "supervisor"),
        (6, "raise", "dispatcher"),
    ]
    assert [each.step_due_at for each in told[1:4]] == [
        FRIDAY_TEN,
        datetime(2026, 3, 6, 9, tzinfo=UTC),
        datetime(2026, 3, 9, 9, tzinfo=UTC),
    ]
    assert {each.unit_code for each in told} == {"SCJGJ"}
    assert not any(each.late for each in told)
    assert told[3].answer_by == datetime(2026, 3, 11, 9, tzinfo=UTC)
    kept = [each for each in repository.steps_of_case(db, CASE) if each.step == "supervise"]
    assert [(each.level, each.due_at, each.late) for each in kept] == [
        (4, told[3].step_due_at, False)
    ]
    assert repository.next_step_due(db) is None


def test_the_database_keeps_each_level_of_a_clock_once(db: Connection) -> None:
    told: dict[str, Any] = {"clock_id": uuid4(), "level": 2, "case_id": CASE, "row": "S2"}
    moments: dict[str, Any] = {"due_at": DUE, "taken_at": DUE, "late": False}
    taken = Taken(**told, step="urge", whom="unit", **moments)
    repository.add_steps(db, [taken])
    with pytest.raises(IntegrityError), db.begin_nested():
        repository.add_steps(db, [taken])


def test_after_a_stop_each_step_comes_once_in_order_late_and_reminders_as_one_message(
    db: Connection,
) -> None:
    begin(db)
    monday = datetime(2026, 3, 9, 2, tzinfo=UTC)

    assert handlers.sweep(db, monday, PROMISE, 500) == 3
    assert handlers.sweep(db, monday, PROMISE, 500) == 0

    assert [each.step_due_at for each in steps(db)] == sorted(
        each.step_due_at for each in steps(db)
    )
    assert all(each.late for each in steps(db))
    urged = [each for each in steps(db) if (each.step, each.whom) == ("urge", "unit")]
    assert [each.kind_told for each in urged] == ["contact", "resolve"]
    assert len({each.message_id for each in urged}) == 1
    lead = next(each for each in steps(db) if each.whom == "unit_lead")
    assert lead.message_id not in {None, urged[0].message_id}


def test_a_reminder_of_the_night_is_said_in_the_morning_and_lamps_at_night(
    db: Connection,
) -> None:
    midnight = datetime(2026, 3, 2, 16, tzinfo=UTC)
    row = urging(amount=7)
    signed(db, [row])
    begin(db)
    live(db, DUE + 14 * HOUR)
    red = clocks(db)[ClockKind.RESOLVE]
    assert (red.lamp, red.next_step_at) == ("red", DUE + 15 * HOUR)
    assert of_kind(db, "resolve") == []

    live(db, DUE + 15 * HOUR)
    (told,) = of_kind(db, "resolve")
    # Thursday 17:00 and seven hours is midnight; it is said at eight, and not late.
    assert (told.step_due_at, told.occurred_at) == (DUE + 7 * HOUR, DUE + 15 * HOUR)
    assert not told.late
    assert midnight.hour == told.step_due_at.hour


def test_comments_and_rests_restart_nothing(db: Connection) -> None:
    begin(db)
    live(db, FRIDAY_TEN)
    handlers.meet_contact(
        db, of_order(ContactLogged, FRIDAY_TEN, way="phone", reached=False), PROMISE
    )
    again = {"extension_id": uuid4(), "granted": True, "days": 2, "because": "材料多"}
    handlers.extend(db, of_order(ExtensionDecided, FRIDAY_TEN + HOUR, **again), PROMISE)
    live(db, DUE + 30 * DAY)

    told = of_kind(db, "resolve")
    assert [each.level for each in told] == [1, 2, 3, 4, 5, 6]
    # The lead is told a working day past the new limit; the urge is not said again.
    assert told[2].step_due_at == datetime(2026, 3, 10, 9, tzinfo=UTC)


def test_no_step_is_left_out_by_the_size_of_a_batch(db: Connection) -> None:
    begin(db)
    late = DUE + 30 * DAY
    while handlers.sweep(db, late, PROMISE, 1):
        pass
    assert len(of_kind(db, "resolve")) == 6
    assert len(of_kind(db, "citizen")) == 3


FACTS = ("ask", "receive", "extend", "reach", "finish", "return")


def tell(db: Connection, fact: str, at: datetime) -> None:
    if fact == "ask":
        told = {"request_id": uuid4(), "round": 1, "materials_masked": "户口本"}
        asked = of_order(MaterialsAsked, at, answer_by=at + 3 * DAY, **told)
        handlers.pause(db, asked, PROMISE)
    elif fact == "receive":
        got = {"request_id": uuid4(), "how": MaterialsEnd.ANSWERED}
        handlers.resume(db, of_order(MaterialsReceived, at, **got), PROMISE)
    elif fact == "extend":
        more = {"extension_id": uuid4(), "granted": True, "days": 2, "because": "材料多"}
        handlers.extend(db, of_order(ExtensionDecided, at, **more), PROMISE)
    elif fact == "reach":
        reached = of_order(ContactLogged, at, way="phone", reached=True)
        handlers.meet_contact(db, reached, PROMISE)
    elif fact == "finish":
        sealed = Sealed(case_id=CASE, key_id=uuid4(), field="answer", data="AAAA")
        done = {"outcome": Outcome.DONE, "answer": sealed, "answer_masked": "已办"}
        handlers.end_custody(db, of_order(OrderFinished, at, **done), PROMISE)
    else:
        ground = {"ground": ReturnGround.WRONG_ITEM, "legal_basis": "三定方案"}
        handlers.end_custody(db, of_order(OrderReturned, at, **ground), PROMISE)


def outcome(
    db: Connection, facts: Sequence[tuple[int, str]], *, runs: bool
) -> tuple[list[Any], list[Any]]:
    """Return what followed, and how the clocks stand, with the sweep running or not."""
    with db.begin_nested() as undone:
        before = len(steps(db))
        begin(db)
        at = MONDAY_TEN
        for hours, fact in facts:
            at += hours * HOUR
            if runs:
                live(db, at)
            tell(db, fact, at)
        end = at + 40 * DAY
        if runs:
            live(db, end)
        else:
            handlers.sweep(db, end, PROMISE, 500)
        told = [
            (each.kind_told, each.level, each.step, each.whom, each.step_due_at)
            for each in sorted(steps(db)[before:], key=lambda each: (each.kind_told, each.level))
        ]
        standing = [
            (kind, clock.due_at, clock.lamp, clock.level, clock.stopped_at, clock.pauses)
            for kind, clock in sorted(clocks(db).items())
        ]
        undone.rollback()
    return told, standing


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 90), st.sampled_from(FACTS)), max_size=5))
def test_catching_up_equals_running_live(db: Connection, facts: Sequence[tuple[int, str]]) -> None:
    assert outcome(db, facts, runs=False) == outcome(db, facts, runs=True)


def caller(name: str, role: Role = Role.SUPERVISOR) -> Caller:
    staff = Actor(kind=ActorKind.STAFF, node=NODE, id=name, name=name, roles=frozenset({role}))
    return Caller(staff, MONDAY_TEN - DAY)


def signed(db: Connection, rows: Sequence[LadderRow]) -> None:
    """Sign the default limits with these steps alone."""
    draft = limit_sets.begin_set(db, Beginning("县里的时限", None), Limits(), caller("李"))
    for each in draft.ladders or ():
        ladder_rows.remove_step(db, each.code, caller("李"))
    for row in rows:
        ladder_rows.enter_step(db, row, caller("李"))
    edition = limit_sets.the_draft(db).edition
    limit_sets.sign_set(db, SetSigning(edition), caller("李"))
    limit_sets.sign_set(db, SetSigning(edition), caller("王"))


def test_a_case_climbs_the_nearest_ladder_of_the_version_it_keeps(db: Connection) -> None:
    here = urging(amount=2, when=When(place="341523"))
    far = urging(code="S2", amount=1)
    signed(db, [here, far])
    begin(db)
    live(db, DUE + 30 * DAY)

    assert [(each.row, each.step_due_at) for each in steps(db)] == [("S1", DUE + 2 * HOUR)]


def test_a_draft_with_a_fault_in_a_ladder_is_not_signed(db: Connection) -> None:
    limit_sets.begin_set(db, Beginning("县里的时限", None), Limits(), caller("李"))
    wrong = urging(code="", level=2, basis="找 13812345678")
    kept = ladder_rows.enter_step(db, wrong, caller("李"))
    entered = (kept.ladders or ())[-1]
    found = limit_sets.check_draft(kept, MONDAY_TEN)

    assert entered.code.startswith("S")
    assert "13812345678" not in entered.basis
    assert [(each.finding, each.code, each.field) for each in found if each.blocks] == [
        ("same_level", entered.code, "level")
    ]
    with pytest.raises(Refused, match="limits_not_clean"):
        limit_sets.sign_set(db, SetSigning(kept.edition), caller("李"))
    with pytest.raises(Refused, match="unknown_row"):
        ladder_rows.remove_step(db, "S999", caller("李"))


def test_a_slip_is_answered_in_time_and_a_repeated_one_begins_once(db: Connection) -> None:
    begin(db)
    slip = {"case_id": CASE, "occurred_at": MONDAY_TEN, "supervision_id": uuid4()}
    told = {"number": "N", "text_masked": "督办", "answer_by": MONDAY_TEN + DAY, "by": SPEAKER}
    ours = SupervisionOrdered(**slip, **told, to_node=NODE, unit_code="SCJGJ")
    for event in (ours, ours, SupervisionOrdered(**slip, **told, to_node="341522")):
        handlers.start_supervision_clock(db, event, PROMISE, NODE)
    clock = clocks(db)[ClockKind.SUPERVISION]
    assert (clock.due_at, clock.unit_code) == (MONDAY_TEN + DAY, "SCJGJ")
    assert names(db).count("clock_started") == 4

    answered = SupervisionAnswered(
        **{**slip, "occurred_at": MONDAY_TEN + 2 * DAY}, text_masked="明天办好", by=OFFICER
    )
    for _ in range(2):
        handlers.end_supervision_clock(db, answered, PROMISE)
    clock = clocks(db)[ClockKind.SUPERVISION]
    assert (clock.lamp, clock.stop_reason) == ("red", "met")

    from_above = {"supervision_id": uuid4(), "to_node": "341500", "answer_by": MONDAY_TEN + DAY}
    reached = SupervisionReached(case_id=CASE, occurred_at=MONDAY_TEN, **from_above)
    passing = SupervisionReached(
        case_id=CASE, occurred_at=MONDAY_TEN, supervision_id=uuid4(), to_node="341500"
    )
    for came in (reached, passing):
        handlers.start_supervision_clock(db, came, PROMISE, NODE)
    assert names(db).count("clock_started") == 5


def test_a_meeting_is_held_in_time_however_often_it_is_moved(db: Connection) -> None:
    begin(db)
    meeting = {"case_id": CASE, "meeting_id": uuid4(), "by": SPEAKER}
    about = {"round": 1, "place_masked": "三楼", "with_person": False}
    for serial, moves in ((1, 0), (1, 1), (2, 0)):
        at = MONDAY_TEN + (serial + moves - 1) * HOUR
        told = {"serial": serial, "moves": moves, "starts_at": at + DAY, **about}
        called = MeetingCalled(**meeting, occurred_at=at, **told)
        handlers.start_meeting_clock(db, called, PROMISE)
    assert names(db).count("clock_started") == 5
    meant = [c for c in repository.clocks_of_case(db, CASE) if c.kind is ClockKind.MEETING]
    assert [clock.due_at for clock in meant] == [datetime(2026, 3, 9, 9, tzinfo=UTC)] * 2

    held = {"serial": 1, "held_at": MONDAY_TEN + DAY, "result": RoundResult.AGREED}
    handlers.end_meeting_clock(
        db, MeetingHeld(**meeting, **held, occurred_at=MONDAY_TEN + DAY, said_masked=""), PROMISE
    )
    ended = {"round": 1, "with_person": False, "because": "已经谈妥"}
    gone = MeetingCancelled(**meeting, **ended, occurred_at=MONDAY_TEN + 2 * DAY)
    for _ in range(2):
        handlers.end_meeting_clock(db, gone, PROMISE)
    meant = [c for c in repository.clocks_of_case(db, CASE) if c.kind is ClockKind.MEETING]
    assert [clock.stop_reason for clock in meant] == ["met", "returned"]


def test_what_did_not_hold_is_put_right_within_its_own_limit(db: Connection) -> None:
    begin(db)
    tell(db, "finish", MONDAY_TEN + HOUR)
    handlers.meet_promise(db, finished(MONDAY_TEN + HOUR), PROMISE)
    again = CaseReopened(case_id=CASE, occurred_at=MONDAY_TEN + DAY, round=2, because="没有解决")
    for _ in range(2):
        handlers.resume_promise(db, again, PROMISE, NODE)

    clock = clocks(db)[ClockKind.RECTIFY]
    assert (clock.due_at, clock.unit_code) == (datetime(2026, 3, 10, 9, tzinfo=UTC), "SCJGJ")
    assert names(db).count("clock_resumed") == 1
    handlers.meet_promise(db, finished(MONDAY_TEN + 2 * DAY, round_=2), PROMISE)
    assert clocks(db)[ClockKind.RECTIFY].stop_reason == "met"
