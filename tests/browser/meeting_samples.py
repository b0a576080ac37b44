"""Coordination meetings with sample data."""

from datetime import timedelta
from typing import Any

from services.portal.pages.meeting_words import MeetingTold
from services.portal.pages.meetings import (
    Beside,
    form_values,
    list_values,
    meeting_values,
    said_beside,
)
from services.portal.policy import day_of
from shared.security.actor import Role
from tests.browser.facts import BY_CODE, NODE, NOW, NUMBER, case, seen
from tests.browser.record_samples import FRONT_OFFICE, somebody
from tests.browser.sample import Sample

UNITS = [
    ("ZJJ", "舒城县住房和城乡建设局"),
    ("CGJ", "舒城县城市管理局"),
    ("ZRZYJ", "舒城县自然资源和规划局"),
]
LAMPS = "三里河小区路灯灭了半年，两个单位都说不归自己管"
LINE: dict[str, Any] = {
    "meeting_id": "0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5b01",
    "case_id": "0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5b00",
    "number": NUMBER,
    "title_masked": LAMPS,
    "state": "open",
    "topic_masked": "路灯由谁接管、谁出钱修",
    "convenor_unit": None,
    "convened_at": NOW - timedelta(days=2),
    "serial": 2,
    "planned_at": NOW + timedelta(hours=3),
    "place_masked": "县政务服务中心三楼 301 会议室",
    "missing": [UNITS[1][1], "恒通建设集团有限公司", "complainant"],
}
LATER = LINE | {
    "meeting_id": "0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5b02",
    "topic_masked": "不动产登记缺的材料由哪家补",
    "planned_at": NOW + timedelta(days=3),
    "serial": 1,
    "missing": [],
}
SETTLED = LINE | {
    "meeting_id": "0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5b03",
    "state": "agreed",
    "planned_at": None,
    "place_masked": None,
    "serial": None,
    "missing": [],
}
PARTIES = [
    {
        "party_id": "p1",
        "kind": "unit",
        "role": "chair",
        "unit_code": "ZJJ",
        "name_masked": UNITS[0][1],
    },
    {
        "party_id": "p2",
        "kind": "unit",
        "role": "member",
        "unit_code": "CGJ",
        "name_masked": UNITS[1][1],
    },
    {"party_id": "p3", "kind": "company", "role": "member", "name_masked": "恒通建设集团有限公司"},
    {"party_id": "p4", "kind": "complainant", "role": "member", "name_masked": ""},
    {
        "party_id": "p5",
        "kind": "unit",
        "role": "heard",
        "unit_code": "ZRZYJ",
        "name_masked": UNITS[2][1],
        "heard_because": "规划图只有它有，要当面说明",
    },
]
FIRST = {
    "serial": 1,
    "planned_at": NOW - timedelta(days=1),
    "place_masked": "三里河小区物业办公室",
    "agenda_masked": "路灯归谁管",
    "moves": 0,
    "held_at": NOW - timedelta(hours=20),
    "said_masked": "住建局：竣工资料没有移交。城管局：没有移交就不能接管。",
    "result": "next",
    "presences": [
        {"party_id": "p1", "presence": "present"},
        {"party_id": "p2", "presence": "absent", "substitute_masked": "照明科科长"},
        {"party_id": "p3", "presence": "present"},
        {"party_id": "p4", "presence": "present"},
    ],
}
SECOND = {
    "serial": 2,
    "planned_at": LINE["planned_at"],
    "place_masked": LINE["place_masked"],
    "agenda_masked": "补移交资料\n修复费用怎么出",
    "moves": 1,
    "presences": [
        {"party_id": "p1", "presence": "confirmed"},
        {"party_id": "p2", "presence": "invited"},
        {"party_id": "p3", "presence": "absent", "substitute_masked": "项目经理"},
        {"party_id": "p4", "presence": "invited"},
        {"party_id": "p5", "presence": "invited"},
    ],
}
OPEN = LINE | {
    "convenor_name": None,
    "is_convenor": True,
    "bring_masked": "购房合同\n物业缴费单",
    "parties": PARTIES,
    "rounds": [FIRST, SECOND],
}
DUTIES = [
    {
        "unit_code": "ZJJ",
        "words_masked": "督促移交竣工资料",
        "company_masked": "恒通建设集团有限公司",
        "days": 5,
    },
    {"unit_code": "CGJ", "words_masked": "接管并修复三盏路灯", "due_on": "2026-04-10"},
]
DRAFTED = OPEN | {
    "state": "agreed",
    "rounds": [FIRST, SECOND | {"held_at": NOW, "result": "agreed", "said_masked": "各方同意"}],
    "minutes": [
        {
            "serial": 1,
            "conclusion_masked": "五个工作日内移交，城管局接管后修复。",
            "drafted_at": NOW,
            "duties": DUTIES,
        }
    ],
}


