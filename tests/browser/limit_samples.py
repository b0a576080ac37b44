"""The page of the limits, with sample data."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.portal.pages.beside import Beside
from services.portal.pages.limits import ACTS, Sought, limit_values
from services.sla.api.limit_bodies import RowView
from services.sla.policy.shipped import SHIPPED
from shared.security.actor import Actor, ActorKind, Role
from tests.browser.facts import NODE, NOW, NUMBER, TOOLS
from tests.browser.sample import Sample

OFFICE = dict.fromkeys(TOOLS, False) | {"admin": True, "roles": "督办员"}
SUPERVISOR = Actor(
    kind=ActorKind.STAFF, node=NODE.code, id="s", name="王", roles=frozenset({Role.SUPERVISOR})
)
CASE = UUID(int=7)
ROWS = [
    RowView.of(row).model_dump(mode="json")
    for row in (
        *SHIPPED["beijing"].rows,
        replace(SHIPPED["window_20"].rows[-1], code="L013", valid_until=date(2026, 12, 31)),
        replace(SHIPPED["chongming_signed"].rows[2], code="L014"),
    )
]
NAMES = {
    "titles": {"scjgj": "县市场监督管理局", "cgz": "城关镇"},
    "items": {"licence": "食品经营许可"},
    "numbers": {CASE: NUMBER},
}


def moment(days: int) -> str:
    return (NOW + timedelta(days=days)).isoformat()


def version(number: int, state: str, **more: Any) -> dict[str, Any]:
    names = ("first_name", "first_at", "second_name", "second_at", "live_from", "moved_at")
    return {
        **dict.fromkeys(names),
        **{"number": number, "state": state, "title": "县里的时限", "in_force": False},
        **{"opened_at": moment(-9), "edition": 3, "moves": False, "tier": "county"},
        **{"count": len(ROWS), "rows": ROWS, "next_code": "L015", **more},
    }


DRAFT = version(2, "draft", first_name="李", first_at=moment(-1), live_from=moment(3))
LIVE = version(
    1,
    "signed",
    first_name="李",
    first_at=moment(-8),
    second_name="王",
    second_at=moment(-7),
    live_from=moment(-7),
    in_force=True,
    moves=True,
    moved_at=moment(-7),
)
FINDINGS = [
    {"finding": "same_conditions", "code": "L013", "other": "L012", "blocks": True},
    {"finding": "no_default", "code": "", "other": "contact", "blocks": True},
    {"finding": "unknown_place", "code": "L012", "other": "9912", "blocks": False},
]
CHANGES = [{"code": "L003", "before": ROWS[3], "after": ROWS[2]}]
REPLAY: dict[str, Any] = {
    **{"replay_id": "r", "edition": 3, "since": moment(-90), "until": moment(0)},
    **{"state": "done", "asked_name": "李", "asked_at": moment(-1), "ended_at": moment(-1)},
    **{"total": 1200, "done": 1200, "later": {"resolve": 40}, "earlier": {"citizen": 300}},
    "kinds": [{"name": "resolve", "before": 20, "after": 31}],
    "rows": [{"name": "L003", "before": 20, "after": 31}],
    "units": [
        {"name": "scjgj", "before": 12, "after": 19},
        {"name": "cgz", "before": 8, "after": 12},
    ],
    "examples": [str(CASE)],
}
TRACE = [
    {
        "zh": "按《县里的时限》第 2 版 L003：普通件 · 办结 · 7 天",
        "en": "By version 2 of the county limits, L003: ordinary · resolve · 7 days",
    },
    {"zh": "到2026年3月12日当天结束为止", "en": "Until the end of 12 March 2026"},
]
CLEAN = {"signable": True, "findings": [], "changes": CHANGES}
MOVES: dict[str, Any] = {
    **{"running": 480, "examined": 480, "stays": 2},
    "moves": {"resolve": {"later": 31}, "citizen": {"later": 12, "earlier": 3}},
    "cases": [
        {
            **{"case_id": str(CASE), "kind": "resolve", "unit_code": "scjgj"},
            **{"due_before": moment(1), "due_at": moment(3)},
        }
    ],
}
TOLD: dict[str, Any] = {
    "moves": MOVES,
    "version": DRAFT,
    "check": CLEAN,
    "replays": [REPLAY],
    "shipped": [{"name": one.name, "zh": one.zh, "en": one.en} for one in SHIPPED.values()],
}


def shown(told: dict[str, Any], sought: Sought = Sought(), **more: Any) -> Sample:
    values = {
        "tools": OFFICE,
        "note": "",
        "beside": Beside(),
        "can": dict.fromkeys(ACTS, True),
        "versions": [limit_values({"version": each}, sought)["version"] for each in (DRAFT, LIVE)],
        "sought": sought,
        **NAMES,
        **limit_values(told, sought),
        **more,
    }
    return Sample("admin/limits.html", values, SUPERVISOR, "/admin/limits")


RUNNING = {**REPLAY, "state": "running", "done": 400}
TRIED = {"tried": {"due_date": "2026-03-12", "provisional": True, "trace": TRACE}}
WRONG = Beside(
    "enter", {**limit_values({}, Sought())["typed"], "amount": "0"}, {"amount": "至少 1"}
)
LIMIT_SAMPLES: dict[str, Sample] = {
    "limits": shown(TOLD, Sought(row="L012")),
    "limits-wrong": shown(
        {
            **TOLD,
            "check": {**CLEAN, "signable": False, "findings": FINDINGS},
            "replays": [RUNNING],
        },
        beside=WRONG,
    ),
    "limits-live": shown(
        {**TOLD, "version": LIVE, **TRIED, "replays": []},
        Sought(tried={"clock": "resolve"}),
        can=dict.fromkeys(ACTS, False),
    ),
    "limits-none": shown({"shipped": TOLD["shipped"], "built_in": {"rows": ROWS}}, versions=[]),
}
