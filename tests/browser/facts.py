"""The facts of the sample pages: one node, its staff, some cases as several doors tell them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.portal.pages.answer_forms import ENDINGS
from services.portal.pages.calling import Holder
from services.portal.pages.case_values import shown_of
from services.portal.pages.desk import Sought, addresses
from services.portal.pages.draft import Draft
from services.portal.pages.forms import Form
from services.portal.pages.lists import Narrowed, views_of
from services.portal.pages.messages import Message
from services.portal.pages.next_steps import next_steps
from services.portal.pages.person_acts import PERSON_CHANNELS
from services.portal.pages.places import places
from services.portal.pages.seen import SeenCase
from services.portal.pages.words import CHANNELS, PERSON_PURPOSES
from services.portal.repository import (
    CaseCard,
    ClockCard,
    ListedCase,
    OrderCard,
    Step,
)
from services.portal.settings import Settings
from shared.http import NodeFacts
from shared.security.actor import Actor, ActorKind, Role, anonymous
from tests.browser.channel_samples import FORMS

NODE = NodeFacts("341523", "county", "舒城县政务服务中心", "http://127.0.0.1:8002")
SETTINGS = Settings(window_address="舒城县梅河路 88 号 政务服务中心一楼（周一至周五 8:30–17:30）")
NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
NUMBER = "BCS-341523-20260303-00017-K"
BY_CODE: dict[str, Any] = {
    **{"can_renew": False, "others": 0, "told": ""},
    **{"key": "0" * 32, "done": ""},
}
"""How a case stands open that was opened by its query code."""
HOLDER = Holder(NUMBER, "K7MQ4XRT9D")
TITLE = "养老保险关系转移跑了四趟还没办成"
TEXT = (
    "我在外地打工十几年，去年回来想把养老保险转回县里。第一次去说缺参保凭证，第二次带来了凭证说要原单位盖章，"
    "原单位早就没有了。窗口让我去找原来的社保局，那边又说应该由这边办。来回跑了四趟，还没有办成。"
)


def officer(*roles: Role, unit: str | None = None) -> Actor:
    return Actor(
        kind=ActorKind.STAFF,
        node=NODE.code,
        id="wang",
        name="王芳",
        unit=unit,
        roles=frozenset(roles),
    )


NOBODY = anonymous(NODE.code)
FRONT = officer(Role.WINDOW_OFFICER)
DISPATCHER = officer(Role.DISPATCHER)
UNIT = officer(Role.DISPOSAL_OFFICER, unit="rsj")


def seen(**changes: Any) -> SeenCase:
    told: dict[str, Any] = {
        "number": NUMBER,
        "status": "contacted",
        "title_masked": TITLE,
        "registered_at": NOW - timedelta(days=2),
        "lamp": "green",
        "promise": {"due_at": datetime(2026, 3, 9, 9, 30, tzinfo=UTC), "provisional": False},
        "holder": {"code": "rsj", "name": "舒城县人力资源和社会保障局", "phone": "0564-8621234"},
        "result": None,
        "decline": None,
        "timeline": [
            {"at": NOW - timedelta(days=2), "text": f"您的反映已登记，编号 {NUMBER}。"},
            {"at": NOW - timedelta(days=2), "text": "已受理，承诺时限开始计算。"},
            {
                "at": NOW - timedelta(days=1, hours=23),
                "text": "已派给舒城县人力资源和社会保障局办理。",
            },
            {"at": NOW - timedelta(days=1, hours=4), "text": "舒城县人力资源和社会保障局已签收。"},
            {
                "at": NOW - timedelta(hours=20),
                "text": "舒城县人力资源和社会保障局已与您联系（电话）。",
            },
        ],
        "next": "承办单位正在办理，办结后会告诉您结果。",
        "urge": {"can": True, "urges": 0, "next_at": None},
        "withdrawal": {"can": True, "take_back_by": NOW + timedelta(days=7)},
        "contact": {"party": "complainant", "masked_phone": "138****6160"},
        "can_rate": False,
        "rated": None,
    }
    return SeenCase.model_validate(told | changes)


RESULT = {
    "outcome": "done",
    "answer_masked": "您的养老保险关系已经转入，合计 14 年 7 个月。有问题请打 0564-8621234。",
    "at": NOW - timedelta(hours=2),
}
DECLINED = {
    "reason": "litigation",
    "legal_basis": "《安徽省政务服务“办不成事”反映窗口工作规范》第八条",
    "explanation": "您反映的房屋纠纷县人民法院已经立案，要由法院来判。我们不能替法院作决定。",
    "guide_to": "舒城县人民法院立案庭，电话 0564-8661234",
}


def draft(**typed: str) -> dict[str, str]:
    told = {"text": TEXT, "spot": "城关镇便民服务中心 3 号窗口", "attempts": "4"}
    told |= {"name": "李桂兰", "phone": "13805640017", "key": "0" * 32, "item": "SB-02"}
    return dict(Draft.of(Form(told | typed), NODE.code).values)


REGISTERS = ("首次", "转移", "变更", "注销", "抵押", "查封", "更正", "异议")
ITEMS = [
    (
        "舒城县人力资源和社会保障局",
        [("SB-01", "社会保障卡补办"), ("SB-02", "养老保险关系转移接续")],
    ),
    (
        "舒城县自然资源和规划局",
        [(f"BDC-{n:02d}", f"不动产{kind}登记") for n, kind in enumerate(REGISTERS)],
    ),
]


UNITS = [("RSJ", "舒城县人力资源和社会保障局"), ("ZRZYJ", "舒城县自然资源和规划局")]


def step(at: str, number: int, **more: Any) -> dict[str, Any]:
    names = ("what", "where", "who", "review", "send")
    return {
        "at": at,
        "step": number,
        "back": names[number - 2] if number > 1 else None,
        "forward": names[number],
        "values": draft(),
        "carried": ["text"],
        "errors": {},
        "told": "",
        "similar": [],
        **more,
    }


def case(**changes: Any) -> CaseCard:
    told: dict[str, Any] = dict.fromkeys(
        name for name in CaseCard.__dataclass_fields__ if name not in BESIDE
    )
    blank: dict[str, Any] = dict.fromkeys(OrderCard.__dataclass_fields__)
    held = {"order_id": UUID(int=8), "state": "signed", "unit_code": "rsj", "round": 1}
    held |= {"node": NODE.code, "unit_name": BUREAU}
    order = OrderCard(**blank | held)
    told |= {
        "case_id": UUID(int=1),
        "number": NUMBER,
        "title_masked": TITLE,
        "text_masked": TEXT,
        "channel": "window",
        "region": "341523",
        "item_name": "养老保险关系转移接续",
        "complexity": "ordinary",
        "attempts": 4,
        "party_kind": "person",
        "person_masked": "李**",
        "phone_masked": "138****0017",
        "status": "signed",
        **dict.fromkeys(("is_away", "is_below"), False),
        **dict.fromkeys(("is_open", "is_ours"), True),
        **dict.fromkeys(("origin", "holder", "unit_node"), NODE.code),
        "round": 1,
        "registered_at": NOW - timedelta(days=2),
        "accepted_at": NOW - timedelta(days=2),
        "order_id": order.order_id,
        "unit_code": "rsj",
        "unit_name": "舒城县人力资源和社会保障局",
        "citizen_lamp": "green",
        "citizen_due_at": NOW + timedelta(days=4, hours=7),
        "citizen_provisional": False,
        "custody_kind": "contact",
        "custody_lamp": "yellow",
        "custody_due_at": NOW + timedelta(hours=7),
        "lamp": "yellow",
        "next_due_at": NOW + timedelta(hours=7),
        "orders": (order,),
        "clocks": CLOCKS,
        "timeline": TIMELINE,
    }
    return CaseCard(**told | changes)


BESIDE = ("orders", "clocks", "timeline", "evaluations", "hand_overs", "supervisions", "parts")


def clock(kind: str, hours: float, **more: Any) -> ClockCard:
    blank: dict[str, Any] = dict.fromkeys(ClockCard.__dataclass_fields__)
    told = {"clock_id": UUID(int=int(hours * 10)), "kind": kind, "node": NODE.code}
    told |= {"started_at": NOW - timedelta(hours=hours), "due_at": NOW + timedelta(hours=7)}
    return ClockCard(**blank | told | {"lamp": "green", "order_id": UUID(int=8)} | more)


def told(hours: float, name: str, node: str = "341523", **params: Any) -> Step:
    at = NOW - timedelta(hours=hours)
    return Step(id=UUID(int=int(hours * 10)), at=at, node=node, name=name, params=params)


BUREAU = "舒城县人力资源和社会保障局"
CLOCKS = (clock("contact", 49, lamp="yellow"), clock("resolve", 48))
TIMELINE = (
    told(50, "intake.case_registered.v1", channel="window"),
    told(49.9, "intake.case_accepted.v1", complexity="ordinary"),
    told(49.8, "sla.clock_started.v1", kind="citizen", due_at="2026-03-09T09:30:00+00:00"),
    told(
        49.7,
        "dispatch.order_dispatched.v1",
        unit_name=BUREAU,
        route="item",
        because="事项“养老保险关系转移接续”由该单位承办",
    ),
    told(20, "sla.lamp_changed.v1", kind="contact", lamp="yellow"),
    told(3, "dispatch.order_signed.v1", unit_name=BUREAU),
)


def row(number: int, title: str, status: str, lamp: str | None, hours: float) -> ListedCase:
    told: dict[str, Any] = dict.fromkeys(ListedCase.__dataclass_fields__)
    told |= {
        "case_id": UUID(int=number),
        "number": NUMBER if number == 1 else f"BCS-341523-20260304-{number:05d}-X",
        "title_masked": title,
        "channel": "window",
        "region": "341523",
        "status": status,
        "round": 1,
        "is_open": True,
        **dict.fromkeys(("is_away", "is_below"), False),
        "holder": NODE.code,
        "registered_at": NOW - timedelta(days=1),
        "unit_name": "县人社局" if number % 2 else "县自然资源和规划局",
        "lamp": lamp,
        "next_due_at": NOW + timedelta(hours=hours) if lamp else None,
        "sort_at": NOW,
    }
    return ListedCase(**told)


ROWS = [
    row(7, "农村宅基地翻建审批三个月没有答复", "contacted", "red", -26),
    row(1, TITLE, "signed", "yellow", 7),
    row(3, "个体户变更经营范围，窗口和后台说法不一样，要求重新交材料", "dispatched", "yellow", 20),
    row(4, "不动产首次登记要求提供二十年前的盖章材料", "contacted", "green", 50),
    row(5, "医保异地就医备案在手机上一直提交不了", "signed", "green", 74),
    row(6, "新生儿出生一件事办到一半退回", "accepted", None, 0),
]
TOOLS = {
    **dict.fromkeys(("register", "messages", "lists", "rota", "dispatches", "snippets"), True),
    **dict.fromkeys(("below", "links", "admin", "exports", "library", "leads"), False),
    **dict.fromkeys(("meetings", "outside", "causes", "wall"), False),
    **dict.fromkeys(("meetings", "outside", "causes", "appeals", "benchmarks"), False),
    "roles": "窗口人员",
}


def desk(
    actor: Actor, chosen: CaseCard | None, node: NodeFacts = NODE, key: str = "", **more: Any
) -> dict[str, Any]:
    views = views_of(actor, node)
    view = next((each for each in views if each.key == key), views[-1])
    shown: dict[str, Any] = {
        "views": views,
        "view": view,
        "tools": TOOLS,
        "key": "0" * 32,
        "by": Narrowed(),
        "filters": None,
        "owed": {},
        "behind": "",
        "news": frozenset(),
        "reached_by": PERSON_CHANNELS,
        "my_part": None,
        **addresses(view, Sought()),
        "rows": ROWS,
        "more": None,
        "case": chosen,
        "waiting": None,
        "note": "",
        "values": {"act": ""},
        "elsewhere": (),
        "errors": {},
        "told": "",
        "finds": True,
        "term": "",
        "by_words": "",
        "of_person": False,
        "sealing_away": False,
        "revealed": None,
        "purposes": [(purpose, purpose) for purpose in PERSON_PURPOSES],
    }
    if chosen is not None:
        shown |= {
            **shown_of(chosen, node),
            "steps": next_steps(actor, chosen, node),
            "units": [("rsj", BUREAU)],
            "accounts": [("zhangwei", "张伟（zhangwei）"), ("li-07", "李静（li-07）")],
            "items": [("", ITEMS[0][1])],
        }
    return shown | more


def message(purpose: str, text: str, hours: float) -> Message:
    at = NOW - timedelta(hours=hours)
    return Message(
        number=NUMBER,
        purpose=purpose,
        state="delivered",
        masked_phone="138****0017",
        queued_at=at,
        ended_at=at,
        text=text,
    )


MESSAGES = [
    message(
        "dispatched", f"【舒城县政务服务中心】您反映的事已交{BUREAU}办理，工作人员会联系您。", 49
    ),
    message("receipt", f"【舒城县政务服务中心】已登记，编号 {NUMBER}，查询码 K7MQ4XRT9D。", 50),
]

NEW = {
    "values": {
        **dict.fromkeys(
            ("title", "spot", "id_kind", "id_number", "address", "agent_name", "agent_phone"), ""
        ),
        **draft(),
        "channel": "window",
        "window.hall": "县政务服务中心",
    },
    "forms": FORMS,
    **{"callers": ROWS[:2], "before": ROWS[-1:], "caller_told": ""},
    "errors": {},
    "told": "",
    "similar": [],
    "may_count": True,
    **{"may_answer": True, "endings": ENDINGS},
    "channels": [(code, CHANNELS[code]) for code in ("window", "hotline", "video", "grid")],
    "items": ITEMS,
    "units": UNITS,
    "places": places(NODE.code),
    "tools": TOOLS,
}
BAD = {"name": "请填怎么称呼您。", "phone": "电话号码不对，请核对：手机号 11 位，座机要带区号。"}
SHOWN = {
    "title": TITLE,
    "item": "养老保险关系转移接续",
    "region": "安徽省六安市舒城县",
    "against": None,
}
EMPTY_FOLLOW = {"values": {"number": "", "code": ""}, "errors": {}, "told": ""}
RATE = {"key": "0" * 32, "level": 2, "solved": "", "text": "", "reasons": ["209"]}
REVEALED = {
    "answers": ["身份证是 3415231980，原件带去了"],
    "complained_of": ["王大力"],
    "channel_fields": {"hall": "县政务服务中心", "materials_complete": True},
    "name": "李桂兰",
    "phone": "+8613805640017",
    "id_number": None,
    "address": "舒城县城关镇",
    "title": TITLE,
    "text": TEXT,
}
