"""Duty telephones ring for what units are told; at night they wait for the morning (N28)."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, select

from services.notify import handlers
from services.notify.policy.quiet import CHINA
from services.notify.providers import Embedded, ProviderDown, ProviderRefused
from services.notify.repository import duty as repository
from services.notify.repository.duty import DutyMessage
from services.notify.settings import Settings
from services.notify.tables import duty_messages, duty_phones, handset
from shared.clock import new_id
from shared.events.intake import ComplainedOf, ComplaintMarked, UnitComplainedOf
from shared.events.notify import DutyPhoneListed
from shared.events.portal import NoticeKind, UnitTold
from shared.outbox import said
from shared.security.actor import Role
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.doorway import staff
from tests.integration.notify.stories import BY
from tests.integration.notify.test_deliver import Gateway, post

pytestmark = pytest.mark.integration

RULES = Settings().duty
HEAD = staff(Role.WINDOW_HEAD)
NUMBER = "BCS-341523-20300102-00001-X"
PHONE = "+8613900001234"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2030-01-{text}").replace(tzinfo=CHINA)


def told(
    kind: NoticeKind, when: datetime, case_id: UUID | None = None, **more: object
) -> UnitTold:
    about = {"notice_id": new_id(), "unit_code": "SCJGJ", "number": NUMBER, **more}
    return UnitTold(occurred_at=when, kind=kind, case_id=case_id, **about)


@pytest.fixture
def unit(unit: Unit, keys: NodeKeys) -> Unit:
    """The unit has a telephone."""
    with unit.transaction() as db:
        handlers.list_phone(db, keys, "SCJGJ", PHONE, Caller(HEAD, at("02T09:00")))
    return unit


def all_of(db: Connection) -> list[DutyMessage]:
    return list(repository.latest(db, None, HEAD, 50))


def test_what_is_told_at_night_rings_in_the_morning_with_its_hour(
    unit: Unit, keys: NodeKeys, engine: Engine
) -> None:
    gateway = Gateway()
    night = told(NoticeKind.SIGN_SOON, at("03T02:00"), new_id(), about_at=at("03T12:00"))
    gap = told(NoticeKind.NOBODY, at("03T02:00"), about_at=at("03T09:00"))
    with unit.transaction() as db:
        for event in (night, night, gap):
            handlers.ring_for(db, event, RULES)

    assert handlers.ring_due(post(unit, keys, gateway, at("03T02:01")), 10) == 1
    assert handlers.ring_due(post(unit, keys, gateway, at("03T07:59")), 10) == 0
    assert handlers.ring_due(post(unit, keys, gateway, at("03T08:00")), 10) == 1
    assert [message.text.removeprefix("【办不成事反映窗口】") for message in gateway.sent] == [
        "本单位1月3日09:00起有岗位无人值班，请排班。",
        f"{NUMBER}请在1月3日12:00前签收。（1月3日02:00）",
    ]
    assert {message.phone for message in gateway.sent} == {PHONE}
    with engine.connect() as db:
        assert set(db.scalars(select(duty_messages.c.state))) == {"delivered"}
        assert PHONE.encode() not in bytes(db.scalar(select(duty_phones.c.phone)) or b"")


def test_reminders_that_fall_together_ring_once(unit: Unit, keys: NodeKeys) -> None:
    gateway, noon, together = Gateway(), at("03T12:00"), new_id()
    with unit.transaction() as db:
        for case_id in (new_id(), new_id()):
            near = told(NoticeKind.LIMIT_SOON, noon, case_id, about_at=at("04T12:00"))
            handlers.ring_for(db, near.model_copy(update={"message_id": together}), RULES)

    assert handlers.ring_due(post(unit, keys, gateway, noon), 10) == 1
    assert gateway.sent[0].text.endswith(f"{NUMBER}等1月4日12:00到时限，请抓紧办。")


def test_a_way_out_that_is_down_is_tried_again_and_what_is_late_is_not_sent(
    unit: Unit, keys: NodeKeys
) -> None:
    gateway = Gateway(ProviderDown("timeout"), ProviderRefused("bad"))
    noon = at("03T12:00")
    with unit.transaction() as db:
        handlers.ring_for(db, told(NoticeKind.ORDER, noon), RULES)
    for later in (timedelta(0), timedelta(seconds=30)):
        handlers.ring_due(post(unit, keys, gateway, noon + later), 10)
    with unit.transaction() as db:
        soon = told(NoticeKind.MEETING_SOON, noon, about_at=noon + timedelta(minutes=1))
        handlers.ring_for(db, soon, RULES)
    handlers.ring_due(post(unit, keys, gateway, noon + timedelta(minutes=1)), 10)
    with unit.transaction() as db:
        handlers.list_phone(db, keys, "SCJGJ", None, Caller(HEAD, noon))
        gone = [event for event in said(db) if isinstance(event, DutyPhoneListed)]
        handlers.ring_for(db, told(NoticeKind.PART, noon), RULES)
    handlers.ring_due(post(unit, keys, gateway, noon), 10)

    with unit.transaction() as db:
        ends = {message.kind: message.last_error for message in all_of(db)}
    assert ends == {"order": "bad", "meeting_soon": "expired", "part": "no_mobile"}
    assert [event.is_given for event in gone] == [False]
    assert len(gateway.sent) == 2


def test_what_waits_about_a_case_that_complains_of_somebody_is_not_sent(
    unit: Unit, keys: NodeKeys, engine: Engine
) -> None:
    case_id, night = new_id(), at("03T23:00")
    whose = UnitComplainedOf(node="341523", code="SCJGJ", title="市场监管局")
    with unit.transaction() as db:
        handlers.ring_for(db, told(NoticeKind.ORDER, night, case_id), RULES)
        handlers.ring_for(db, told(NoticeKind.ORDER, night, new_id()), RULES)
        marked = ComplaintMarked(
            case_id=case_id, occurred_at=night, complained_of=ComplainedOf(units=(whose,)), by=BY
        )
        handlers.hear_complaint(db, marked, "341523")
    embedded = post(unit, keys, Embedded(unit.transaction), at("04T08:00"))

    assert handlers.ring_due(embedded, 10) == 1
    with unit.transaction() as db:
        assert [m.state for m in all_of(db)].count("failed") == 1
        repository.forget(db, case_id)
        assert [m.case_id == case_id for m in all_of(db)] == [False]
        repository.forget_before(db, at("04T00:00"))
        assert not all_of(db)
    with engine.connect() as db:
        assert db.scalar(select(handset.c.message_id)) is None
