"""Every door that takes a body: who sends what, and it would be taken."""

from typing import Any
from uuid import UUID

from tests.system.account_doors import ACCOUNT_TAKERS
from tests.system.afterwards_doors import AFTERWARDS_TAKERS
from tests.system.callback_doors import CALLBACK_TAKERS
from tests.system.duty_doors import DUTY_TAKERS
from tests.system.limit_doors import LIMIT_TAKERS
from tests.system.meeting_doors import MEETING_TAKERS
from tests.system.order_doors import ORDER_TAKERS
from tests.system.outside_doors import OUTSIDE_TAKERS
from tests.system.snippet_doors import SNIPPET_TAKERS

NOBODY = str(UUID(int=7))
MARK = "marke7391"
"""Stands in every value that is sent and must not come back."""
REPORT: dict[str, Any] = {
    "region": "341523",
    "channel": "web",
    "reporter": {"kind": "person", "name": f"张{MARK}", "phone": "13812345678"},
    "title": "没有回音",
    "text": f"材料交了二十天。{MARK}",
}
UNIT = {"title": "县数据局", "region": "341523"}
ITEM = {"title": "新事项", "kind": "licence", "unit_code": "NOSUCH"}
PLACING = {"case_id": NOBODY, "unit_code": "NOSUCH", "because": "职责范围"}
PLACING_SEVERAL = {"case_ids": [NOBODY], "unit_code": "NOSUCH", "because": "职责范围"}
TOKEN = {
    "name": "呼叫中心",
    "about": "登记来电",
    "scopes": ["case.register", "channel:hotline"],
    "days": 30,
}
REACHED = {"way": "phone", "reached": True}
RETURNED = {"ground": "wrong_item", "legal_basis": "x"}
FINISHED = {"outcome": "done", "answer": "x"}
DECLINED = {"reason": "litigation", "legal_basis": "x", "explanation": "y"}
ERASURE = {"ground": "request", "requester": "person"}
CORRECTION = {"requester": "person", "reason": "窗口核对过身份证", "phone": "13812345678"}
OFFER = {"case_id": NOBODY, "to_node": "341500", "because": "涉及多个县区"}
REFUSAL = {"ground": "not_our_tier", "legal_basis": "权责清单第 12 条"}
REPORT_UP = {"case_id": NOBODY, "because": "涉及面广，先报告"}
QUESTION = {"case_id": NOBODY, "text": "请说明为什么超时"}
PRECEDENT = {"title": "不用盖章", "question": "盖不了章", "answer": "凭注销证明补办"}
BENCHMARK = {"item": "不动产首次登记", "region": "320100", "evidence": "已开通"}
OUTSIDE = {"item_name": "社保卡补办", "region": "341523", "applicant": REPORT["reporter"]}
MIDWAY = OUTSIDE | {"application_id": "AH-1", "stuck_at": "第三步"}
BAD_REVIEW = OUTSIDE | {"review_id": "HCP-1", "level": 1, "said": "推来推去"}
SMS = {"message_id": "m-1", "sender": "13812345678", "text": "房产证办不下来"}
RATING = {"level": 5, "solved": True}
TAKERS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("POST", "/api/v1/cases", "", REPORT),
    ("POST", "/api/v1/sms", "hotline_agent", SMS),
    ("POST", "/api/v1/midway-exits", "window_officer", MIDWAY),
    ("POST", "/api/v1/bad-reviews", "window_officer", BAD_REVIEW),
    ("POST", "/api/v1/cases/X/accept", "window_officer", {"complexity": "simple"}),
    ("POST", "/api/v1/cases/X/mark", "window_officer", {"persons": ["李四"]}),
    ("POST", "/api/v1/cases/X/decline", "dispatcher", DECLINED),
    ("POST", "/api/v1/cases/X/appeal", "window_officer", {"because": "不是信访"}),
    ("POST", f"/api/v1/appeals/{NOBODY}/decide", "supervisor", {"upheld": True, "words": "x"}),
    ("POST", "/api/v1/benchmarks", "supervisor", BENCHMARK),
    ("POST", f"/api/v1/benchmarks/{NOBODY}/correct", "supervisor", BENCHMARK | {"edition": 1}),
    ("POST", f"/api/v1/benchmarks/{NOBODY}/confirm", "supervisor", {"edition": 1}),
    ("POST", f"/api/v1/benchmarks/{NOBODY}/withdraw", "supervisor", {"because": "x"}),
    ("POST", "/api/v1/cases/X/person", "window_officer", {"purpose": "contact"}),
    ("POST", "/api/v1/cases/X/hold", "window_head", {"reason": "x"}),
    ("POST", "/api/v1/cases/X/hold/release", "window_head", {"reason": "x"}),
    ("POST", "/api/v1/cases/X/erasure", "supervisor", ERASURE),
    ("POST", f"/api/v1/data-orders/{NOBODY}/refuse", "security_administrator", {"reason": "x"}),
    ("POST", "/api/v1/cases/X/correction", "window_officer", CORRECTION),
    ("POST", f"/api/v1/corrections/{NOBODY}/refuse", "window_head", {"reason": "x"}),
    ("POST", "/api/v1/cases/find", "window_officer", {"person": "13812345678"}),
    ("PUT", "/api/v1/units/NEW", "system_administrator", UNIT),
    ("PUT", "/api/v1/items/NEW", "system_administrator", ITEM),
    ("PUT", "/api/v1/places/341523", "system_administrator", {"unit_code": "NOSUCH"}),
    ("POST", "/api/v1/orders", "dispatcher", PLACING),
    ("POST", "/api/v1/orders/bulk", "dispatcher", PLACING_SEVERAL),
    ("POST", "/api/v1/suggestions/learn", "dispatcher", {}),
    ("POST", f"/api/v1/orders/{NOBODY}/sign", "disposal_officer", {}),
    ("POST", f"/api/v1/orders/{NOBODY}/contacts", "disposal_officer", REACHED),
    ("POST", f"/api/v1/orders/{NOBODY}/return", "disposal_officer", RETURNED),
    ("POST", f"/api/v1/orders/{NOBODY}/finish", "disposal_officer", FINISHED),
    ("POST", "/api/v1/hand-overs", "dispatcher", OFFER),
    ("POST", f"/api/v1/hand-overs/{NOBODY}/accept", "dispatcher", {}),
    ("POST", f"/api/v1/hand-overs/{NOBODY}/refuse", "dispatcher", REFUSAL),
    ("POST", f"/api/v1/hand-overs/{NOBODY}/withdraw", "dispatcher", {"because": "本级能办"}),
    ("POST", "/api/v1/reports-up", "dispatcher", REPORT_UP),
    ("POST", "/api/v1/supervisions", "supervisor", QUESTION),
    ("POST", f"/api/v1/supervisions/{NOBODY}/answer", "supervisor", {"text": "明天办好"}),
    ("POST", "/api/v1/precedents", "reviewer", PRECEDENT),
    ("PUT", f"/api/v1/precedents/{NOBODY}", "reviewer", PRECEDENT),
    ("POST", f"/api/v1/precedents/{NOBODY}/solved", "", {"key": NOBODY}),
    ("POST", "/api/v1/precedents/similar", "", {"text": "单位注销了盖不了章"}),
    ("POST", "/api/v1/exports", "supervisor", {"kind": "all", "purpose": "季度分析"}),
    ("POST", f"/api/v1/exports/{NOBODY}/refuse", "window_head", {"reason": "x"}),
    ("PUT", f"/api/v1/ledger-views/{NOBODY}", "dispatcher", {"name": "红灯", "asked": "lamp=red"}),
    ("PUT", "/api/v1/ledger-views/first", "dispatcher", {"view_id": NOBODY}),
    ("POST", "/api/v1/evaluations", "", RATING),
    ("POST", "/api/v1/one-time-codes", "", {"phone": "13812345678"}),
    ("POST", f"/api/v1/one-time-codes/{NOBODY}/use", "", {"code": "123456"}),
    ("POST", "/api/v1/tokens", "security_administrator", TOKEN),
    ("POST", "/api/v1/keys/rotate", "security_administrator", {"what": "wrapping"}),
    *ACCOUNT_TAKERS,
    *DUTY_TAKERS,
    *MEETING_TAKERS,
    *LIMIT_TAKERS,
    *CALLBACK_TAKERS,
    *AFTERWARDS_TAKERS,
    *ORDER_TAKERS,
    *OUTSIDE_TAKERS,
    *SNIPPET_TAKERS,
)
