"""The room of units with sample data: the list, a preview, and what is wrong with a file."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.portal.pages.importing import CHANGES, Beside
from services.portal.pages.units import COLUMNS, FIELDS, KINDS
from services.portal.repository import UnitCard
from shared.security.actor import Role
from tests.browser.facts import TOOLS, officer
from tests.browser.sample import Sample

KEEPER = officer(Role.SYSTEM_ADMINISTRATOR)
OFFICE = dict.fromkeys(TOOLS, False) | {"admin": True, "roles": "管理员"}
TOLD: tuple[tuple[str, str, str | None, dict[str, Any]], ...] = (
    ("ZWFWZX", "县政务服务中心", None, {}),
    ("SCJGJ", "县市场监督管理局", "ZWFWZX", {"valid_from": date(2026, 3, 1)}),
    (
        "SYJ",
        "县食品药品监督管理局",
        "ZWFWZX",
        {"valid_until": date(2026, 2, 28), "successors": ["SCJGJ"]},
    ),
    ("SWJ", "县税务局", None, {"kind": "vertical", "supervised_by": "市税务局"}),
    ("ZLSGS", "自来水公司", None, {"kind": "outside"}),
)
UNITS = [
    UnitCard(
        unit_id=UUID(int=nth),
        code=code,
        title=title,
        region="341523",
        parent=parent,
        phone=None,
        active=True,
        **more,
    )
    for nth, (code, title, parent, more) in enumerate(TOLD)
]
CHANGED = {
    "kept": False,
    "errors": [],
    "changes": [
        {"line": 2, "code": "SJJ", "title": "县数据局", "kind": "new", "fields": []},
        {
            "line": 3,
            "code": "SYJ",
            "title": "县食品药品监督管理局",
            "kind": "changed",
            "fields": ["valid_until", "successors"],
        },
        {"line": 4, "code": "ZWFWZX", "title": "县政务服务中心", "kind": "same", "fields": []},
    ],
}
WRONG = {
    "kept": False,
    "changes": [],
    "errors": [
        {
            "line": 7,
            "field": "successors",
            "zh": "没有这个单位，请从列表中选择。",
            "en": "No such unit: choose from the list.",
        }
    ],
}


def _room(**more: Any) -> dict[str, Any]:
    told = {"tools": OFFICE, "units": UNITS, "beside": Beside(), "done": False}
    words = {"kinds": KINDS, "changes": CHANGES, "fields_of": FIELDS, "headings": list(COLUMNS)}
    return {**told, **words, "titles": {unit.code: unit.title for unit in UNITS}, **more}


def _sample(**more: Any) -> Sample:
    return Sample("admin/units.html", _room(**more), KEEPER, "/admin/units")


UNIT_SAMPLES: Mapping[str, Sample] = {
    "admin_units": _sample(done=True),
    "admin_units_preview": _sample(beside=Beside(CHANGED, "[]")),
    "admin_units_wrong": _sample(beside=Beside(WRONG, "[]", status=422)),
    "admin_units_file": _sample(
        beside=Beside(errors={"file": "第一行要写栏目名称，请用模板。"}, status=422)
    ),
    "admin_units_none": _sample(units=[], titles={}),
}
