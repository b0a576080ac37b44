"""The person is told what a unit needs, and when a promise will not hold; no more than that."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from services.notify import handlers
from shared.events.dispatch import CaseTracked, MaterialsAsked, MeetingCalled, MeetingCancelled
from shared.events.sla import DueDateMoved, MoveReason
from shared.events.words import ClockKind, Lamp
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.notify.stories import BY, NINE, NUMBER, Case, new_case, relayed
from tests.integration.notify.test_facts import queued

pytestmark = pytest.mark.integration

LATER = NINE + timedelta(days=2)


@pytest.fixture
def case(engine: Engine, keys: NodeKeys) -> Case:
    return new_case(engine, keys)


def asked(case: Case) -> MaterialsAsked:
    return MaterialsAsked(
        case_id=case.id,
        occurred_at=NINE,
        order_id=uuid4(),
        unit_code="rsj",
        unit_name="县人社局",
        request_id=uuid4(),
        round=1,
        materials_masked="户口本",
        answer_by=LATER,
        by=BY,
    )


def moved(case: Case, *, holds: bool) -> DueDateMoved:
    return DueDateMoved(
        case_id=case.id,
        occurred_at=NINE,
        clock_id=uuid4(),
        kind=ClockKind.RESOLVE,
        due_at=LATER,
        lamp=Lamp.GREEN,
        due_before=NINE,
        provisional=False,
        provisional_before=False,
        reason=MoveReason.EXTENSION,
        days=2,
        promise_due_at=None if holds else NINE + timedelta(days=1),
    )


def test_what_is_needed_is_told_once_also_of_a_unit_elsewhere(unit: Unit, case: Case) -> None:
    here, there = asked(case), asked(case)
    text = f"{NUMBER}需您在1月4日09:00前补材料，清单请凭查询码查询。"
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered()], case.house)
        handlers.tell_materials(db, here, case.house)
        handlers.tell_materials(db, here, case.house)
        handlers.tell_materials_elsewhere(db, [relayed(there)], case.house)

        assert queued(db, case)[1:] == [("materials", text)] * 2


def test_why_something_goes_on_is_told_once_for_each_report(unit: Unit, case: Case) -> None:
    tracked = CaseTracked(
        case_id=case.id,
        occurred_at=NINE,
        report_id=uuid4(),
        round=1,
        serial=1,
        unit_name="县人社局",
        explanation_masked="省里没有批",
        ground_masked="条例第九条",
        next_on=LATER.date(),
    )
    next_one = tracked.model_copy(update={"report_id": uuid4()})
    text = f"{NUMBER}一时难办，跟踪中，1月4日前再告知，原因凭查询码查。"
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered()], case.house)
        for event in (tracked, tracked, next_one):
            handlers.tell_tracked(db, event, case.house)

        assert queued(db, case)[1:] == [("tracked", text)] * 2


def test_a_delay_is_told_only_where_the_promise_will_not_hold(unit: Unit, case: Case) -> None:
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered()], case.house)
        handlers.tell_moved(db, [moved(case, holds=True)], case.house)
        assert len(queued(db, case)) == 1
        handlers.tell_moved(db, [moved(case, holds=False)], case.house)

        (told,) = queued(db, case)[1:]
        assert told == (
            "delayed",
            f"{NUMBER}经批准延期，预计1月4日09:00前办结，原因请凭查询码查询。",
        )


def called(case: Case, meeting: UUID, **changed: Any) -> MeetingCalled:
    event = MeetingCalled(
        case_id=case.id,
        occurred_at=NINE,
        meeting_id=meeting,
        round=1,
        serial=1,
        starts_at=LATER,
        place_masked="政务中心 301",
        with_person=True,
        by=BY,
    )
    return event.model_copy(update=changed)


def test_the_person_is_told_of_each_meeting_to_which_they_are_asked(
    unit: Unit, case: Case
) -> None:
    meeting, told = uuid4(), f"{NUMBER}请您1月4日09:00参加协调会，地点和要带的请凭查询码查询。"
    off = {"case_id": case.id, "occurred_at": NINE, "round": 1, "because": "已商定", "by": BY}
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered()], case.house)
        for event in (called(case, meeting), called(case, meeting, occurred_at=LATER)):
            handlers.tell_meeting(db, event, case.house)
        handlers.tell_meeting(db, called(case, uuid4(), with_person=False), case.house)
        handlers.tell_meetings_elsewhere(db, [relayed(called(case, meeting, moves=1))], case.house)
        ended = MeetingCancelled(meeting_id=meeting, with_person=True, **off)
        handlers.tell_meeting(db, ended, case.house)
        handlers.tell_meeting(db, ended.model_copy(update={"with_person": False}), case.house)

        gone = ("meeting_off", f"{NUMBER}的协调会不开了，原因请凭查询码查询。")
        assert queued(db, case)[1:] == [("meeting", told), ("meeting", told), gone]
