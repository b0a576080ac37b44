"""The doors of an order's life, of disputes, rules, notices and registers that take a body."""

from typing import Any
from uuid import UUID

NOBODY = str(UUID(int=7))
ORDER = f"/api/v1/orders/{NOBODY}"
MATERIALS = {"materials": "户口本", "answer_by": "2030-01-02T23:59+08:00"}
VISIT = {"kind": "note", "note": "去现场看过"}
EXTENSION = {"days": 3, "because": "要等省里批"}
DECISION = {"granted": True, "because": "确有困难"}
TRACKING = {"explanation": "省里还没有批", "ground": "条例第九条", "next_on": "2030-01-02"}
OPINION = {"because": "不归本单位", "legal_basis": "权责清单第 12 条"}
RULE = {"title": "夜间噪声", "unit_code": "NOSUCH", "legal_basis": "条例第九条"}
TRIAL = {"title": "半夜施工", "region": "341523"}
PERIOD = {"since": "2026-01-01T00:00+08:00", "until": "2026-02-01T00:00+08:00"}
DAY = {"date": "2030-01-01", "name": "元旦", "off": True}
NOTICE = {"year": 2030, "title": "放假安排", "days": [DAY]}
LEAD = {"kind": "policy_gap", "title": "两证互为前置", "text": "谁也先办不了"}
DRAFT = "/api/v1/dispatch-catalogues/draft"
NOTICES = "/api/v1/calendar-notices"
LEADS = f"/api/v1/leads/{NOBODY}"
PART = f"/api/v1/parts/{NOBODY}"
HELP = {"unit_code": "NOSUCH", "task": "核实门面"}
NOT_OURS = {"ground": "not_our_duty", "legal_basis": "权责清单第 12 条"}
ORDER_TAKERS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("POST", f"{ORDER}/work", "disposal_officer", VISIT),
    ("POST", f"{ORDER}/materials", "disposal_officer", MATERIALS),
    ("POST", f"{ORDER}/materials/settle", "disposal_officer", {"how": "brought"}),
    ("POST", f"{ORDER}/extensions", "disposal_officer", EXTENSION),
    ("POST", f"/api/v1/extensions/{NOBODY}/decision", "supervisor", DECISION),
    ("POST", f"{ORDER}/tracking", "disposal_officer", TRACKING),
    ("POST", f"{ORDER}/tracking/consent", "supervisor", DECISION),
    ("POST", f"{ORDER}/parts", "disposal_officer", HELP),
    ("POST", f"{PART}/urge", "supervisor", {}),
    ("POST", f"{PART}/withdraw", "dispatcher", {"because": "不用了"}),
    ("POST", f"{PART}/answer", "disposal_officer", {"answer": "属实"}),
    ("POST", f"{PART}/dissent", "disposal_officer", {"reason": "law", "note": "不能办"}),
    ("POST", f"{PART}/decline", "disposal_officer", NOT_OURS),
    ("POST", f"{PART}/work", "disposal_officer", VISIT),
    ("POST", f"/api/v1/cases/X/materials/{NOBODY}", "", {"text": "户口本在此"}),
    ("POST", f"/api/v1/searches/{NOBODY}/take", "dispatcher", {}),
    ("POST", f"/api/v1/arbitrations/{NOBODY}/opinions", "dispatcher", OPINION),
    ("POST", f"/api/v1/arbitrations/{NOBODY}/decision", "supervisor", OPINION),
    ("POST", "/api/v1/dispatch-catalogues", "system_administrator", {"note": "噪声"}),
    ("POST", f"{DRAFT}/rules", "system_administrator", RULE),
    ("PUT", f"{DRAFT}/rules/R1", "system_administrator", RULE),
    ("POST", f"{DRAFT}/rules/R1/move", "system_administrator", {"position": 0}),
    ("POST", f"{DRAFT}/tests", "system_administrator", TRIAL),
    ("POST", f"{DRAFT}/sign", "supervisor", {"edition": 1}),
    ("POST", f"{DRAFT}/simulations", "system_administrator", PERIOD),
    ("PUT", "/api/v1/reference-items/340000/X", "system_administrator", {"own_code": None}),
    ("POST", NOTICES, "system_administrator", NOTICE),
    ("POST", f"{NOTICES}/{NOBODY}/review", "supervisor", {"digest": "0" * 64}),
    ("POST", f"{NOTICES}/{NOBODY}/sign", "supervisor", {"digest": "0" * 64}),
    ("POST", f"{NOTICES}/{NOBODY}/reject", "supervisor", {"reason": "x"}),
    ("POST", f"{NOTICES}/{NOBODY}/withdraw", "system_administrator", {"reason": "x"}),
    ("POST", "/api/v1/leads", "window_officer", LEAD),
    ("POST", f"{LEADS}/cases", "window_officer", {"case_id": NOBODY}),
    ("POST", f"{LEADS}/route", "supervisor", {"unit_code": "NOSUCH"}),
    ("POST", f"{LEADS}/answer", "supervisor", {"outcome": "not_ours", "text": "不归本级"}),
)
