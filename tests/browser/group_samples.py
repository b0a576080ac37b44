"""Cases that stand together with sample data: none, a lead with its cases, one under a lead."""

from collections.abc import Mapping
from typing import Any

from services.portal.pages.groups import group_values
from shared.security.actor import Role
from tests.browser.facts import ROWS, TOOLS, officer
from tests.browser.sample import Sample

KEEPER = officer(Role.DISPATCHER)
DESK = dict.fromkeys(TOOLS, False) | {"desk": True, "roles": "派单员"}
FIRST, AGAIN = "BCS-341523-20260310-00017-K", "BCS-341523-20260311-00042-7"
JOINED = {
    "number": AGAIN,
    "kind": "joined",
    "grouped_at": "2026-03-11T09:20:00+08:00",
    "because_masked": "同一个人又打来，电话139****1111",
    "title_masked": "食品经营许可二十天没有回音",
    "text_masked": "张*说又等了一个星期，还是没有人联系。",
}
GROUPED = {
    **JOINED,
    "number": "BCS-341523-20260311-00043-5",
    "kind": "grouped",
    "because_masked": "同一条河",
    "title_masked": None,
    "text_masked": None,
}
NOBODY: dict[str, Any] = {"number": FIRST, "under": None, "cases": []}
LEAD = {**NOBODY, "cases": [JOINED, GROUPED]}
UNDER = {"number": AGAIN, "under": {**JOINED, "number": FIRST}, "cases": []}
OTHERS = "不是同一个人反映的，不能合并答复；可以只归为一组，分别办理、分别答复。"


def _sample(found: Mapping[str, Any], **more: Any) -> Sample:
    empty = {"values": {}, "errors": {}, "told": "", "can_group": True}
    values = {"tools": DESK, **empty, **group_values(found, more.pop("alike", ())), **more}
    return Sample("desk/group.html", values, KEEPER, "/desk/group")


GROUP_SAMPLES: Mapping[str, Sample] = {
    "desk_group_none": _sample(NOBODY, alike=ROWS[:3]),
    "desk_group_refused": _sample(
        NOBODY, values={"lead": AGAIN, "kind": "joined"}, errors={"lead": OTHERS}
    ),
    "desk_group_lead": _sample(LEAD),
    "desk_group_under": _sample(UNDER),
    "desk_group_read": _sample(LEAD, can_group=False),
}
