"""Pages of an order's life, and of a case whose unit is disputed, with sample data."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.portal.pages.follow import Beside
from shared.security.actor import Role
from tests.browser.facts import BY_CODE, DISPATCHER, NOBODY, NOW, UNIT, case, desk, officer, seen
from tests.browser.sample import Sample

MATERIALS = "户口本原件\n原单位的注销证明（工商档案也可以）"
ORDER = case().orders[0]
WAITING = case(
    orders=(
        replace(
            ORDER,
            sign_by=NOW - timedelta(days=1),
            forced_at=NOW - timedelta(days=1),
            materials_id=UUID(int=31),
            materials_by=NOW + timedelta(days=3),
            materials_masked=MATERIALS,
        ),
    )
)
PLEADED = case(
    orders=(
        replace(
            ORDER,
            extension_id=UUID(int=32),
            extension_at=NOW,
            extension_days=3,
            extension_because="原单位档案在外地，调档要三天",
        ),
    ),
)
DISPUTED = case(
    status="pooled",
    pool_reason="arbitration",
    unit_code=None,
    unit_name=None,
    order_id=None,
    arbitration_id=UUID(int=33),
    arbitrating_at=NOW - timedelta(hours=3),
    searcher=DISPATCHER.id,
)
TRACKED = case(
    status="tracking",
    custody_kind="tracking",
    custody_due_at=NOW + timedelta(days=7),
    citizen_lamp=None,
    citizen_on_time=True,
    orders=(
        replace(
            ORDER,
            state="tracking",
            tracked_at=NOW,
            tracking_serial=3,
            tracking_on=(NOW + timedelta(days=7)).date(),
            tracking_masked="原单位的档案在外地，已经发函，对方答复下月调出来。",
            tracking_ground="《社会保险法》第五十八条",
        ),
    ),
)
AT_THE_CAP = replace(
    TRACKED, orders=tuple(replace(order, consent_at=NOW) for order in TRACKED.orders)
)
EXPLAINED = {
    "unit_name": "舒城县人力资源和社会保障局",
    "explanation_masked": "原单位的档案在外地，已经发函，对方答复下月调出来。"
    "调到以后马上给您补登记。",
    "ground_masked": "《社会保险法》第五十八条",
    "at": NOW,
    "next_on": (NOW + timedelta(days=7)).date(),
}
SUPERVISOR = officer(Role.SUPERVISOR)
WANTED = {
    "request_id": UUID(int=31),
    "unit_name": "舒城县人力资源和社会保障局",
    "materials_masked": MATERIALS,
    "answer_by": NOW + timedelta(days=3),
}
EXPERT = officer(Role.LEGAL_EXPERT)

LIFE_SAMPLES = {
    "desk_materials": Sample("desk/desk.html", desk(UNIT, WAITING), UNIT, "/desk"),
    "desk_asking": Sample(
        "desk/desk.html",
        desk(
            UNIT,
            case(status="contacted"),
            values={"act": "ask_materials", "materials": MATERIALS},
            errors={"answer_by": "请选最晚哪天。"},
        ),
        UNIT,
        "/desk",
    ),
    "desk_extension": Sample("desk/desk.html", desk(DISPATCHER, PLEADED), DISPATCHER, "/desk"),
    "desk_tracking": Sample(
        "desk/desk.html",
        desk(
            UNIT,
            TRACKED,
            values={"act": "track", "explanation": "还在等档案", "next_on": "2030-01-05"},
            errors={"next_on": "这一天放假，请选一个工作日。"},
        ),
        UNIT,
        "/desk",
    ),
    "desk_consent": Sample("desk/desk.html", desk(SUPERVISOR, AT_THE_CAP), SUPERVISOR, "/desk"),
    "follow_tracking": Sample(
        "citizen/follow_case.html",
        {"case": seen(status="tracking", tracking=EXPLAINED), **BY_CODE},
        NOBODY,
        "/follow/case",
    ),
    "desk_dispute": Sample(
        "desk/desk.html", desk(DISPATCHER, DISPUTED, searches=True), DISPATCHER, "/desk"
    ),
    "desk_expert": Sample("desk/desk.html", desk(EXPERT, DISPUTED), EXPERT, "/desk"),
    "follow_wanted": Sample(
        "citizen/follow_case.html",
        {"case": seen(wanted=[WANTED]), **BY_CODE},
        NOBODY,
        "/follow/case",
    ),
    "follow_wanted_twice": Sample(
        "citizen/follow_case.html",
        {
            "case": seen(wanted=[WANTED, {**WANTED, "request_id": UUID(int=34)}]),
            "beside": Beside(UUID(int=34), {"text": "注销证明丢了"}, {"text": "最多 2000 个字。"}),
            **BY_CODE,
        },
        NOBODY,
        "/follow/case",
    ),
}
