"""What parties outside see by their link, and the desk's pages about them, with sample data."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.portal.pages import outside_desk, parties
from services.portal.pages.files import ACCEPTED
from services.portal.pages.outside import OwnQuestion, SentFile, ShownFile
from services.portal.pages.outside_desk import Asked, OpenQuestion
from services.portal.pages.parties import Party
from services.portal.pages.words import PARTY_KINDS
from services.portal.repository import Step
from shared.security.actor import Role
from tests.browser.facts import NOW, UNIT, case, officer
from tests.browser.facts import TOOLS as HEAD
from tests.browser.facts import desk as desk_of
from tests.browser.sample import Sample

ADMINISTRATOR = officer(Role.SYSTEM_ADMINISTRATOR)
TOOLS = HEAD | {"outside": True}
DAY = timedelta(days=1)
TEXT = (
    "城关镇桃溪路 12 号的水表，请问：\n1. 是不是贵公司装的，哪天装的？\n"
    "2. 今年三月以后为什么停水，什么时候恢复？"
)
QUESTION = OwnQuestion(
    party_name="舒城县供水有限责任公司",
    unit_name="舒城县住房和城乡建设局",
    unit_phone="0564-8621234",
    node_name="舒城县政务服务中心",
    title="小区停水三周，物业和供水公司互相推",
    text=TEXT,
    asked_at=NOW - 2 * DAY,
    answer_by=NOW + 12 * DAY,
    ended_at=None,
    how=None,
    answer="",
    files=[],
    most_files=9,
    most_bytes=10_000_000,
)
FILES = [
    SentFile(
        file_id=UUID(int=1), name="安装记录第十二号存档扫描件.pdf", kind="pdf", bytes=812_000
    ),
    SentFile(file_id=UUID(int=2), name="现场.jpg", kind="jpg", bytes=2_300_000),
]
SHOWN = [ShownFile(file_id=UUID(int=3), kind="jpg", bytes=1_200_000)]
NOTHING: dict[str, Any] = {"values": {}, "errors": {}, "told": ""}
OPEN = {"closed": False, "wants_code": False, "hint": "", "code": "", "link": ""}


def own(question: OwnQuestion, **more: Any) -> dict[str, Any]:
    return {"question": question, "shown": SHOWN, "accepted": ACCEPTED, **NOTHING, **more}


def asked(**changed: Any) -> Asked:
    told: dict[str, Any] = {"question_id": UUID(int=9), "party_id": UUID(int=8)}
    told |= {"party_name": QUESTION.party_name, "asked_at": NOW - 2 * DAY, "text_masked": TEXT}
    told |= {"answer_by": NOW + 12 * DAY, "shown_files": 1, "sent_files": 0, "with_code": True}
    told |= {"code_is_dead": False, "links_sent": 1, "link_sent_at": NOW, "opened_at": NOW}
    told |= {"reminded_at": None, "ended_at": None, "how": None, "answer_masked": None}
    return Asked(**{**told, "end_note_masked": None, "lamp": "green", **changed})


ANSWERED = asked(
    question_id=UUID(int=10),
    ended_at=NOW,
    how="answered",
    answer_masked="水表是我公司 2024 年装的。停水因主管破裂，3 月 6 日恢复。联系 139****1234。",
    sent_files=2,
    lamp=None,
    with_code=False,
)
OVERDUE = asked(
    question_id=UUID(int=11),
    party_name="国网舒城县供电公司",
    answer_by=NOW - DAY,
    lamp="red",
    links_sent=2,
    opened_at=None,
    reminded_at=NOW - 2 * DAY,
    code_is_dead=True,
)


def desk(**more: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"tools": TOOLS, "case": case(), "asked": [OVERDUE, asked(), ANSWERED]}
    told |= {"asks": True, "renews": True, "opens": True, "key": "k"}
    told |= {"parties": [("p1", QUESTION.party_name)], "files": [("f1", "1 · JPG · 1.2 MB")]}
    told |= {"purposes": [("", [("核实情况", "核实情况")])]}
    return {**told, "beside": outside_desk.Beside(), **more}


READ = outside_desk.Beside(
    "read",
    str(ANSWERED.question_id),
    read={
        "text": "水表是我公司装的，电话 13905641234",
        "files": [{"file_id": "1", "name": "记录.pdf", "kind": "pdf", "size": "812 KB"}],
        "purpose": "核实情况",
    },
)
WRONG = outside_desk.Beside(
    "ask",
    "",
    {"text": "", "files": ["f1"], "with_code": "yes"},
    {"party_id": "请选问哪个单位。", "text": "请写想了解什么。"},
    status=422,
)
CODE = outside_desk.Beside("ask", note=outside_desk.DONE["ask"], code="407193")
LINES = [
    OpenQuestion(
        number="BCS-341523-20260302-00017-K",
        unit_name="舒城县住房和城乡建设局",
        party_name=each.party_name,
        asked_at=each.asked_at,
        answer_by=each.answer_by,
        opened_at=each.opened_at,
        lamp=each.lamp or "green",
    )
    for each in (OVERDUE, asked())
]
REGISTER = [
    Party(
        party_id=UUID(int=8),
        name=QUESTION.party_name,
        kind="company",
        masked_contact="赵**",
        masked_phone="139****1234",
        valid_from=date(2026, 1, 1),
        valid_until=None,
        in_use=True,
    ),
    Party(
        party_id=UUID(int=7),
        name="国家税务总局舒城县税务局",
        kind="vertical",
        masked_contact="钱*",
        masked_phone="138****0001",
        valid_from=date(2025, 1, 1),
        valid_until=date(2025, 12, 31),
        in_use=False,
    ),
]


def register(beside: parties.Beside, *known: Party) -> dict[str, Any]:
    kinds = list(PARTY_KINDS.items())
    told = {"tools": TOOLS, "parties": list(known), "kinds": kinds, "key": "k"}
    return {**told, "beside": beside}


BAD_PARTY = parties.Beside(
    "", {"name": "座机公司", "kind": "company"}, {"phone": "请填能收短信的手机号。"}, status=422
)

ABOUT = {
    "order_id": str(case().order_id),
    "unit_code": "RSJ",
    "unit_name": QUESTION.unit_name,
    "by": {"kind": "staff"},
}
ENDED = {"question_id": "1", "party_name": QUESTION.party_name, "how": "answered", "files": 2}


def fact(nth: int, name: str, **told: Any) -> Step:
    at = NOW - (9 - nth) * DAY
    return Step(id=UUID(int=900 + nth), at=at, node=None, name=name, params=ABOUT | told)


def asking(nth: int, who: str, days: int) -> Step:
    told = {"question_id": str(nth), "party_name": who, "question_masked": TEXT}
    until = (NOW + days * DAY).isoformat()
    return fact(nth, "dispatch.outside_asked.v1", answer_by=until, **told)


STEPS = (
    asking(1, QUESTION.party_name, 12),
    asking(2, OVERDUE.party_name, -1),
    fact(3, "dispatch.outside_ended.v1", text_masked=ANSWERED.answer_masked, **ENDED),
)
ASKING = case(timeline=(*case().timeline, *STEPS))

OUTSIDE_SAMPLES = {
    "desk_outside_case": Sample("desk/desk.html", desk_of(UNIT, ASKING), UNIT, "/desk"),
    "outside_open": Sample(
        "citizen/outside_open.html", NOTHING | {"values": OPEN}, path="/outside"
    ),
    "outside_code": Sample(
        "citizen/outside_open.html",
        {
            "values": OPEN | {"wants_code": True, "link": "ACDE"},
            "errors": {"code": "6 位数字不对，请核对后再填。"},
            "told": "",
        },
        path="/outside",
    ),
    "outside_question": Sample("citizen/outside.html", own(QUESTION), path="/outside/question"),
    "outside_files": Sample(
        "citizen/outside.html",
        own(
            QUESTION.model_copy(update={"files": FILES}),
            values={"how": "answered"},
            errors={"text": "请写答复；不归你们管的，请写归谁管。"},
        ),
        path="/outside/answer",
    ),
    "outside_thanks": Sample(
        "citizen/outside.html",
        own(
            QUESTION.model_copy(
                update={"how": "answered", "ended_at": NOW, "answer": TEXT, "files": FILES}
            )
        ),
        path="/outside/question",
    ),
    "desk_outside": Sample("desk/outside.html", desk(), UNIT, "/desk/outside/x"),
    "desk_outside_wrong": Sample("desk/outside.html", desk(beside=WRONG), UNIT, "/desk/outside/x"),
    "desk_outside_read": Sample("desk/outside.html", desk(beside=READ), UNIT, "/desk/outside/x"),
    "desk_outside_code": Sample("desk/outside.html", desk(beside=CODE), UNIT, "/desk/outside/x"),
    "desk_outside_open": Sample(
        "desk/outside_open.html", {"tools": TOOLS, "lines": LINES}, UNIT, "/desk/outside"
    ),
    "desk_outside_none": Sample(
        "desk/outside_open.html", {"tools": TOOLS, "lines": []}, UNIT, "/desk/outside"
    ),
    "admin_parties": Sample(
        "admin/parties.html",
        register(parties.Beside(note="已保存。"), *REGISTER),
        ADMINISTRATOR,
        "/admin/parties",
    ),
    "admin_parties_wrong": Sample(
        "admin/parties.html", register(BAD_PARTY), ADMINISTRATOR, "/admin/parties"
    ),
}
