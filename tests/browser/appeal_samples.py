"""Receipts, and appeals against a no, at the desk and for the person, with sample data."""

from datetime import timedelta
from typing import Any

from services.portal.pages.appeals import Beside, appeal_values
from services.portal.pages.register import follow_code
from services.portal.pages.seen import Decline
from shared.security.actor import Role
from tests.browser.facts import BY_CODE, FRONT, HOLDER, NODE, NOW, officer, seen
from tests.browser.record_samples import FRONT_OFFICE
from tests.browser.sample import Sample

NO: dict[str, Any] = {
    "reason": "petition",
    "legal_basis": "《信访工作条例》第二十八条",
    "explanation": "这件事您已经向县信访局反映，正在办理，请等它的答复。",
    "guide_to": "县信访局，梅河路 12 号一楼",
}
WAITING: dict[str, Any] = {
    **NO,
    "appeal_id": "0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5a6c",
    "number": "BCS-341523-20260302-00017-K",
    "title_masked": "低保申请交了两个月没有答复",
    "state": "asked",
    "because_masked": "我没有信访过，是村里另一家反映的另一件事。",
    "asked_at": NOW - timedelta(days=1),
    "asked_by_staff": False,
    "decide_by": NOW + timedelta(days=4),
    "late": False,
    "declined_at": NOW - timedelta(days=2),
    "decided_at": None,
    "decided_name": None,
    "words_masked": None,
    "mine": False,
}
LATE = WAITING | {
    "appeal_id": "0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5a6d",
    "number": "BCS-341523-20260220-00003-T",
    "title_masked": "宅基地确权的材料被退回",
    "asked_by_staff": True,
    "decide_by": NOW - timedelta(hours=5),
    "late": True,
    "mine": True,
}
ENDED = WAITING | {
    "appeal_id": "0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5a6e",
    "number": "BCS-341523-20260210-00009-X",
    "state": "overturned",
    "decided_at": NOW - timedelta(hours=3),
    "decided_name": "李督办",
    "words_masked": "核实过，没有进入信访程序，应当受理。",
}
SUPERVISOR = officer(Role.SUPERVISOR)


WRONG = Beside(str(WAITING["appeal_id"]), {"upheld": "yes"}, {"words": "请写给诉求人的理由。"})
LIST: dict[str, Any] = {
    **{"asks": True, "decides": True, "note": "", "tools": FRONT_OFFICE},
    **appeal_values([WAITING, LATE], [ENDED], WRONG),
}


APPEALED = {
    "because_masked": WAITING["because_masked"],
    "at": NOW - timedelta(days=1),
    "decide_by": NOW + timedelta(days=4),
}
UPHELD = APPEALED | {"decided_at": NOW, "words_masked": "查到您今年 1 月的信访登记。"}


def refused(appeal: dict[str, Any] | None) -> dict[str, Any]:
    no = Decline(**NO, appeal_by=NOW + timedelta(days=28))
    told = {"status": "declined", "lamp": None, "promise": None, "holder": None, "decline": no}
    return {**BY_CODE, "case": seen(**told, appeal=appeal)}


APPEAL_SAMPLES = {
    "appeals": Sample("desk/appeals.html", LIST, SUPERVISOR, "/desk/appeals"),
    "desk_receipt": Sample(
        "desk/receipt.html",
        {
            **{"case": seen(), "holder": HOLDER, "tools": FRONT_OFFICE},
            "qr": follow_code(NODE.public_url, HOLDER),
        },
        FRONT,
        "/desk/receipt",
    ),
    "follow_appeal": Sample("citizen/follow_case.html", refused(None), path="/follow/case"),
    "follow_upheld": Sample("citizen/follow_case.html", refused(UPHELD), path="/follow/case"),
}
