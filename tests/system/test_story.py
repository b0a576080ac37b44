"""The main story on both transports: a case from the report to the rating."""

from typing import Any
from uuid import uuid4

import pytest

from shared.security.actor import Role
from tests.system.harness import RunningNode, eventually

pytestmark = [pytest.mark.system, pytest.mark.long]

UNIT = "SCJGJ"
ITEM = "食品经营许可"
REPORT = {
    "region": "341523",
    "channel": "web",
    "reporter": {"kind": "person", "name": "张三丰", "phone": "13812345678"},
    "title": "食品经营许可证提交二十天没有回音",
    "text": "材料网上提交，系统显示已接收，二十天了没有受理。我叫张三丰，电话13812345678。",
    "item": ITEM,
    "attempts": 2,
}


@pytest.fixture
def furnished(node: RunningNode) -> RunningNode:
    """A node that knows one unit and one item."""
    admin = node.as_role(Role.SYSTEM_ADMINISTRATOR)
    unit = {"title": "县市场监督管理局", "region": "341523", "phone": "0564-8621234"}
    node.ask("PUT", f"/api/v1/units/{UNIT}", admin, json=unit)
    item = {"title": ITEM, "kind": "licence", "unit_code": UNIT, "complexity": "ordinary"}
    node.ask("PUT", "/api/v1/items/SPJYXK", admin, json=item)
    known = "SELECT 1 FROM intake.items WHERE title = :title"
    eventually("intake knows the item", lambda: node.rows(known, title=ITEM))
    return node


def register(node: RunningNode, **changes: Any) -> dict[str, Any]:
    key = {"Idempotency-Key": str(uuid4())}
    told: dict[str, Any] = node.ask("POST", "/api/v1/cases", key, json={**REPORT, **changes})
    return told


def followed(node: RunningNode, case: dict[str, Any]) -> dict[str, Any]:
    path = f"/api/v1/cases/{case['number']}"
    seen: dict[str, Any] = node.ask("GET", path, params={"code": case["query_code"]})
    return seen


def wait_for_status(node: RunningNode, case: dict[str, Any], *status: str) -> dict[str, Any]:
    def reached() -> dict[str, Any] | None:
        seen = followed(node, case)
        return seen if seen["status"] in status else None

    return eventually(f"status {status}, is {followed(node, case)['status']}", reached)


def order_of(node: RunningNode, case: dict[str, Any], round_: int = 1) -> str:
    query = "SELECT order_id FROM dispatch.orders WHERE case_id = :case AND round = :round"
    [(order_id,)] = eventually(
        "an order", lambda: node.rows(query, case=case["case_id"], round=round_)
    )
    return str(order_id)


def work_off(node: RunningNode, order_id: str, *, from_step: str = "sign") -> None:
    """The unit signs, reaches the person and finishes, as its officer."""
    steps: list[tuple[str, dict[str, Any]]] = [
        ("sign", {}),
        ("contacts", {"way": "phone", "reached": True, "note": "已联系本人"}),
        ("finish", {"outcome": "done", "answer": "材料已受理，五个工作日内发证。"}),
    ]
    names = [name for name, _ in steps]
    for name, body in steps[names.index(from_step) :]:
        officer = node.as_role(Role.DISPOSAL_OFFICER, UNIT)
        node.ask("POST", f"/api/v1/orders/{order_id}/{name}", officer, json=body)


def rate(node: RunningNode, case: dict[str, Any], *, solved: bool, level: int) -> Any:
    shown = {"Backstop-Number": case["number"], "Backstop-Code": case["query_code"]}
    body = {"level": level, "solved": solved, "text": "谢谢"}
    return node.ask("POST", "/api/v1/evaluations", shown, json=body)


def messages_of(node: RunningNode, case: dict[str, Any]) -> list[str]:
    query = "SELECT purpose FROM notify.messages WHERE case_id = :case AND state = 'delivered'"
    return sorted(purpose for (purpose,) in node.rows(query, case=case["case_id"]))


def test_a_case_goes_from_the_report_to_the_rating_across_a_restart(
    furnished: RunningNode,
) -> None:
    node = furnished
    case = register(node)
    assert case["status"] == "accepted"
    order_id = order_of(node, case)
    seen = wait_for_status(node, case, "dispatched")
    assert seen["holder"]["name"] == "县市场监督管理局"
    eventually("the promise", lambda: followed(node, case)["promise"])
    officer = node.as_role(Role.DISPOSAL_OFFICER, UNIT)
    node.ask("POST", f"/api/v1/orders/{order_id}/sign", officer, json={})

    node.restart_everything()

    work_off(node, order_id, from_step="contacts")
    seen = wait_for_status(node, case, "finished")
    assert seen["result"]["answer_masked"].startswith("材料已受理")
    eventually("the person may rate", lambda: followed(node, case)["can_rate"])
    rate(node, case, solved=True, level=5)
    seen = wait_for_status(node, case, "closed")
    assert seen["rated"]["level"] == 5
    eventually("five messages", lambda: len(messages_of(node, case)) >= 5)
    assert len(set(messages_of(node, case))) == len(messages_of(node, case))


def test_what_is_not_solved_is_opened_again_under_the_old_promise(
    furnished: RunningNode,
) -> None:
    node = furnished
    case = register(node)
    work_off(node, order_of(node, case))
    wait_for_status(node, case, "finished")
    promised = eventually("the promise", lambda: followed(node, case)["promise"])
    eventually("the person may rate", lambda: followed(node, case)["can_rate"])

    rate(node, case, solved=False, level=1)
    again = order_of(node, case, round_=2)
    work_off(node, again)
    wait_for_status(node, case, "finished")
    eventually("the person may rate again", lambda: followed(node, case)["can_rate"])
    rate(node, case, solved=True, level=4)

    seen = wait_for_status(node, case, "closed")
    assert seen["round"] == 2
    assert seen["promise"] == promised
    running = "SELECT kind FROM sla.clocks WHERE case_id = :case AND stopped_at IS NULL"
    eventually("no clock runs on", lambda: not node.rows(running, case=case["case_id"]))


def test_the_portal_shows_what_the_services_know(furnished: RunningNode) -> None:
    node = furnished
    case = register(node)
    wait_for_status(node, case, "dispatched")
    query = "SELECT status, unit_code FROM portal.cases WHERE case_id = :case"

    eventually(
        "the portal's row",
        lambda: node.rows(query, case=case["case_id"]) == [("dispatched", UNIT)],
    )


def test_the_same_request_sent_twice_registers_one_case(furnished: RunningNode) -> None:
    key = {"Idempotency-Key": str(uuid4())}

    first = furnished.ask("POST", "/api/v1/cases", key, json=REPORT)
    second = furnished.ask("POST", "/api/v1/cases", key, json=REPORT)

    assert first == second
