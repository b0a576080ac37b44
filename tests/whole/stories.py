"""Stories of single cases, told to the real API of whole nodes: one step, one request."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.clock import utcnow
from shared.security.actor import Role
from shared.security.policy import IMPORT_SCOPE
from tests.whole.node import CITY, COUNTY, WholeNode
from tests.whole.tiers import WholeTiers

UNIT, ITEM, ITEM_CODE = "SCJGJ", "食品经营许可", "SPJYXK"
UNIT_TITLE = "市场监督管理局"
TITLE = "食品经营许可证提交二十天没有回音"
TEXT = "材料网上提交，系统显示已接收，二十天了没有受理。"
OFFICER, DISPATCHER = Role.DISPOSAL_OFFICER, Role.DISPATCHER
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A case as its receipt names it."""

    number: str
    code: str
    case_id: str

    @property
    def holder(self) -> dict[str, str]:
        """Return the headers of one who has the receipt."""
        return {"backstop-number": self.number, "backstop-code": self.code}


def furnish(whole: WholeNode, units: int = 1) -> None:
    """Put one unit with its item; more units stand beside it."""
    admin = whole.token(Role.SYSTEM_ADMINISTRATOR)
    here = {"region": whole.node.code, "phone": "0564-8621234"}
    for n in range(units):
        code = UNIT if n == 0 else f"U{n:03d}"
        title = UNIT_TITLE if n == 0 else f"第{n}办事处"
        whole.done("PUT", f"/api/v1/units/{code}", admin, json={"title": title, **here})
    item = {"title": ITEM, "kind": "licence", "unit_code": UNIT, "complexity": "ordinary"}
    whole.done("PUT", f"/api/v1/items/{ITEM_CODE}", admin, json=item)
    whole.settle()


def report(**changes: Any) -> Answer:
    """Return the body of a report."""
    reporter = {"kind": "person", "name": "张三丰", "phone": "13812345678"}
    told = {"region": COUNTY, "channel": "web", "reporter": reporter, "attempts": 2}
    return {**told, "title": TITLE, "text": TEXT, "item": ITEM, **changes}


def register(whole: WholeNode, **changes: Any) -> Told:
    """Report a case at a node."""
    answer = whole.done("POST", "/api/v1/cases", {}, json=report(**changes))
    return _receipt(answer)


def register_before(whole: WholeNode, age: timedelta) -> Told:
    """Report a case that came in some time ago, as an import does."""
    who = whole.token(None, None, IMPORT_SCOPE)
    came: datetime = utcnow() - age
    answer = whole.done("POST", "/api/v1/cases", who, json=report(received_at=came.isoformat()))
    return _receipt(answer)


def _receipt(answer: Answer) -> Told:
    return Told(answer["number"], answer["query_code"], answer["case_id"])


def order_of(whole: WholeNode, told: Told) -> str:
    """Return the newest order of a case."""
    who = whole.token(DISPATCHER)
    found = whole.done("GET", f"/api/v1/orders?case_id={told.case_id}", who)
    return str(found["items"][0]["order_id"])


def work(whole: WholeNode, told: Told, *steps: str, unit: str = UNIT) -> None:
    """Let the unit that has the order take these steps with it."""
    bodies: dict[str, Answer] = {
        "sign": {},
        "contacts": {"way": "phone", "reached": True, "note": "已联系本人"},
        "finish": {"outcome": "done", "answer": "材料已受理，五个工作日内发证。"},
        "return": {"ground": "not_our_duty", "legal_basis": "职责清单第 3 条"},
    }
    order = order_of(whole, told)
    for step in steps:
        at = f"/api/v1/orders/{order}/{step}"
        whole.done("POST", at, whole.token(OFFICER, unit), json=bodies[step])


def place(whole: WholeNode, told: Told, unit: str = UNIT) -> None:
    """Send a pooled case to a unit."""
    body = {"case_id": told.case_id, "unit_code": unit, "because": "职责范围"}
    whole.done("POST", "/api/v1/orders", whole.token(DISPATCHER), json=body)


def decline(whole: WholeNode, told: Told) -> None:
    """Find a case out of scope."""
    body = {"reason": "litigation", "legal_basis": "条例第九条", "explanation": "已在诉讼中。"}
    at = f"/api/v1/cases/{told.number}/decline"
    whole.done("POST", at, whole.token(DISPATCHER), json=body)


def accept(whole: WholeNode, told: Told) -> None:
    """Find a case in scope whose item is in no catalogue."""
    at = f"/api/v1/cases/{told.number}/accept"
    whole.done("POST", at, whole.token(DISPATCHER), json={"complexity": "ordinary"})


def rate(whole: WholeNode, told: Told, level: int, *, solved: bool) -> None:
    """Let the person rate the last round."""
    body = {"level": level, "solved": solved, "text": "谢谢"}
    whole.done("POST", "/api/v1/evaluations", told.holder, json=body)


def offer(whole: WholeNode, told: Told, to: str) -> str:
    """Offer a case to a neighbour; return the id of the offer."""
    body = {"case_id": told.case_id, "to_node": to, "because": "涉及多个县区"}
    offered = whole.done("POST", "/api/v1/hand-overs", whole.token(DISPATCHER), json=body)
    return str(offered["hand_over_id"])


def take(whole: WholeNode, hand_over: str) -> None:
    """Take over what a neighbour offered."""
    at = f"/api/v1/hand-overs/{hand_over}/accept"
    whole.done("POST", at, whole.token(DISPATCHER), json={})


def report_up(whole: WholeNode, told: Told) -> None:
    """Make the tier above aware of a case that stays."""
    body = {"case_id": told.case_id, "because": "涉及面广，先报告"}
    whole.done("POST", "/api/v1/reports-up", whole.token(DISPATCHER), json=body)


def supervise(whole: WholeNode, told: Told) -> str:
    """Ask the tier below what keeps a case; return the id of the question."""
    body = {"case_id": told.case_id, "text": "请说明为什么超时"}
    asked = whole.done("POST", "/api/v1/supervisions", whole.token(Role.SUPERVISOR), json=body)
    return str(asked["supervision_id"])


def handed_up(tiers: WholeTiers, **told: Any) -> Told:
    """Report a case at the county that a unit of the city has signed for."""
    county, city = tiers.county, tiers.city
    case = register(county, **told)
    accept(county, case)
    tiers.settle()
    offered = offer(county, case, CITY)
    tiers.settle()
    take(city, offered)
    tiers.settle()
    place(city, case)
    work(city, case, "sign")
    tiers.settle()
    return case
