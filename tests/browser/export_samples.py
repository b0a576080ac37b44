"""The page of exports with sample data."""

from datetime import timedelta
from typing import Any

from services.portal.pages.exports import Export, export_values
from services.portal.pages.ledger import narrowed_words
from services.portal.pages.lists import VIEWS
from services.portal.policy.ledger import Asked
from shared.security.actor import Role
from tests.browser.facts import NOW
from tests.browser.record_samples import FRONT_OFFICE, somebody
from tests.browser.sample import Sample

MADE = Export(
    export_id="0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5a6b",
    state="ready",
    format="xlsx",
    purpose="季度分析，报局长办公会",
    kind="rest",
    rows=412,
    done=412,
    asked_name="王负责",
    asked_at=NOW - timedelta(minutes=5),
    is_own=True,
)
LONG = MADE.model_copy(
    update={"state": "making", "kind": "open", "cell": "lamp.red~unit.SCJGJ", "rows": 12_400}
    | {"done": 5_000}
)
OTHERS = MADE.model_copy(
    update={"state": "asked", "kind": "below", "lamp": "red", "holder": "341523", "rows": 3_200}
    | {"is_own": False, "asked_name": "李督办", "text": "公积金"}
)
COMMON: dict[str, Any] = {
    "tools": FRONT_OFFICE,
    "values": {},
    "errors": {},
    "note": "",
    "told": "",
    "behind": "",
}
COMMON |= {"narrowed": [], "asked": None, "decides": True, "alone": 1000}
LEDGER = "lamp=red&unit=SCJGJ&order=due&column=number.title.due"
VIEW = next(view for view in VIEWS if view.key == "rest")
EXPORT_SAMPLES = {
    "desk_exports": Sample(
        "desk/exports.html",
        {**COMMON, **export_values([LONG, MADE, OTHERS.model_copy(update={"is_own": False})])},
        somebody(Role.WINDOW_HEAD),
        "/desk/exports",
    ),
    "desk_export_ledger": Sample(
        "desk/exports.html",
        {
            **COMMON,
            "asked": next(view for view in VIEWS if view.key == "all"),
            "values": {"view": "all", "text": "", "ledger": LEDGER},
            "narrowed": narrowed_words(Asked.parse(LEDGER)),
            **export_values([MADE.model_copy(update={"kind": "all", "ledger": LEDGER})]),
        },
        somebody(Role.WINDOW_HEAD),
        "/desk/exports",
    ),
    "desk_export_asked": Sample(
        "desk/exports.html",
        {
            **COMMON,
            "asked": VIEW,
            "values": {"view": "rest", "text": "公积金", "cell": "lamp.red~unit.SCJGJ"},
            "behind": "SCJGJ · 红灯",
            "errors": {"purpose": "请写用来做什么。"},
            **export_values([]),
        },
        somebody(Role.WINDOW_HEAD),
        "/desk/exports",
    ),
}
