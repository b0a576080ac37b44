"""The page of what follows from limits, with sample data."""

from typing import Any

from services.portal.pages.beside import Beside
from services.portal.pages.ladders import ACTS, built_in_values, ladder_values
from services.sla.api.ladder_bodies import StepRowView
from services.sla.policy import SHIPPED_LADDERS
from tests.browser.limit_samples import DRAFT, LIVE, NAMES, OFFICE, SUPERVISOR
from tests.browser.sample import Sample

ROWS = [StepRowView.of(row).model_dump(mode="json") for row in SHIPPED_LADDERS]
FINDINGS = [
    {
        "finding": "out_of_order",
        "code": "S004",
        "other": "S003",
        "field": "amount",
        "blocks": True,
    },
    {"finding": "other_whom", "code": "S005", "other": "supervisor", "field": "whom"}
    | {"blocks": True},
    {"finding": "other_tier", "code": "S006", "other": "city", "field": "tier", "blocks": False},
]
CHANGES = [{"code": "S004", "before": ROWS[3], "after": ROWS[4]}]
TOLD: dict[str, Any] = {
    **{"number": 2, "state": "draft", "edition": 3, "rows": ROWS, "next_code": "S034"},
    **{"findings": [], "changes": CHANGES},
}
BLANKED = {**ladder_values(TOLD, "")["typed"], "level": "12"}
WRONG = Beside("enter", BLANKED, {"level": "要在 1 到 9 之间"})


def shown(told: dict[str, Any] | None, row: str = "", **more: Any) -> Sample:
    values = {
        "tools": OFFICE,
        "note": "",
        "beside": Beside(),
        "can": dict.fromkeys(ACTS, True),
        "versions": [DRAFT, LIVE],
        "items": NAMES["items"],
        **ladder_values(told, row),
        **more,
    }
    return Sample("admin/ladders.html", values, SUPERVISOR, "/admin/ladders")


LADDER_SAMPLES: dict[str, Sample] = {
    "ladders": shown(TOLD, "S004"),
    "ladders-wrong": shown({**TOLD, "findings": FINDINGS}, beside=WRONG),
    "ladders-live": shown({**TOLD, "state": "signed", "rows": []}, can=dict.fromkeys(ACTS, False)),
    "ladders-none": shown(None, versions=[], **built_in_values({"ladders": ROWS})),
}
