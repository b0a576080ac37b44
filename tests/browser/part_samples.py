"""Pages of co-handling, as the lead, the unit that helps and the dispatcher see them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.portal.repository import PartCard
from shared.security.actor import Role
from tests.browser.facts import (
    DISPATCHER,
    NODE,
    NOW,
    ROWS,
    TOOLS,
    UNIT,
    case,
    clock,
    desk,
    officer,
)
from tests.browser.sample import Sample

TAX = "国家税务总局舒城县税务局"
ARCHIVE = "舒城县档案馆"
HELPER = officer(Role.DISPOSAL_OFFICER, unit="swj")


def part(number: int, unit: str, name: str, **told: Any) -> PartCard:
    blank: dict[str, Any] = dict.fromkeys(PartCard.__dataclass_fields__)
    held = {"part_id": UUID(int=number), "order_id": UUID(int=8), "node": NODE.code, "round": 1}
    held |= {"kind": "co_handling", "unit_code": unit, "unit_name": name, "state": "open"}
    held |= {"opened_at": NOW - timedelta(days=1), "is_live": True, "lamp": "yellow"}
    held |= {"due_at": NOW + timedelta(hours=20), "task_masked": "核对 2009 年以前的缴费记录"}
    return PartCard(**blank | held | told)


OPEN = part(51, "swj", TAX, urges=2, urged_at=NOW - timedelta(hours=2))
ANSWERED = part(
    52,
    "dag",
    ARCHIVE,
    state="answered",
    is_live=False,
    answered_at=NOW - timedelta(hours=3),
    answer_masked="原单位 2003 年注销，档案由本馆保管，可以出具复印件。",
    legal_basis="《档案法》第二十八条",
)
DISSENTING = part(
    53,
    "fzb",
    "舒城县法制办公室",
    kind="duty",
    state="dissenting",
    lamp=None,
    dissent_reason="law",
    answered_at=NOW - timedelta(hours=1),
    answer_masked="没有省里的文件，不能先转后补。",
)
BACK = part(
    54,
    "zjj",
    "舒城县住房和城乡建设局",
    state="withdrawn",
    is_live=False,
    declined_at=NOW - timedelta(hours=9),
    decline_ground="not_our_duty",
    answer_masked="2019 年机构改革后不归本单位管",
    end_why="reassigned",
    end_note_masked="改由档案馆协办",
    ended_at=NOW - timedelta(hours=5),
)
CLOCK = clock("co_handle", 24, order_id=OPEN.part_id, lamp="yellow")
WITH_PARTS = case(
    status="contacted",
    helping_units=["dag", "fzb", "swj"],
    parts=(OPEN, ANSWERED, DISSENTING, BACK),
    clocks=(*case().clocks, CLOCK),
)
REFUSED: dict[str, Any] = {
    "values": {"act": "finish", "outcome": "done", "answer": "已经办好。"},
    "errors": {"override": "还有协办单位没有答复或有不同意见。"},
}
OWED = {
    ROWS[1].case_id: [OPEN],
    ROWS[3].case_id: [replace(DISSENTING, unit_code="swj", unit_name=TAX)],
}
HELPED_ROWS = [ROWS[1], ROWS[3]]

PART_SAMPLES = {
    "parts_lead": Sample("desk/desk.html", desk(UNIT, WITH_PARTS), UNIT, "/desk"),
    "parts_refused": Sample("desk/desk.html", desk(UNIT, WITH_PARTS, **REFUSED), UNIT, "/desk"),
    "parts_opening": Sample(
        "desk/desk.html",
        desk(UNIT, case(status="signed"), values={"act": "open_part", "task": "核对缴费记录"}),
        UNIT,
        "/desk",
    ),
    "parts_helper": Sample(
        "desk/desk.html",
        desk(HELPER, WITH_PARTS, key="helped", rows=HELPED_ROWS, owed=OWED, my_part=OPEN),
        HELPER,
        "/desk",
    ),
    "parts_list": Sample(
        "desk/desk.html",
        desk(HELPER, None, key="helped", rows=HELPED_ROWS, owed=OWED, tools=TOOLS),
        HELPER,
        "/desk",
    ),
    "parts_dispatcher": Sample(
        "desk/desk.html",
        desk(DISPATCHER, WITH_PARTS, values={"act": "withdraw_part"}),
        DISPATCHER,
        "/desk",
    ),
}
