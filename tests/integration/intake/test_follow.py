from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Connection

from services.intake.api.texts import timeline_text
from services.intake.handlers import Look, follow, look_up
from services.intake.policy.progress import Holder, Status
from shared.errors import NotYet
from shared.events.base import CaseEvent
from shared.events.dispatch import OrderSigned
from shared.events.sla import ClockStarted, DueDateMoved, MoveReason
from shared.events.words import ClockKind, Lamp
from shared.security.sealing import NodeKeys
from tests.integration.intake.stories import BY, NINE, dispatched, list_unit, register

pytestmark = pytest.mark.integration


def signed(event: CaseEvent, **from_order: object) -> OrderSigned:
    told = {**dict(event), "occurred_at": NINE + timedelta(hours=1), "by": BY}
    return OrderSigned.model_validate({**told, **from_order})


def looked_up(db: Connection, number: str) -> Look:
    look = look_up(db, number)
    assert look is not None
    return look


def test_a_fact_about_an_unknown_case_waits(db: Connection) -> None:
    with pytest.raises(NotYet):
        follow(db, [dispatched(uuid4())])


def test_the_holding_unit_and_its_telephone_are_known(db: Connection, keys: NodeKeys) -> None:
    told = register(db, keys)
    unit = f"unit-{uuid4().hex[:8]}"
    list_unit(db, unit, "0564-8621234")

    follow(db, [dispatched(told.case_id, unit)])

    look = looked_up(db, told.number)
    assert look.progress.holder == Holder(unit, "县人社局")
    assert look.holder_phone == "0564-8621234"
    assert look.units == {unit}


def test_a_repeated_fact_is_told_once(db: Connection, keys: NodeKeys) -> None:
    told = register(db, keys)
    event = dispatched(told.case_id)

    follow(db, [event])
    follow(db, [event])

    assert len(looked_up(db, told.number).facts) == 2


def test_facts_heard_in_the_wrong_order_tell_the_right_story(
    db: Connection, keys: NodeKeys
) -> None:
    told = register(db, keys)
    order = dispatched(told.case_id)

    follow(db, [signed(order)])
    follow(db, [order])

    assert looked_up(db, told.number).progress.status is Status.SIGNED


def test_only_the_clock_of_the_citizen_is_followed(db: Connection, keys: NodeKeys) -> None:
    told = register(db, keys)
    for kind, lamp in ((ClockKind.CITIZEN, Lamp.GREEN), (ClockKind.CONTACT, Lamp.RED)):
        clock = ClockStarted(
            case_id=told.case_id,
            occurred_at=NINE,
            clock_id=uuid4(),
            kind=kind,
            due_at=NINE + timedelta(days=3),
            lamp=lamp,
            started_at=NINE,
        )
        follow(db, [clock])

    progress = looked_up(db, told.number).progress
    assert (progress.lamp, progress.due_at) == ("green", "2030-01-05T01:00:00Z")


def test_a_person_reads_why_a_promise_to_them_will_not_hold(
    db: Connection, keys: NodeKeys
) -> None:
    told = register(db, keys)
    promised, expected = NINE + timedelta(days=3), NINE + timedelta(days=5)
    of_unit = {"clock_id": uuid4(), "kind": ClockKind.RESOLVE, "lamp": Lamp.GREEN}
    of_person = {"clock_id": uuid4(), "kind": ClockKind.CITIZEN, "lamp": Lamp.GREEN}
    common = {"case_id": told.case_id, "occurred_at": NINE}
    longer = DueDateMoved(
        **of_unit,
        **common,
        due_at=expected,
        due_before=promised,
        provisional=False,
        provisional_before=False,
        reason=MoveReason.EXTENSION,
        days=2,
        because="要等现场勘查",
        promise_due_at=promised,
    )
    in_time = longer.model_copy(update={"clock_id": uuid4(), "promise_due_at": None})

    follow(db, [ClockStarted(**of_person, **common, due_at=promised, started_at=NINE)])
    follow(db, [longer, in_time])

    look = looked_up(db, told.number)
    assert [timeline_text(fact, str) for fact in look.facts if fact.params.get("because")] == [
        "经批准延期，预计 2030 年 1 月 7 日 09:00 前办结。原因：要等现场勘查"
    ]
    assert look.progress.due_at == "2030-01-05T01:00:00Z"
