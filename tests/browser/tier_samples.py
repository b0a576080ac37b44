"""The sample pages of what lies between tiers: the county of the other samples, and its city."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.portal.pages.below import below_values
from services.portal.pages.board import board_values
from services.portal.pages.days import days_values
from services.portal.pages.inspection import Inspected, InspectedLink, RefusedOf, inspection_values
from services.portal.pages.links import Entry, Ledger, Link, link_values
from services.portal.pages.lists import Narrowed
from services.portal.pages.words import LAMPS
from services.portal.repository import (
    CaseCard,
    HandOverCard,
    OrderCard,
    SupervisionCard,
    TierNumbers,
)
from shared.events.portal import DayCounted, UnitDay
from shared.http import NodeFacts
from shared.neighbours import Neighbour, Relation
from shared.security.actor import Actor, Role
from tests.browser.board_facts import numbers
from tests.browser.facts import (
    BUREAU,
    BY_CODE,
    CLOCKS,
    NODE,
    NOW,
    ROWS,
    TIMELINE,
    TOOLS,
    case,
    clock,
    desk,
    officer,
    seen,
    told,
)
from tests.browser.sample import Sample

FUND = "六安市住房公积金管理中心"
ABOVE = Neighbour("341500", "六安市政务服务中心", "city", Relation.ABOVE)
COUNTY = replace(NODE, neighbours={ABOVE.code: ABOVE})
CITY = NodeFacts(
    ABOVE.code,
    "city",
    ABOVE.name,
    "http://127.0.0.1:8001",
    {
        "340000": Neighbour("340000", "安徽省政务服务中心", "province", Relation.ABOVE),
        NODE.code: Neighbour(NODE.code, NODE.name, "county", Relation.BELOW),
        "341524": Neighbour("341524", "金寨县政务服务中心", "county", Relation.BELOW),
    },
)
PROVINCE = NodeFacts(
    "340000",
    "province",
    "安徽省政务服务中心",
    "http://127.0.0.1:8000",
    {CITY.code: Neighbour(CITY.code, CITY.name, "city", Relation.BELOW)},
)
SEES = TOOLS | {"below": True, "links": True, "roles": "督办人员"}


def at(node: NodeFacts, *roles: Role) -> Actor:
    return replace(officer(*roles), node=node.code)


DISPATCHER, SUPERVISOR = Role.DISPATCHER, Role.SUPERVISOR
OFFER = UUID(int=101)


def move(epoch: int, kind: str, giver: str, taker: str, **more: Any) -> HandOverCard:
    blank: dict[str, Any] = dict.fromkeys(HandOverCard.__dataclass_fields__)
    about = {"hand_over_id": UUID(int=100 + epoch), "epoch": epoch, "round": 1, "kind": kind}
    about |= {"from_node": giver, "to_node": taker, "state": "open"}
    about |= {"offered_at": NOW - timedelta(hours=5 - epoch)}
    about |= {"because": "要市公积金管理中心出具账户证明，县里没有权限。"}
    return HandOverCard(**blank | about | more)


OFFERED = move(1, "up", NODE.code, CITY.code)
TAKEN = replace(OFFERED, state="accepted", answered_at=NOW - timedelta(hours=3))
ASKED = SupervisionCard(
    supervision_id=UUID(int=201),
    from_node=CITY.code,
    to_node=NODE.code,
    text_masked="已超时一天，请说明卡在哪里，什么时候办好。",
    ordered_at=NOW - timedelta(hours=2),
    answer_by=NOW + timedelta(hours=22),
    answered_from=None,
    answered_at=None,
    answer_masked=None,
)
ANSWERED = replace(
    ASKED,
    supervision_id=UUID(int=200),
    text_masked="请核对是否已经联系本人。",
    reached={CITY.code: (NOW - timedelta(hours=1.9)).isoformat(), NODE.code: NOW.isoformat()},
    read_from=NODE.code,
    read_at=NOW - timedelta(hours=1.5),
    answered_from=NODE.code,
    answered_at=NOW - timedelta(hours=1),
    answer_masked="已经联系上，缺一份参保凭证，明天上午补齐。",
)


def order(number: int, node: str, unit: str, state: str) -> OrderCard:
    blank: dict[str, Any] = dict.fromkeys(OrderCard.__dataclass_fields__)
    held = {"order_id": UUID(int=number), "node": node, "state": state, "round": 1}
    return OrderCard(**blank | held | {"unit_code": "rsj", "unit_name": unit})


MOVED: dict[str, Any] = {
    "status": "dispatched",
    "holder": CITY.code,
    "holder_epoch": 1,
    "unit_name": FUND,
    "unit_node": CITY.code,
    "order_id": UUID(int=9),
    "orders": (
        order(8, NODE.code, BUREAU, "handed_over"),
        order(9, CITY.code, FUND, "dispatched"),
    ),
    "hand_overs": (TAKEN,),
    "custody_kind": "leg",
    "clocks": (
        replace(CLOCKS[0], stopped_at=NOW - timedelta(hours=30), on_time=True),
        replace(CLOCKS[1], stopped_at=NOW - timedelta(hours=3), on_time=True),
        clock("leg", 3, node=CITY.code, order_id=OFFER),
        clock("contact", 2.9, node=CITY.code, order_id=UUID(int=9)),
    ),
    "timeline": (
        *TIMELINE,
        told(4, "dispatch.hand_over_offered.v1", kind="up", to_node=CITY.code, because="要市里办"),
        told(
            2.8,
            "dispatch.hand_over_answered.v1",
            CITY.code,
            kind="up",
            to_node=NODE.code,
            accepted=True,
        ),
        told(2.7, "dispatch.order_dispatched.v1", CITY.code, unit_name=FUND, route="manual"),
        told(2.6, "dispatch.case_handed_over.v1", kind="up", to_node=CITY.code),
    ),
}
AWAY = case(**MOVED, is_open=False, is_away=True, unit_code=None, supervisions=(ANSWERED,))
LEG = case(**MOVED)
INCOMING = case(
    is_ours=False,
    is_open=False,
    is_below=True,
    unit_code=None,
    hand_overs=(OFFERED,),
    incoming_id=OFFER,
    incoming_from=NODE.code,
    incoming_at=OFFERED.offered_at,
    timeline=TIMELINE,
)
SEEN = replace(
    INCOMING,
    incoming_id=None,
    incoming_from=None,
    hand_overs=(),
    lamp="red",
    reported_from=NODE.code,
    reported_at=NOW - timedelta(hours=4),
    reported_because="群众准备到市里反映，先报告。",
    asked_until=ASKED.answer_by,
    supervisions=(ANSWERED, ASKED),
)
WAITING = case(offered_id=OFFER, offered_to=CITY.code, hand_overs=(OFFERED,))
POOLED = case(status="pooled", unit_code=None, unit_name=None, unit_node=None, orders=())
REFUSED = replace(
    OFFERED,
    state="refused",
    answered_at=NOW - timedelta(hours=1),
    refusal_ground="not_our_tier",
    refusal_basis="《六安市政务服务事项权责清单》第 12 条",
    note_masked="账户证明可以由县管理部出具，请按属地办理。",
)
SUPERVISED = case(
    supervised_until=ASKED.answer_by,
    supervisions=(ASKED,),
    hand_overs=(REFUSED,),
    timeline=(
        *TIMELINE,
        told(
            1,
            "review.guidance_given.v1",
            CITY.code,
            to_node=NODE.code,
            text_masked="账户证明可以网上开，见省厅〔2026〕12 号文第 3 条。",
        ),
    ),
)

INCOMING_ROWS = [
    replace(ROWS[1], is_open=False, incoming_from=NODE.code, incoming_at=OFFERED.offered_at),
    replace(ROWS[3], is_open=False, incoming_from="340000", incoming_at=NOW),
]
AWAY_ROWS = [
    replace(row, is_open=False, is_away=True, holder=CITY.code, unit_name=FUND) for row in ROWS[:3]
]
BELOW_ROWS = [replace(row, is_open=False, is_below=True) for row in ROWS]
SUPERVISED_ROWS = [replace(ROWS[1], supervised_until=ASKED.answer_by)]
BELOW_ROWS[0] = replace(BELOW_ROWS[0], asked_until=NOW)
FILTERS = {
    "nodes": [(NODE.code, NODE.name), ("341524", "金寨县政务服务中心")],
    "lamps": list(LAMPS.items()),
}
NUMBERS = [
    TierNumbers(
        code=CITY.code, registered=214, finished=180, open=31, green=22, yellow=6, red=3, offered=2
    ),
    TierNumbers(code="341503", registered=61, finished=59, open=2, green=2),
    TierNumbers(code=NODE.code, registered=480, finished=402, open=74, green=51, yellow=15, red=8),
    TierNumbers(code="341524", registered=95, finished=90, open=5, yellow=1, red=4),
]


def link(peer: Neighbour, state: str, **more: Any) -> Link:
    about: dict[str, Any] = {"peer": peer.code, "name": peer.name, "tier": peer.tier}
    about |= {"relation": peer.relation.value, "state": state}
    about |= {"last_heard_at": None if state == "never" else NOW - timedelta(minutes=1)}
    return Link.model_validate(about | more)


CITY_LINKS = [
    link(CITY.neighbours["340000"], "up"),
    link(
        CITY.neighbours[NODE.code],
        "down",
        last_heard_at=NOW - timedelta(days=2),
        unsent=312,
        unreceipted=316,
        oldest_at=NOW - timedelta(days=2),
        refused=1,
    ),
    link(CITY.neighbours["341524"], "quiet", last_heard_at=NOW - timedelta(hours=3), held=2),
    link(replace(CITY.neighbours["341524"], code="341525", name="霍山县政务服务中心"), "never"),
]


CITY_LEDGERS = [
    Ledger(peer="340000", compared_at=NOW - timedelta(hours=7)),
    Ledger(
        peer=NODE.code,
        compared_at=NOW - timedelta(days=2),
        count=1,
        differences=[
            Entry(
                number="BCS-341523-20300102-00017-4", holder_here="341500", holder_there="341523"
            )
        ],
    ),
]


def counted(node: str, back: int, registered: int) -> DayCounted:
    return DayCounted(
        occurred_at=NOW,
        node=node,
        day=NOW.date() - timedelta(days=back),
        registered=registered,
        dispatched=registered,
        finished=registered - 1,
        on_time=registered - 2,
        late=1,
        withdrawn=back % 3,
        lamps={"green": 31, "yellow": 6, "red": 3},
        evaluations={"5": 12, "4": 7, "1": None},
        units=(
            UnitDay(code="a", title="不动产登记中心", dispatched=9, finished=7, late=0),
            UnitDay(code="b", title=BUREAU, dispatched=4, finished=None, late=None),
        ),
    )


TOLD_DAYS = [counted(NODE.code, back, 9 + back) for back in (1, 2, 3, 5, 6, 7)]
TOLD_DAYS += [counted(CITY.code, back, 20 - back) for back in range(1, 8)]
LAST_DAYS = {NODE.code: TOLD_DAYS[0].day, CITY.code: TOLD_DAYS[0].day, "341524": NOW.date()}
DAYS = days_values(TOLD_DAYS, LAST_DAYS, PROVINCE, NOW.date())


PRINT = "3f1c0a9b 7d5e2c48 91b6f00d 5a7c33e1"
REFUSALS = RefusedOf.model_validate(
    {
        "by_reason": {"signature": 1, "not_theirs": 3},
        "latest": [
            {"reason": "signature", "digest": "66c7f0f462eeedd9d1f2", "at": NOW},
            {"reason": "not_theirs", "digest": "d1f2d46bdc10e4e24167", "at": NOW},
        ],
    }
)


def inspected(told: Link, **more: Any) -> InspectedLink:
    return InspectedLink.model_validate(told.model_dump() | {"fingerprint": PRINT} | more)


INSPECTED = Inspected(
    fingerprint=PRINT,
    next_fingerprint=PRINT[::-1],
    next_since=NOW,
    links=[
        inspected(
            CITY_LINKS[0],
            last_sent_at=NOW,
            disclosure="assist",
            disclosed_since=NOW,
            believed_beside=[PRINT[::-1]],
            knows_next_since=NOW,
        ),
        inspected(CITY_LINKS[1], refused_of=REFUSALS, restored_at=NOW, they_restored_at=NOW),
        inspected(CITY_LINKS[2], first_missing=881, gap_since=NOW - timedelta(hours=2)),
        inspected(CITY_LINKS[3]),
    ],
    unknown=REFUSALS,
)


def room(values: Mapping[str, Any], node: NodeFacts) -> Sample:
    shown = {"tools": SEES | {"admin": True}, **values}
    return Sample("admin/links.html", shown, at(node, Role.OPERATOR), "/admin/links", node)


def bench(node: NodeFacts, role: Role, key: str, chosen: CaseCard | None, **more: Any) -> Sample:
    actor = at(node, role)
    shown = desk(actor, chosen, node, key, tools=SEES, **more)
    return Sample("desk/desk.html", shown, actor, "/desk", node)


def wide(template: str, values: Mapping[str, Any], node: NodeFacts) -> Sample:
    shown = {"tools": SEES, **values}
    return Sample(f"desk/{template}.html", shown, at(node, SUPERVISOR), f"/desk/{template}", node)


TIER_SAMPLES: Mapping[str, Sample] = {
    "tier_incoming": bench(CITY, DISPATCHER, "incoming", INCOMING, rows=INCOMING_ROWS),
    "tier_refuse": bench(
        CITY,
        DISPATCHER,
        "incoming",
        INCOMING,
        rows=INCOMING_ROWS,
        values={"act": "refuse", "ground": "not_our_tier"},
        errors={"legal_basis": "请写依据。"},
    ),
    "tier_incoming_empty": bench(CITY, DISPATCHER, "incoming", None, rows=[]),
    "tier_hand_over": bench(
        COUNTY, DISPATCHER, "pool", POOLED, values={"act": "hand_over", "to_node": CITY.code}
    ),
    "tier_offered": bench(COUNTY, DISPATCHER, "open", WAITING),
    "tier_away": bench(COUNTY, DISPATCHER, "away", AWAY, rows=AWAY_ROWS),
    "tier_leg": bench(CITY, DISPATCHER, "open", LEG, values={"act": "give_back"}),
    "tier_below_list": bench(
        CITY,
        SUPERVISOR,
        "below",
        SEEN,
        rows=BELOW_ROWS,
        filters=FILTERS,
        by=Narrowed(node=NODE.code),
        values={"act": "supervise"},
    ),
    "tier_supervised": bench(COUNTY, SUPERVISOR, "supervised", SUPERVISED, rows=SUPERVISED_ROWS),
    "tier_below": wide("below", below_values(NUMBERS, PROVINCE) | DAYS, PROVINCE),
    "tier_board": Sample("board.html", board_values(numbers()) | DAYS, path="/board"),
    "tier_below_silent": wide("below", below_values([], CITY), CITY),
    "tier_below_none": wide("below", below_values([], COUNTY), COUNTY),
    "tier_links": wide("links", link_values(CITY_LINKS, CITY_LEDGERS), CITY),
    "admin_links": room(inspection_values(INSPECTED, NOW), CITY),
    "admin_links_none": room(inspection_values(Inspected(fingerprint=PRINT), NOW), NODE),
    "tier_links_none": wide("links", link_values([]), NODE),
    "follow_away": Sample(
        "citizen/follow_case.html",
        {
            **BY_CODE,
            "case": seen(
                status="handed_over",
                holder={"name": FUND, "phone": "0564-3331234", "node_name": CITY.name},
            ),
        },
    ),
}
