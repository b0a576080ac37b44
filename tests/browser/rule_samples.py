"""The pages of the dispatch rules and of the authority table, with sample data."""

from datetime import timedelta
from typing import Any

from services.portal.pages.authority import authority_values
from services.portal.pages.beside import Beside
from services.portal.pages.dispatch_rules import ACTS, Sought, dated, rule_values
from services.portal.pages.rule_forms import BLANK
from shared.security.actor import Actor, ActorKind, Role
from tests.browser.facts import NODE, NOW, NUMBER, TOOLS
from tests.browser.sample import Sample

OFFICE = dict.fromkeys(TOOLS, False) | {"admin": True, "roles": "派单员"}
DISPATCHER = Actor(
    kind=ActorKind.STAFF, node=NODE.code, id="d", name="李", roles=frozenset({Role.DISPATCHER})
)
TITLES = {"": "人工派单池", "scjgj": "县市场监督管理局", "cgz": "城关镇", "sthj": "县生态环境分局"}
UNITS = [(code, title) for code, title in TITLES.items() if code]
ITEMS = {"licence": "食品经营许可"}


def moment(days: int) -> str:
    return (NOW + timedelta(days=days)).isoformat()


def version(number: int, state: str, **more: Any) -> dict[str, Any]:
    told = {"note": "夜间噪声归生态环境分局", "opened_at": moment(-9), "edition": 4}
    signed = dict.fromkeys(
        ("first_name", "first_at", "second_name", "second_at", "live_from"), None
    )
    return dated({"number": number, "state": state, **told, **signed, "in_force": False, **more})


LIVE = version(
    1,
    "signed",
    first_name="李",
    first_at=moment(-8),
    second_name="王",
    second_at=moment(-7),
    live_from=moment(-7),
    in_force=True,
)
DRAFT = version(2, "draft", first_name="李", first_at=moment(-1))
RULE: dict[str, Any] = {
    "position": 0,
    "code": "R0001",
    "title": "夜间施工噪声由生态环境分局办",
    "conditions": {
        "regions": ["341523"],
        "any_words": ["施工噪声", "夜间噪声"],
        "weekdays": [1, 2, 3, 4, 5],
        "hours": [22, 6],
    },
    "unit_code": "sthj",
    "co_units": ["cgz"],
    "urgency": "urgent",
    "complexity": None,
    "legal_basis": "《噪声污染防治法》第八条",
    "source": "争议裁定 2026-03",
}
OTHER = {
    **RULE,
    "position": 1,
    "code": "R0002",
    "title": "食品经营许可归市场监管局",
    "conditions": {"items": ["licence"], "channels": ["web"], "parties": ["enterprise"]},
    "unit_code": "scjgj",
    "co_units": [],
    "urgency": None,
    "source": "",
}
TRIED = {
    "test_id": "t",
    "title": "工地夜里响",
    "matter": {"text": "工地夜间噪声大", "item_code": None, "region": "341523"},
    "expected": "sthj",
    "unit_code": "sthj",
    "rule_code": "R0001",
    "reason": None,
    "passed": True,
}
FINDING = {"kind": "shadowed", "rule_code": "R0002", "other": "R0001", "blocks": True}
SIMULATION: dict[str, Any] = {
    "edition": 4,
    "since": moment(-90),
    "until": moment(0),
    "state": "done",
    "asked_name": "李",
    "asked_at": moment(-1),
    "total": 1200,
    "done": 1200,
    "ended_at": moment(-1),
    "report": {
        "cases": 1200,
        "changed": 46,
        "ways": 1,
        "moves": [{"from": "cgz", "to": "sthj", "count": 46, "examples": [NUMBER]}],
        "load": [
            {"unit": "cgz", "before": 300, "after": 254},
            {"unit": "sthj", "before": 120, "after": 166},
        ],
        "pooled": {"before": 80, "after": 71},
        "returns": {"before": 31.5, "after": 24.0},
    },
}
RUNNING = {**SIMULATION, "state": "running", "done": 400, "report": None, "ended_at": None}
CHECK = {"objection": None, "findings": [], "tests": [TRIED]}
TOLD = {
    "rules": {"items": [RULE, OTHER], "next": None},
    "check": CHECK,
    "changes": [
        {
            "kind": "changed",
            "code": "R0001",
            "fields": ["unit_code", "conditions"],
            "before": {**RULE, "unit_code": "cgz", "conditions": {"any_words": ["噪声"]}},
            "after": RULE,
        }
    ],
    "simulations": [SIMULATION],
}


def shown(told: dict[str, Any], beside: Beside = Beside(), **more: Any) -> Sample:
    values = {
        "tools": OFFICE,
        "note": "",
        "beside": beside,
        "can": dict.fromkeys(ACTS, True),
        "versions": [DRAFT, LIVE],
        "version": DRAFT,
        "sought": Sought(),
        "units": UNITS,
        "titles": TITLES,
        "items": ITEMS,
        **rule_values(told),
        **more,
    }
    return Sample("admin/dispatch_rules.html", values, DISPATCHER, "/admin/dispatch-rules")


GRANT = {
    "item_code": "licence",
    "tier": "township",
    "region": "341523101",
    "valid_from": "2026-01-01",
    "valid_until": None,
    "legal_basis": "《关于公布第二批赋权乡镇事项的通知》",
}
LOOKED = {
    "errors": [],
    "added": [GRANT],
    "changed": [],
    "removed": [{**GRANT, "tier": "county", "region": ""}],
    "counts": {"added": 1, "changed": 0, "removed": 1, "same": 145},
}
FAULTY = {
    "errors": [
        {"line": 3, "column": "tier", "code": "unknown_tier", "other": None},
        {"line": 7, "column": "valid_from", "code": "overlaps", "other": 2},
    ]
}


ABOVE = {
    "unmapped": 1,
    "items": [
        {
            "node": "341500",
            "code": "SPXK-01",
            "title": "食品经营许可（市级）",
            "kind": "行政许可",
            "authority": [{"tier": "county", "region": "", "legal_basis": "六政〔2026〕3号"}],
        }
    ],
}


def table(preview: dict[str, Any] | None = None, **more: Any) -> Sample:
    listed = {"items": [GRANT], "next": None}
    values = {
        "tools": OFFICE,
        "can_import": True,
        "done": None,
        "told": "",
        "items": ITEMS,
        "note": "",
        "has_below": True,
        "references": ABOVE,
        **authority_values(listed, preview),
        **more,
    }
    return Sample("admin/authority.html", values, DISPATCHER, "/admin/authority")


NEVER: dict[str, Any] = {"rules": None, "simulations": []}
RULE_SAMPLES = {
    "admin_rules": shown(TOLD),
    "admin_rules_faults": shown(
        {
            **TOLD,
            "rule": RULE,
            "simulations": [RUNNING, {**SIMULATION, "edition": 3}],
            "check": {"objection": "rules_not_clean", "findings": [FINDING], "tests": []},
        },
        Beside(
            "enter", {**BLANK, "code": "R0001"}, {"unit_code": "没有这个单位，请从列表中选择。"}
        ),
    ),
    "admin_rules_live": shown(TOLD, version=LIVE, versions=[LIVE]),
    "admin_rules_none": shown(NEVER, version=None, versions=[]),
    "admin_authority": table(),
    "admin_authority_look": table(LOOKED),
    "admin_authority_faults": table(FAULTY),
    "admin_authority_none": table(grants=[], done=3),
}
