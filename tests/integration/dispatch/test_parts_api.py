"""Parts of orders over HTTP: who may, what is refused, what is sent twice."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from services.dispatch import handlers
from services.dispatch.repository.orders import Order
from services.dispatch.tables import complaints
from shared.complaints import Complaint, keep_complaint
from shared.security.actor import Actor, Role
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.dispatch.stories import (
    DISPATCHER,
    MARKET_OFFICER,
    NINE,
    TOWN_OFFICER,
    accepted,
    fill_catalogue,
    give_key,
    order_of,
)
from tests.integration.doorway import Call, staff

pytestmark = pytest.mark.integration

SUPERVISOR, INSPECTOR = staff(Role.SUPERVISOR), staff(Role.INSPECTOR)
STRANGER = staff(Role.DISPOSAL_OFFICER, unit="zwfw")
ASKED = {"unit_code": "cgz", "task": "核实门面"}


@pytest.fixture
def held(unit: Unit, engine: Engine, keys: NodeKeys) -> Order:
    """A case that the market bureau has signed for, with its data key."""
    event = accepted()
    with unit.transaction() as db:
        fill_catalogue(db)
        handlers.route_cases(db, [event])
        order = order_of(db, event.case_id)
        handlers.sign(db, order.order_id, handlers.Caller(MARKET_OFFICER, NINE))
    give_key(engine, keys, event.case_id)
    return order


def told(answer: Any) -> tuple[int, Any]:
    body = answer.json()
    return answer.status_code, body.get("state") or body["code"]


def opened(call: Call, order: Order, actor: Actor = MARKET_OFFICER, **more: Any) -> Any:
    return call(actor, "POST", f"/orders/{order.order_id}/parts", json={**ASKED, **more})


def test_the_lead_opens_and_the_other_unit_answers(call: Call, held: Order) -> None:
    part = opened(call, held).json()["part_id"]
    body = {"answer": "属实", "legal_basis": "条例"}

    seen = call(TOWN_OFFICER, "GET", f"/parts/{part}").json()
    assert (seen["lead_name"], seen["task_masked"]) == ("县市场监督管理局", "核实门面")
    assert told(call(MARKET_OFFICER, "POST", f"/parts/{part}/answer", json=body)) == (
        403,
        "not_allowed",
    )
    assert told(call(TOWN_OFFICER, "POST", f"/parts/{part}/withdraw", json={"because": "不"})) == (
        403,
        "not_allowed",
    )
    work = call(TOWN_OFFICER, "POST", f"/parts/{part}/work", json={"note": "去看了"})
    assert told(work) == (201, "open")
    assert told(call(TOWN_OFFICER, "POST", f"/parts/{part}/answer", json=body)) == (
        200,
        "answered",
    )
    (line,) = call(TOWN_OFFICER, "GET", "/parts?state=answered").json()["items"]
    assert (line["part_id"], line["number"]) == (part, "BCS-341523-20300102-00001-X")
    for reader in (MARKET_OFFICER, TOWN_OFFICER, INSPECTOR):
        (one,) = call(reader, "GET", f"/orders/{held.order_id}/parts").json()
        assert (one["answer_masked"], one["legal_basis"]) == ("属实", "条例")
    order = call(MARKET_OFFICER, "GET", f"/orders/{held.order_id}/life").json()
    assert order["work"][0]["part_id"] == part


def test_who_has_nothing_to_do_with_it_sees_nothing(call: Call, held: Order) -> None:
    part = opened(call, held).json()["part_id"]

    for path in (f"/parts/{part}", f"/orders/{held.order_id}/parts", f"/parts/{uuid4()}"):
        assert told(call(STRANGER, "GET", path)) == (403, "not_allowed")
    assert call(STRANGER, "GET", "/parts").json()["items"] == []
    assert told(call(TOWN_OFFICER, "GET", f"/orders/{held.order_id}")) == (403, "not_allowed")
    assert told(opened(call, held, TOWN_OFFICER)) == (403, "not_allowed")
    assert told(call(DISPATCHER, "GET", f"/parts/{uuid4()}")) == (404, "unknown_part")


def test_who_helps_sees_the_other_parts_until_its_own_is_taken_back(
    call: Call, held: Order
) -> None:
    first = opened(call, held, unit_code="zwfw").json()["part_id"]
    opened(call, held)
    path = f"/orders/{held.order_id}/parts"

    assert len(call(TOWN_OFFICER, "GET", path).json()) == 2
    assert len(call(STRANGER, "GET", path).json()) == 2
    back = {"because": "不用了"}
    call(MARKET_OFFICER, "POST", f"/parts/{first}/withdraw", json=back)
    assert told(call(STRANGER, "GET", path)) == (403, "not_allowed")
    assert len(call(TOWN_OFFICER, "GET", path).json()) == 2


def test_bad_input_is_refused_with_its_field(call: Call, held: Order) -> None:
    for more, code, field in (
        ({"days": 2, "due_at": "2030-01-09T01:00:00Z"}, "two_limits", "due_at"),
        ({"due_at": "2029-01-01T01:00:00Z"}, "bad_due_at", "due_at"),
        ({"unit_code": "scjgj"}, "part_of_the_lead", "unit_code"),
        ({"task": " "}, "invalid_fields", "task"),
        ({"days": 0}, "invalid_fields", "days"),
        ({"days": "2"}, "invalid_fields", "days"),
    ):
        answer = opened(call, held, **more)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, code), more
        assert problem["errors"][0]["field"] == field


def test_what_is_sent_twice_counts_once(call: Call, held: Order) -> None:
    path = f"/orders/{held.order_id}/parts"
    twice = [
        call(MARKET_OFFICER, "POST", path, json=ASKED, headers={"Idempotency-Key": "k" * 20})
        for _ in range(2)
    ]

    assert twice[0].json() == twice[1].json()
    assert told(opened(call, held)) == (409, "part_open_already")


def test_a_supervisor_urges_and_does_not_take_back(call: Call, held: Order) -> None:
    part = opened(call, held).json()["part_id"]

    assert told(call(SUPERVISOR, "POST", f"/parts/{part}/urge", json={})) == (200, "open")
    again = call(MARKET_OFFICER, "POST", f"/parts/{part}/urge", json={"note": "快"})
    assert told(again) == (409, "urged_lately")
    back = call(SUPERVISOR, "POST", f"/parts/{part}/withdraw", json={"because": "x"})
    assert told(back) == (403, "not_allowed")


def test_a_dispatcher_sends_with_co_handlers_or_not_at_all(call: Call, unit: Unit) -> None:
    event = accepted(item_code=None, region="350100")
    with unit.transaction() as db:
        fill_catalogue(db)
        handlers.route_cases(db, [event])
    sent = {"case_id": str(event.case_id), "unit_code": "scjgj", "because": "属地"}
    bad = {**sent, "co_handlers": [ASKED, {"unit_code": "scjgj", "task": "x"}]}

    assert told(call(DISPATCHER, "POST", "/orders", json=bad)) == (422, "part_of_the_lead")
    good = {**sent, "co_handlers": [ASKED, {"unit_code": "zwfw", "task": "盖章", "days": 1}]}
    order = call(DISPATCHER, "POST", "/orders", json=good).json()["order_id"]

    shown = call(DISPATCHER, "GET", f"/orders/{order}/parts").json()
    assert [(one["unit_code"], one["state"]) for one in shown] == [
        ("cgz", "open"),
        ("zwfw", "open"),
    ]


def test_over_an_open_part_an_order_is_finished_with_reason_and_words(
    call: Call, held: Order
) -> None:
    opened(call, held)
    reached = {"way": "phone", "reached": True}
    call(MARKET_OFFICER, "POST", f"/orders/{held.order_id}/contacts", json=reached)
    path, done = f"/orders/{held.order_id}/finish", {"outcome": "done", "answer": "好了"}

    refused = call(MARKET_OFFICER, "POST", path, json=done)
    assert told(refused) == (422, "parts_unsettled")
    assert refused.json()["errors"][0]["field"] == "override"
    ended = {**done, "override": "no_answer", "override_words": "催过两次"}
    assert told(call(MARKET_OFFICER, "POST", path, json=ended)) == (200, "finished")
    shown = call(INSPECTOR, "GET", f"/orders/{held.order_id}").json()
    assert (shown["override_reason"], shown["override_masked"]) == ("no_answer", "催过两次")


def test_for_whom_a_case_complains_of_there_is_no_such_part(
    call: Call, held: Order, unit: Unit
) -> None:
    part = opened(call, held).json()["part_id"]
    with unit.transaction() as db:
        keep_complaint(db, complaints, held.case_id, Complaint(frozenset({"cgz"}), frozenset()))

    assert call(TOWN_OFFICER, "GET", "/parts").json()["items"] == []
    assert told(call(TOWN_OFFICER, "GET", f"/parts/{part}")) == (404, "unknown_part")
    body = {"answer": "属实"}
    assert told(call(TOWN_OFFICER, "POST", f"/parts/{part}/answer", json=body)) == (
        404,
        "unknown_part",
    )
