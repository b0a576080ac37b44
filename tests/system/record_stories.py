"""What nodes do about a case that stays where it is, and about its person everywhere."""

from typing import Any

import httpx

from shared.security.actor import Role
from tests.system.harness import RunningNode
from tests.system.link_stories import (
    Case,
    as_dispatcher,
    eventually,
    offer,
    order_in_work,
    registered,
    solved_above,
    take,
    wait_for_status,
    work,
)

RIGHT_PHONE = "+8613987654321"
REPORTED = (
    "SELECT 1 FROM portal.cases WHERE case_id = :case AND is_below AND reported_at IS NOT NULL"
)
PURPOSE = {"purpose": "联系当事人"}
CORRECTION = {"requester": "person", "reason": "电话记错一位", "phone": RIGHT_PHONE}
ERASURE = {"ground": "request", "requester": "person", "reason": "本人申请"}


def reported_up(county: RunningNode, city: RunningNode) -> Case:
    """The tier above is made aware of a case that stays, and is worked off where it is."""
    case = registered(county)
    body = {"case_id": case["case_id"], "because": "牵涉两个县，请市里知道。"}
    county.ask("POST", "/api/v1/reports-up", as_dispatcher(county), json=body)
    eventually("the city sees it", lambda: city.rows(REPORTED, case=case["case_id"]))
    work(county, case)
    wait_for_status(county, case, "finished")
    return case


def supervised(county: RunningNode, city: RunningNode) -> Case:
    """The tier above asks what keeps a case, and is answered."""
    case = registered(county)
    body = {"case_id": case["case_id"], "text": "为什么还没有办结？"}
    path = "/api/v1/supervisions"
    asked = eventually("the city may ask", lambda: _made(city, path, body))
    at = f"{path}/{asked['supervision_id']}/answer"
    answer = {"text": "材料今天补齐，明天办结。"}
    eventually("the question has come", lambda: _supervision(county, case))
    county.ask("POST", at, as_dispatcher(county), json=answer)
    told = eventually("the answer has come", lambda: _answer_to(city, case))
    assert told == answer["text"]
    work(county, case)
    wait_for_status(county, case, "finished")
    return case


def corrected(county: RunningNode, city: RunningNode) -> Case:
    """What was taken down wrongly of a person is put right where the case was handed to."""
    case = registered(county)
    offer(county, city, case)
    take(city, case)
    order_in_work(city, case)
    path = f"/api/v1/cases/{case['number']}/correction"
    asked = county.ask("POST", path, county.as_role(Role.WINDOW_OFFICER), json=CORRECTION)
    approval = f"/api/v1/corrections/{asked['order_id']}/approve"
    county.ask("POST", approval, county.as_role(Role.SUPERVISOR))
    _done_everywhere(county, city, case)
    assert _phone_at(city, case) == RIGHT_PHONE
    return case


def erased(county: RunningNode, city: RunningNode) -> Case:
    """The person of a closed case is erased at both, and the other node acknowledges it."""
    case = solved_above(county, city)
    path = f"/api/v1/cases/{case['number']}/erasure"
    asked = county.ask("POST", path, county.as_role(Role.SUPERVISOR), json=ERASURE)
    approval = f"/api/v1/data-orders/{asked['order_id']}/approve"
    county.ask("POST", approval, county.as_role(Role.SECURITY_ADMINISTRATOR))
    _done_everywhere(county, city, case)
    assert _records(city, case)["erased_at"]
    return case


def _made(node: RunningNode, path: str, body: dict[str, Any]) -> Case | None:
    answer = node.client.post(path, headers=node.as_role(Role.SUPERVISOR), json=body)
    if answer.status_code == httpx.codes.NOT_FOUND:
        return None  # it has not heard of the case yet
    assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
    return dict(answer.json())


def _supervision(node: RunningNode, case: Case) -> dict[str, Any] | None:
    sought = {"case_id": case["case_id"]}
    page = node.ask("GET", "/api/v1/supervisions", node.as_role(Role.SUPERVISOR), params=sought)
    return next(iter(page["items"]), None)


def _answer_to(node: RunningNode, case: Case) -> str | None:
    found = _supervision(node, case)
    return None if found is None else found["answer_masked"]


def _phone_at(node: RunningNode, case: Case) -> str:
    path = f"/api/v1/cases/{case['number']}/person"
    return str(node.ask("POST", path, node.as_role(Role.WINDOW_HEAD), json=PURPOSE)["phone"])


def _done_everywhere(county: RunningNode, city: RunningNode, case: Case) -> None:
    def acknowledged() -> bool:
        [order] = _records(county, case)["orders"]
        done = [copy["node"] for copy in order["copies"] if copy["done_at"]]
        return done == [city.settings.code]

    eventually("the city has acknowledged", acknowledged)


def _records(node: RunningNode, case: Case) -> dict[str, Any]:
    path = f"/api/v1/cases/{case['number']}/records"
    return dict(node.ask("GET", path, node.as_role(Role.SUPERVISOR)))
