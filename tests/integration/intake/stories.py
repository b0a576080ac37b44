"""Facts and reports from which the tests of intake make their cases."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection

from services.intake import handlers
from services.intake.handlers import Caller, Party, Registered, Report
from services.intake.policy.appeals import AppealTerms
from shared.clock import new_id
from shared.events.base import CaseEvent
from shared.events.dispatch import (
    CaseHandedOver,
    ItemListed,
    OrderDispatched,
    Route,
    UnitListed,
)
from shared.events.link import CaseReceived, FactRelayed
from shared.events.sealed import PartyKind, PartyRole
from shared.events.words import By, Channel, Complexity, HandOverKind
from shared.outbox import said
from shared.security.actor import Actor, ActorKind, Role, anonymous
from shared.security.numbers import case_number
from shared.security.parties import sealed_party
from shared.security.sealing import NodeKeys
from shared.security.vault import create_key
from tests.integration.relaying import relayed_by

NODE = "341523"
CITY = "341500"
NINE = datetime(2030, 1, 2, 1, tzinfo=UTC)
BY = By(kind="staff", role="dispatcher", unit="341523-zwfw")
TERMS = AppealTerms(within=timedelta(days=30), decided_within=timedelta(days=5))
SOMEBODY = Caller(anonymous(NODE), NINE)
OFFICER = Caller(
    Actor(
        kind=ActorKind.STAFF,
        node=NODE,
        id="chuangkou",
        name="李窗口",
        unit="341523-zwfw",
        roles=frozenset({Role.WINDOW_OFFICER}),
    ),
    NINE,
)


def report(**changed: object) -> Report:
    told: dict[str, object] = {
        "region": NODE,
        "channel": Channel.WEB,
        "reporter": Party(
            kind=PartyKind.PERSON,
            name="张晓明",
            phone="+8613800006160",
            id_number="341523199001010019",
        ),
        "title": "网上提交材料两次被退回",
        "text": "张晓明说电话 13800006160 没人接，材料两次被退回。",
        "item": None,
    }
    return Report(**{**told, **changed})  # type: ignore[arg-type]  # a test's own shorthand


def list_item(db: Connection, title: str, **changed: object) -> ItemListed:
    event = ItemListed(
        occurred_at=NINE,
        item_id=uuid4(),
        code=f"item-{uuid4().hex[:12]}",
        title=title,
        kind="licence",
        unit_code="341523-scjg",
    ).model_copy(update=changed)
    handlers.list_item(db, event)
    return event


def list_unit(db: Connection, code: str, phone: str) -> None:
    event = UnitListed(
        occurred_at=NINE, unit_id=uuid4(), code=code, title="县人社局", region=NODE, phone=phone
    )
    handlers.list_unit(db, event)


def register(db: Connection, keys: NodeKeys, **changed: object) -> Registered:
    return handlers.register_case(db, keys, report(**changed), SOMEBODY)


def dispatched(case_id: UUID, unit: str = "341523-rsj", **more: Any) -> OrderDispatched:
    told: dict[str, Any] = {"occurred_at": NINE, "unit_name": "县人社局", **more}
    return OrderDispatched(
        case_id=case_id,
        order_id=uuid4(),
        round=1,
        unit_code=unit,
        complexity=Complexity.ORDINARY,
        route=Route.ITEM,
        because="事项目录",
        by=BY,
        **told,
    )


def handed_over(
    case_id: UUID, to: str = CITY, kind: HandOverKind = HandOverKind.UP, epoch: int = 1
) -> CaseHandedOver:
    return CaseHandedOver(
        case_id=case_id,
        occurred_at=NINE + timedelta(hours=1),
        hand_over_id=uuid4(),
        epoch=epoch,
        round=1,
        kind=kind,
        to_node=to,
        to_name="六安",
    )


def relayed(fact: CaseEvent, node: str = CITY) -> FactRelayed:
    """What the city said, or another node."""
    return relayed_by(node, fact, NINE)


def received(db: Connection, keys: NodeKeys) -> CaseReceived:
    """A case of the city's that came here with its person, sealed under a key of this node."""
    sealer = create_key(db, keys, new_id(), NINE)
    told = report()
    return CaseReceived(
        case_id=sealer.case_id,
        occurred_at=NINE + timedelta(hours=1),
        number=case_number(CITY, NINE.date(), sealer.case_id.int % 99_999 + 1),
        origin=CITY,
        region=NODE,
        channel=Channel.HOTLINE,
        complexity=Complexity.COMPLEX,
        title=sealer.seal("title", told.title),
        title_masked="网上提交材料两次被退回",
        text=sealer.seal("text", told.text),
        text_masked="材料两次被退回。",
        item_name="社保转移",
        attempts=2,
        complainant=sealed_party(sealer, told.reporter, PartyRole.COMPLAINANT),
        registered_at=NINE,
        accepted_at=NINE,
    )


def last_said(db: Connection) -> CaseEvent:
    event = said(db)[-1]
    assert isinstance(event, CaseEvent)
    return event


def names_said(db: Connection) -> list[str]:
    return [event.name for event in said(db)]
