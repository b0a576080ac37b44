"""The registers of leads with sample data."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.portal.pages.beside import Beside
from services.portal.pages.leads import (
    LeadTold,
    Sought,
    lead_values,
    leads_values,
    vars_of,
)
from shared.neighbours import Neighbour, Relation
from shared.security.actor import Role
from tests.browser.facts import NODE, NOW
from tests.browser.record_samples import FRONT_OFFICE, somebody
from tests.browser.sample import Sample

CITY = Neighbour("341500", "六安市政务服务中心", "city", Relation.ABOVE)
HERE = replace(NODE, neighbours={CITY.code: CITY})
UNITS = [("SCJGJ", "舒城县市场监督管理局"), ("ZRZYJ", "舒城县自然资源和规划局")]
STEPS = [
    {"at": NOW - timedelta(days=9), "what": "noted", "whom": None, "words_masked": None},
    {
        "at": NOW - timedelta(days=8),
        "what": "routed",
        "whom": UNITS[0][1],
        "words_masked": "请研究能不能容缺受理",
    },
    {
        "at": NOW - timedelta(days=2),
        "what": "answered_under_way",
        "whom": UNITS[0][1],
        "words_masked": "已起草容缺受理清单，征求意见中",
    },
]
GAP: dict[str, Any] = {
    "lead_id": "0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5a70",
    "origin": NODE.code,
    "year": 2026,
    "serial": 12,
    "kind": "policy_gap",
    "title_masked": "小作坊登记证和经营场所证明互为前置，谁也先办不了",
    "text_masked": "登记要先有场所证明，场所证明又要先有登记。今年已有三家遇到。",
    "item_name": "食品生产加工小作坊登记",
    "document": "皖市监〔2025〕18 号",
    "state": "routed",
    "unit_code": "SCJGJ",
    "raised": False,
    "noted_at": NOW - timedelta(days=9),
    "outcome": "under_way",
    "answered_node": NODE.code,
    "answered_by": UNITS[0][1],
    "answer_masked": "已起草容缺受理清单，征求意见中",
    "answer_document": None,
    "in_force_from": None,
    "promised_on": "2026-12-31",
    "answered_at": NOW - timedelta(days=2),
    "cases_told": 0,
    "numbers": ["BCS-341523-20260302-00017-K", "BCS-341523-20260305-00004-3"],
    "steps": STEPS,
}
FROM_BELOW = GAP | {
    "lead_id": "0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5a71",
    "origin": CITY.code,
    "serial": 3,
    "kind": "hidden_barrier",
    "title_masked": "办理变更登记时，窗口另外要求提供社区盖章的同意书",
    "state": "closed",
    "outcome": "changed",
    "in_force_from": "2026-10-01",
    "promised_on": None,
}
COUNTS = [
    {"kind": "policy_gap", "state": "open", "count": 2},
    {"kind": "policy_gap", "state": "routed", "count": 1},
    {"kind": "hidden_barrier", "state": "closed", "count": 5},
]


def _registers(rows: list[dict[str, Any]], beside: Beside = Beside()) -> Sample:
    found, counted = {"items": rows, "next": "bmV4dA"}, {"counts": COUNTS}
    told = leads_values(found, counted, Sought(year="2026"), HERE, 2026)
    values = {"tools": FRONT_OFFICE, "notes": True, "note": "", **vars_of(beside), **told}
    return Sample("desk/leads.html", values, somebody(Role.SUPERVISOR), "/desk/leads", HERE)


def _lead(told: dict[str, Any], beside: Beside = Beside()) -> Sample:
    lead, allowed = LeadTold.model_validate(told), dict.fromkeys(("case", "route", "answer"), True)
    known = lead_values(lead, allowed, UNITS, HERE)
    values = {"tools": FRONT_OFFICE, "note": "", **vars_of(beside), **known}
    return Sample("desk/lead.html", values, somebody(Role.SUPERVISOR), "/desk/leads/x", HERE)


TYPED = {"title": "要盖三个章", "number": "BCS-341523-20260302-00017-X"}
WRONG = {"kind": "请选择一项。", "number": "没有找到这个反映件，请核对编号。"}
LEAD_SAMPLES = {
    "desk_leads": _registers([GAP, FROM_BELOW]),
    "desk_leads_wrong": _registers([], Beside("note", TYPED, WRONG, status=422)),
    "desk_lead": _lead(GAP),
    "desk_lead_from_below": _lead(
        FROM_BELOW | {"state": "routed"},
        Beside("answer", {"outcome": "changed"}, {"document": "请填写文件。"}, status=422),
    ),
}