def _one(told: dict[str, Any], beside: Beside = Beside(), role: Role = Role.SUPERVISOR) -> Sample:
    actor = somebody(role)
    known = meeting_values(MeetingTold.model_validate(told), actor, UNITS, beside, sees_case=True)
    values = {"tools": FRONT_OFFICE, **said_beside(beside), **known}
    return Sample("desk/meeting.html", values, actor, "/desk/meetings/x")


def _list(lines: list[dict[str, Any]], *, of_case: bool, beside: Beside = Beside()) -> Sample:
    actor, shown = somebody(Role.DISPATCHER), case() if of_case else None
    told = list_values(lines, shown, day_of(NOW).isoformat())
    known = {**told, **form_values(actor, UNITS, shown)}
    values = {"tools": FRONT_OFFICE, **said_beside(beside), **known}
    return Sample("desk/meetings.html", values, actor, "/desk/meetings", NODE)


WRONG_CALL = Beside(
    "convene",
    {"topic": "路灯", "unit": ["ZJJ"], "other_kind": ["company"], "other_name": ["恒通建设"]},
    errors={
        "starts_at": "请选现在以后、60 天以内的时间。",
        "unit": "除了召集人，至少要有两个参加方。",
    },
    status=422,
)
WRONG_ROUND = Beside(
    "rounds",
    {"said": "各说各的", "seen-p1": "present"},
    errors={"seen": "还有参加方没有写到会还是缺席，请每一个都选。", "result": "请选择一项。"},
    status=422,
)
WRONG_MINUTES = Beside(
    "minutes",
    {"conclusion": "移交"},
    errors={"duties": "每项分工写一个时限：几个工作日，或者哪一天以前。请补上或去掉一个。"},
    duties=[
        dict.fromkeys(("duty_company", "duty_days", "duty_due"), "")
        | {"duty_unit": "ZJJ", "duty_words": "移交资料"}
    ],
    status=422,
)
ASKED = {
    "starts_at": NOW + timedelta(days=2),
    "place_masked": "县政务服务中心三楼 301 会议室",
    "bring_masked": "购房合同\n物业缴费单",
}
FOLLOWED = {**BY_CODE, "case": seen(meetings=[ASKED])}
MEETING_SAMPLES = {
    "follow_meeting": Sample("citizen/follow_case.html", FOLLOWED, path="/follow/case"),
    "desk_meetings": _list([LINE, LATER, SETTLED], of_case=False),
    "desk_meetings_none": _list([], of_case=False),
    "desk_meetings_of_case": _list([], of_case=True, beside=WRONG_CALL),
    "desk_meeting": _one(OPEN),
    "desk_meeting_wrong": _one(OPEN, WRONG_ROUND),
    "desk_meeting_drafted": _one(DRAFTED, Beside(note="纪要草稿已保存。")),
    "desk_meeting_minutes_wrong": _one(DRAFTED, WRONG_MINUTES),
    "desk_meeting_read": _one(OPEN | {"is_convenor": False}, role=Role.INSPECTOR),
}
