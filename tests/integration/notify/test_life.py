"""The person is told what a unit needs, and when a promise will not hold; no more than that."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from services.notify import handlers
from shared.events.dispatch import MaterialsAsked
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
