"""Facts and reports from which the tests of intake make their cases."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection

from services.intake import handlers
from services.intake.handlers import Caller, Party, Registered, Report
from shared.events.base import CaseEvent
from shared.events.dispatch import ItemListed, OrderDispatched, Route, UnitListed
from shared.events.sealed import PartyKind
from shared.events.words import By, Channel, Complexity
from shared.outbox import said
from shared.security.actor import Actor, ActorKind, Role, anonymous
from shared.security.sealing import NodeKeys

NODE = "341523"
NINE = datetime(2030, 1, 2, 1, tzinfo=UTC)
BY = By(kind="staff", role="dispatcher", unit="341523-zwfw")
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


def dispatched(case_id: UUID, unit: str = "341523-rsj") -> OrderDispatched:
    return OrderDispatched(
        case_id=case_id,
        occurred_at=NINE,
        order_id=uuid4(),
        round=1,
        unit_code=unit,
        unit_name="县人社局",
        complexity=Complexity.ORDINARY,
        route=Route.ITEM,
        because="事项目录",
        by=BY,
    )


def last_said(db: Connection) -> CaseEvent:
    event = said(db)[-1]
    assert isinstance(event, CaseEvent)
    return event


def names_said(db: Connection) -> list[str]:
    return [event.name for event in said(db)]
