"""What happened to a case, as staff read it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.portal.pages.story import story
from services.portal.repository import Step

NODE = "341523"
NOON = datetime(2030, 1, 1, 4, tzinfo=UTC)
CONTACT = {"kind": "contact", "due_at": "2030-01-01T04:00:00Z"}


def test_a_missed_deadline_is_told_once() -> None:
    turned = told("sla.lamp_changed.v1", {**CONTACT, "lamp": "red"})
    missed = told("sla.deadline_missed.v1", CONTACT)

    assert [said.text for said in story([turned, missed])] == ["联系群众：超过时限"]


def test_a_lamp_that_warns_is_told() -> None:
    turned = told("sla.lamp_changed.v1", {**CONTACT, "lamp": "yellow"})

    assert [said.text for said in story([turned])] == ["联系群众：黄灯，快到期"]


def test_a_clock_that_stopped_in_time_is_not_said_to_be_done() -> None:
    stopped = told("sla.clock_stopped.v1", {"kind": "resolve", "on_time": True})

    assert story([stopped])[0].text == "停止计时：办结工单（没有超时）"


def told(name: str, params: Mapping[str, Any]) -> Step:
    return Step(id=UUID(int=1), at=NOON, node=NODE, name=name, params=params)
