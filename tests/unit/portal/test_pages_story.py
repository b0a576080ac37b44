"""What happened to a case, as staff read it."""

from datetime import UTC, datetime
from uuid import UUID

from services.portal.pages.story import story
from services.portal.repository import Step

ID = UUID(int=1)
NOON = datetime(2030, 1, 1, 4, tzinfo=UTC)
CONTACT = {"kind": "contact", "due_at": "2030-01-01T04:00:00Z"}


def test_a_missed_deadline_is_told_once() -> None:
    turned = Step(ID, NOON, "sla.lamp_changed.v1", {**CONTACT, "lamp": "red"})
    missed = Step(ID, NOON, "sla.deadline_missed.v1", CONTACT)

    assert [told.text for told in story([turned, missed])] == ["联系群众：超过时限"]


def test_a_lamp_that_warns_is_told() -> None:
    turned = Step(ID, NOON, "sla.lamp_changed.v1", {**CONTACT, "lamp": "yellow"})

    assert [told.text for told in story([turned])] == ["联系群众：黄灯，快到期"]


def test_a_clock_that_stopped_in_time_is_not_said_to_be_done() -> None:
    stopped = Step(ID, NOON, "sla.clock_stopped.v1", {"kind": "resolve", "on_time": True})

    assert story([stopped])[0].text == "停止计时：办结工单（没有超时）"
