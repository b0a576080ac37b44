"""Sample pages of the machine of a hall and of a report by photograph."""

from collections.abc import Mapping
from typing import Any

from services.portal.pages.snap import PICTURES
from services.portal.pages.snap_draft import Snap
from services.portal.policy.plans import plan_around
from tests.browser.facts import HOLDER, NODE
from tests.browser.sample import Sample

PLAN = plan_around(31.4622, 116.9487, 45)
TOLD = {
    "text": "办事大厅门口的坡道堵了两个星期，轮椅进不去，我妈每次都要人抬。",
    "spot": "梅河路 88 号正门",
    "name": "陈国强",
    "phone": "13855641020",
    "lat": "31.46003",
    "lon": "116.95112",
    "key": "0" * 32,
}


def snap(told: Mapping[str, str], **changes: Any) -> dict[str, Any]:
    values = {**Snap.of(told, NODE.code).values, "key": "0" * 32}
    near = [("", [("341523", "舒城县")])]
    offered = {"plan": PLAN, "pictures": PICTURES, "near": near, "at": None}
    return {"values": values, "errors": {}, "told": "", **offered, **changes}


SNAP_SAMPLES: Mapping[str, Sample] = {
    "snap": Sample("citizen/snap.html", snap({})),
    "snap_filled": Sample(
        "citizen/snap.html",
        snap(TOLD, at=(301.5, 297.8), errors={"file": "请先拍一张照片，或者选一张。"}),
    ),
    "snap_photo": Sample(
        "citizen/snap_photo.html", {"told": "只收照片和文件。", "holder": HOLDER}
    ),
    "kiosk_how": Sample(
        "citizen/kiosk_how.html", {"values": {"number": ""}, "errors": {}, "told": ""}
    ),
    "kiosk": Sample("citizen/kiosk.html", {}),
}
