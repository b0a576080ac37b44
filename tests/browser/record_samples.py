"""The page of what is kept of persons, with sample data."""

from datetime import date, timedelta

from services.portal.pages.beside import Beside
from services.portal.pages.retention import (
    Change,
    Copy,
    Hold,
    Kept,
    Order,
    Orders,
    Records,
    kept_otherwise,
    retention_values,
    rights,
)
from shared.security.actor import Actor, ActorKind, Role
from tests.browser.facts import FRONT, NODE, NOW, NUMBER, SETTINGS, TOOLS, case, desk
from tests.browser.sample import Sample

OFFICE = dict.fromkeys(TOOLS, False) | {"admin": True, "roles": "安全管理员"}
FRONT_OFFICE = dict.fromkeys(TOOLS, True) | {"roles": "窗口负责人"}


def somebody(role: Role) -> Actor:
    return Actor(kind=ActorKind.STAFF, node=NODE.code, id=role, name="李", roles=frozenset({role}))


HOLD = Hold(
    number=NUMBER,
    reason="当事人申请行政复议，复议机关要调卷",
    review_on=date(2026, 9, 1),
    set_name="王负责",
    set_at=NOW - timedelta(days=20),
)
ASKED = Order(
    order_id="0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5a6b",
    kind="erasure",
    number=NUMBER,
    state="asked",
    ground="request",
    requester="person",
    reason="本人来窗口书面要求删除",
    asked_by="head",
    asked_name="王负责",
    asked_at=NOW - timedelta(hours=5),
)
DONE = ASKED.model_copy(
    update={
        "state": "done",
        "decided_name": "赵安全",
        "decided_at": NOW - timedelta(days=4),
        "asked_at": NOW - timedelta(days=5),
        "digest": "9f" * 32,
        "copies": [
            Copy(
                node="341500",
                told_at=NOW - timedelta(days=4),
                done_at=NOW - timedelta(days=4),
                late=False,
            ),
            Copy(node="340000", told_at=NOW - timedelta(days=4), done_at=None, late=True),
        ],
    }
)
CORRECTION = ASKED.model_copy(
    update={
        "order_id": "0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5a6c",
        "kind": "correction",
        "ground": "inaccurate",
        "reason": "本人带身份证来窗口核对",
        "asked_by": "window",
        "asked_name": "李窗口",
        "fields": ["complainant.name", "complainant.phone"],
        "changes": {
            "complainant.name": Change(before="张**", after="章**"),
            "complainant.phone": Change(before="138****6160", after="139****0017"),
        },
    }
)
KEPT = Kept(
    classes=[{"name": "closed", "days": 1825}, {"name": "declined", "days": 730}],
    acknowledge_hours=72,
    holds=[HOLD],
    laggards={"340000": 1},
)
NOBODY_ASKED = {
    **{"number": "", "note": "", "told": "", "beside": Beside()},
    "others": kept_otherwise(SETTINGS),
}
RECORD_SAMPLES = {
    "desk_correction": Sample(
        "desk/desk.html",
        desk(
            FRONT,
            case(agent_masked="王**"),
            values={"act": "correction", "phone": "1380013", "party": "agent"},
            errors={"phone": "这不是一个电话号码。", "reason": "请写为什么要更正。"},
        ),
        FRONT,
        "/desk",
    ),
    "admin_retention": Sample(
        "admin/retention.html",
        {
            **NOBODY_ASKED,
            "tools": OFFICE,
            "can": rights(somebody(Role.SECURITY_ADMINISTRATOR), NODE.code),
            **retention_values(KEPT, Orders(items=[ASKED, DONE], next="abc"), None),
        },
        somebody(Role.SECURITY_ADMINISTRATOR),
        "/admin/retention",
    ),
    "admin_retention_refusing": Sample(
        "admin/retention.html",
        {
            **NOBODY_ASKED,
            "tools": OFFICE,
            "beside": Beside(
                act="refuse",
                values={"order_id": ASKED.order_id},
                errors={"reason": "请写明理由。"},
                status=422,
            ),
            "can": rights(somebody(Role.SECURITY_ADMINISTRATOR), NODE.code),
            **retention_values(KEPT, Orders(items=[ASKED, DONE]), None),
        },
        somebody(Role.SECURITY_ADMINISTRATOR),
        "/admin/retention",
    ),
    "admin_retention_case": Sample(
        "admin/retention.html",
        {
            **NOBODY_ASKED,
            "tools": FRONT_OFFICE,
            "number": NUMBER,
            "beside": Beside(
                act="erase",
                values={"reason": "本人要求"},
                errors={"ground": "请选择。", "requester": "请选择。"},
                status=422,
            ),
            "can": rights(somebody(Role.WINDOW_HEAD), NODE.code),
            **retention_values(KEPT, Orders(), Records(number=NUMBER, orders=[ASKED])),
        },
        somebody(Role.WINDOW_HEAD),
        "/admin/retention",
    ),
    "admin_retention_correct": Sample(
        "admin/retention.html",
        {
            **NOBODY_ASKED,
            "tools": FRONT_OFFICE,
            "number": NUMBER,
            "can": rights(somebody(Role.SUPERVISOR), NODE.code),
            **retention_values(
                KEPT,
                Orders(),
                Records(
                    number=NUMBER,
                    orders=[
                        CORRECTION,
                        DONE.model_copy(
                            update={
                                "kind": "correction",
                                "ground": "inaccurate",
                                "requester": "another_node",
                                "fields": ["title", "agent.phone"],
                            }
                        ),
                    ],
                ),
            ),
        },
        somebody(Role.SUPERVISOR),
        "/admin/retention",
    ),
    "admin_retention_quiet": Sample(
        "admin/retention.html",
        {
            **NOBODY_ASKED,
            "tools": OFFICE,
            "can": rights(somebody(Role.AUDIT_ADMINISTRATOR), NODE.code),
            **retention_values(
                KEPT.model_copy(update={"holds": [], "laggards": {}}), Orders(), None
            ),
        },
        somebody(Role.AUDIT_ADMINISTRATOR),
        "/admin/retention",
    ),
}
