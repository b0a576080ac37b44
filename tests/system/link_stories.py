"""What people do between two nodes, through the doors that they have."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx

from shared.security.actor import Role
from tests.system import harness
from tests.system.harness import RunningNode, T
from tests.system.test_story import UNIT, followed, register

Case = dict[str, Any]
GROUND = {"ground": "not_our_tier", "legal_basis": "《县级权责清单》第 12 项"}
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("sign", {}),
    ("contacts", {"way": "phone", "reached": True, "note": "已联系本人"}),
    ("finish", {"outcome": "done", "answer": "材料已受理，五个工作日内发证。"}),
)


def eventually(what: str, condition: Callable[[], T | None]) -> T:
    """As everywhere, but with more patience, behind a backlog, and fewer looks of many clients."""
    return harness.eventually(what, condition, seconds=120, pause=0.2)


def wait_for_status(node: RunningNode, case: Case, status: str) -> None:
    """Let the person of a case look until it stands so."""
    eventually(f"status {status}", lambda: followed(node, case)["status"] == status)


def registered(node: RunningNode) -> Case:
    """A case that a unit of the node has in work."""
    case = register(node, region=node.settings.code)
    order_in_work(node, case)
    return case


def offer(node: RunningNode, to: RunningNode, case: Case, **more: str) -> str:
    """Offer a case to the other node, as a dispatcher; return the offer's id."""
    body = {"case_id": case["case_id"], "to_node": to.settings.code, "because": "本级办不了"}
    made = node.ask("POST", "/api/v1/hand-overs", as_dispatcher(node), json={**body, **more})
    return str(made["hand_over_id"])


def hand_overs(node: RunningNode, case: Case, **query: str) -> list[dict[str, Any]]:
    """The offers of a case as a node lists them, the newest first."""
    sought = {"case_id": case["case_id"], **query}
    page = node.ask("GET", "/api/v1/hand-overs", as_dispatcher(node), params=sought)
    return list(page["items"])


def take(node: RunningNode, case: Case) -> None:
    """Take over what is offered, as soon as it has come."""
    _answer(node, case, "accept", {})


def refuse(node: RunningNode, case: Case) -> None:
    """Leave it where it is, with a ground."""
    _answer(node, case, "refuse", GROUND)


def _answer(node: RunningNode, case: Case, answer: str, body: dict[str, str]) -> None:
    def offered() -> list[dict[str, Any]]:
        return hand_overs(node, case, direction="in", state="open")

    [waiting] = eventually("the offer has come", offered)
    path = f"/api/v1/hand-overs/{waiting['hand_over_id']}/{answer}"
    node.ask("POST", path, as_dispatcher(node), json=body)


def answered(node: RunningNode, case: Case, hand_over_id: str) -> dict[str, Any]:
    """The offer, once its answer has come back."""

    def heard() -> dict[str, Any] | None:
        offers = {each["hand_over_id"]: each for each in hand_overs(node, case)}
        return None if offers[hand_over_id]["state"] == "open" else offers[hand_over_id]

    return eventually("the answer has come", heard)


def orders(node: RunningNode, case: Case) -> list[dict[str, Any]]:
    """The orders of a case at a node, the newest first."""
    sought = {"case_id": case["case_id"]}
    page = node.ask("GET", "/api/v1/orders", as_dispatcher(node), params=sought)
    return list(page["items"])


def order_in_work(node: RunningNode, case: Case) -> dict[str, Any]:
    """The order that a unit has in work, once there is one."""
    open_states = {"dispatched", "signed", "contacted"}

    def found() -> dict[str, Any] | None:
        return next((each for each in orders(node, case) if each["state"] in open_states), None)

    return eventually("a unit has the case", found)


def work(node: RunningNode, case: Case) -> None:
    """The unit signs, reaches the person and finishes."""
    order_id = order_in_work(node, case)["order_id"]
    for step, body in STEPS:
        # The person of a case that was taken a moment ago may still be on the way.
        eventually(step, lambda s=step, b=body: _did(node, f"{order_id}/{s}", b))  # type: ignore[misc]


