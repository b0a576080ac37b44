"""The page of recusals with sample data."""

from datetime import timedelta
from typing import Any

from services.portal.pages.marks import marks_values
from shared.security.actor import Role
from tests.browser.facts import NOW
from tests.browser.record_samples import FRONT_OFFICE, somebody
from tests.browser.sample import Sample

ASKED: dict[str, Any] = {
    "unmarking_id": "0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5a6b",
    "state": "asked",
    "units": ["341523/RSJ"],
    "persons": True,
    "named": [{"name": "王**", "more": True}, {"name": "李**", "more": False}],
    "because": "登记时选错了单位，诉求人说的是市里的窗口",
    "asked_name": "徐派单",
    "asked_at": NOW - timedelta(hours=2),
    "is_own": False,
    "decided_name": None,
    "decided_at": None,
    "refusal": None,
}
REFUSED = ASKED | {
    "named": [],
    "state": "refused",
    "decided_name": "李督办",
    "decided_at": NOW - timedelta(hours=1),
    "refusal": "诉求人又说了一次，就是这个单位",
}
MARKED = {
    "number": "BCS-341523-20260302-00017-K",
    "units": [
        {"key": "341523/RSJ", "node": "341523", "title": "舒城县人力资源和社会保障局"},
        {"key": "341500/市公积金中心", "node": "341500", "title": "六安市住房公积金管理中心"},
    ],
    "persons": 2,
}
COMMON: dict[str, Any] = {
    "tools": FRONT_OFFICE,
    "values": {},
    "errors": {},
    "told": "",
    "note": "",
}


def _sample(decides: bool, unmarkings: list[dict[str, Any]], **more: Any) -> Sample:
    told = marks_values(MARKED | {"unmarkings": unmarkings})
    role = Role.SUPERVISOR if decides else Role.WINDOW_HEAD
    values = {**COMMON, "decides": decides, **told, **more}
    return Sample("desk/marks.html", values, somebody(role), "/desk/marks")


MARK_SAMPLES = {
    "desk_marks": _sample(True, [ASKED]),
    "desk_marks_asking": _sample(
        False, [REFUSED], errors={"person": "这件没有记过这个反映对象，请核对后再填。"}
    ),
}
