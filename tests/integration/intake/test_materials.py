"""The person sees what a unit has asked for, answers it once, and the answer is sealed."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.intake import handlers
from shared.events.dispatch import MaterialsAsked, MaterialsEnd, MaterialsReceived
from shared.security.actor import Role, anonymous, citizen
from shared.unit import Unit
from tests.integration.intake.stories import BY, NINE, NODE, dispatched
from tests.integration.intake.test_api import BODY, Call, call, door, staff

pytestmark = pytest.mark.integration
__all__ = ["call", "door"]

ORDER, REQUEST = uuid4(), uuid4()


def of_order(case_id: UUID) -> dict[str, Any]:
    about = {"case_id": case_id, "order_id": ORDER, "unit_code": "rsj", "unit_name": "县人社局"}
    return about | {"request_id": REQUEST, "by": BY}


def asked(case_id: UUID) -> MaterialsAsked:
    return MaterialsAsked(
        **of_order(case_id),
        occurred_at=NINE + timedelta(minutes=1),  # by another clock than the one that is asked
        round=1,
        materials_masked="户口本\n参保凭证",
        answer_by=NINE + timedelta(days=3),
    )


def test_what_is_asked_for_is_shown_answered_once_and_then_no_more(call: Call, unit: Unit) -> None:
    told = call(anonymous(NODE), "POST", "/cases", json=BODY).json()
    case_id, number = UUID(told["case_id"]), told["number"]
    own, there = citizen(NODE, case_id, number), f"/cases/{number}"
    with unit.transaction() as db:
        handlers.follow(db, [dispatched(case_id), asked(case_id)])
    answer = f"{there}/materials/{REQUEST}"
    typed = {"text": "材料交到窗口了，电话 13800006160"}

    (wanted,) = call(own, "GET", there).json()["wanted"]
    assert (wanted["unit_name"], wanted["materials_masked"]) == ("县人社局", "户口本\n参保凭证")
    assert call(anonymous(NODE), "POST", answer, json=typed).status_code == 401
    assert call(own, "POST", answer, json={"text": ""}).status_code == 422
    unknown = call(own, "POST", f"{there}/materials/{uuid4()}", json=typed)
    assert (unknown.status_code, unknown.json()["code"]) == (409, "no_materials_open")
    assert call(own, "POST", answer, json=typed).status_code == 200
    assert call(own, "POST", answer, json=typed).status_code == 409

    seen = call(own, "GET", there).json()
    assert seen["wanted"] == []
    said = [step["text"] for step in seen["timeline"] if step["event"].endswith("answered.v1")]
    assert said == ["您已答复：材料交到窗口了，电话 138****6160"]
    person = call(
        staff(Role.WINDOW_OFFICER), "POST", f"{there}/person", json={"purpose": "核实情况"}
    )
    assert person.json()["answers"] == [typed["text"]]


def test_a_wait_that_the_unit_ends_is_shown_no_more(call: Call, unit: Unit) -> None:
    told = call(anonymous(NODE), "POST", "/cases", json=BODY).json()
    case_id, number = UUID(told["case_id"]), told["number"]
    ended = MaterialsReceived(
        **of_order(case_id), occurred_at=NINE + timedelta(hours=1), how=MaterialsEnd.ENDED
    )
    with unit.transaction() as db:
        handlers.follow(db, [dispatched(case_id), asked(case_id), ended])

    assert call(citizen(NODE, case_id, number), "GET", f"/cases/{number}").json()["wanted"] == []