def _did(node: RunningNode, path: str, body: dict[str, Any]) -> bool:
    officer = node.as_role(Role.DISPOSAL_OFFICER, UNIT)
    answer = node.client.post(f"/api/v1/orders/{path}", headers=officer, json=body)
    if answer.status_code == httpx.codes.CONFLICT and "not_received_yet" in answer.text:
        return False
    assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
    return True


def place(node: RunningNode, case: Case) -> None:
    """Send a case that waits in the pool to the unit."""
    body = {"case_id": case["case_id"], "unit_code": UNIT, "because": "归市场监管"}
    node.ask("POST", "/api/v1/orders", as_dispatcher(node), json=body)


def pooled(node: RunningNode, case: Case) -> bool:
    """Whether a case waits for a dispatcher of this node."""
    query = "SELECT 1 FROM dispatch.cases WHERE case_id = :case AND state = 'pooled' AND here"
    return bool(node.rows(query, case=case["case_id"]))


def rate(node: RunningNode, case: Case, *, solved: bool) -> None:
    """The person says whether it is solved, as soon as it is asked."""
    shown = {"Backstop-Number": case["number"], "Backstop-Code": case["query_code"]}
    path = f"/api/v1/cases/{case['number']}"
    wait_for_status(node, case, "finished")
    eventually(
        "the person may rate",
        lambda: node.ask("GET", path, params={"code": case["query_code"]})["can_rate"],
    )
    body = {"level": 5 if solved else 1, "solved": solved, "text": "谢谢"}
    node.ask("POST", "/api/v1/evaluations", shown, json=body)


def as_dispatcher(node: RunningNode) -> dict[str, str]:
    """The headers of a dispatcher, for one request."""
    return node.as_role(Role.DISPATCHER) | {"Idempotency-Key": str(uuid4())}


def solved_above(county: RunningNode, city: RunningNode) -> Case:
    """Offered up, and gone on with there."""
    case = registered(county)
    offer(county, city, case)
    gone_on_with(case, county, city)
    return case


def gone_on_with(case: Case, county: RunningNode, city: RunningNode) -> None:
    """Taken, worked off, the result back, rated, closed."""
    take(city, case)
    work(city, case)
    rate(county, case, solved=True)
    wait_for_status(county, case, "closed")


def refused_above(county: RunningNode, city: RunningNode) -> Case:
    """Refused with a ground, so it stays and is worked off where it is."""
    case = registered(county)
    made = offer(county, city, case)
    refuse(city, case)
    told = answered(county, case, made)
    assert (told["state"], told["ground"]) == ("refused", GROUND["ground"])
    assert told["legal_basis"] == GROUND["legal_basis"]
    work(county, case)
    wait_for_status(county, case, "finished")
    return case


def given_back(county: RunningNode, city: RunningNode) -> Case:
    """Taken, found to be wrong there, given back with a ground, dispatched anew and worked off."""
    case = registered(county)
    offer(county, city, case)
    take(city, case)
    order_in_work(city, case)
    offer(city, county, case, **GROUND)
    eventually("it waits in the county's pool", lambda: pooled(county, case))
    place(county, case)
    work(county, case)
    wait_for_status(county, case, "finished")
    return case


def withdrawn(county: RunningNode, city: RunningNode) -> Case:
    """Offered, wanted back before anybody answered, and worked off where it is."""
    case = registered(county)
    made = offer(county, city, case)
    path = f"/api/v1/hand-overs/{made}/withdraw"
    county.ask("POST", path, as_dispatcher(county), json={"because": "材料已经找到"})
    assert answered(county, case, made)["ground"] == "withdrawn"
    work(county, case)
    wait_for_status(county, case, "finished")
    return case


def handed_down(county: RunningNode, city: RunningNode) -> Case:
    """Registered above, taken and worked off below, closed above."""
    case = registered(city)
    offer(city, county, case)
    take(county, case)
    work(county, case)
    rate(city, case, solved=True)
    wait_for_status(city, case, "closed")
    return case


def reopened(county: RunningNode, city: RunningNode) -> Case:
    """Not solved by what came back: whoever gave that result gets it anew, and answers again."""
    case = registered(county)
    offer(county, city, case)
    take(city, case)
    work(city, case)
    rate(county, case, solved=False)
    work(city, case)
    rate(county, case, solved=True)
    wait_for_status(county, case, "closed")
    return case


STORIES = (solved_above, refused_above, given_back, handed_down, reopened)
