"""Facts, units and steps from which the tests of dispatch make their stories."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine

from services.dispatch import handlers
from services.dispatch.handlers import Attempt, Caller, Finishing, GivingBack, House
from services.dispatch.handlers.contact import Way
from services.dispatch.repository.orders import Order, Wanted, orders_like
from shared.events.base import Event
from shared.events.dispatch import ReturnGround
from shared.events.intake import CaseAccepted
from shared.events.review import CaseReopened
from shared.events.words import By, Channel, Complexity, OutcomeDetail
from shared.neighbours import Neighbour, Relation
from shared.outbox import said
from shared.security import vault
from shared.security.actor import Actor, Role
from shared.security.sealing import NodeKeys
from tests.integration.doorway import staff

NODE = "341523"
NINE = datetime(2030, 1, 2, 1, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)

CITY = Neighbour("341500", "六安市政务服务中心", "city", Relation.ABOVE)
HOUSE = House(NODE, {CITY.code: CITY})

ADMINISTRATOR = staff(Role.SYSTEM_ADMINISTRATOR)
DISPATCHER = staff(Role.DISPATCHER, unit="zwfw")
MARKET_OFFICER = staff(Role.DISPOSAL_OFFICER, unit="scjgj")
TOWN_OFFICER = staff(Role.DISPOSAL_OFFICER, unit="cgz")


def at_ten(actor: Actor) -> Caller:
    return Caller(actor, TEN)


def fill_catalogue(db: Connection) -> None:
    """A centre with two units, one item and the county's place rule."""
    caller = Caller(ADMINISTRATOR, NINE)
    for code, title, parent in (
        ("zwfw", "县政务服务中心", None),
        ("scjgj", "县市场监督管理局", "zwfw"),
        ("cgz", "城关镇", "zwfw"),
    ):
        listing = handlers.UnitListing(code=code, title=title, region=NODE, parent=parent)
        handlers.list_unit(db, listing, caller)
    item = handlers.ItemListing(
        code="licence", title="食品经营许可", kind="licence", unit_code="scjgj"
    )
    handlers.list_item(db, item, caller)
    handlers.list_place(db, NODE, "cgz", caller)
    db.info.clear()


def retire_unit(db: Connection, code: str) -> None:
    caller = Caller(ADMINISTRATOR, NINE)
    listing = handlers.UnitListing(code=code, title=code, region=NODE, active=False)
    handlers.list_unit(db, listing, caller)
    db.info.clear()


def accepted(**changed: Any) -> CaseAccepted:
    event = CaseAccepted(
        case_id=uuid4(),
        occurred_at=NINE,
        number="BCS-341523-20300102-00001-X",
        region=NODE,
        channel=Channel.WEB,
        complexity=Complexity.ORDINARY,
        item_code="licence",
        item_name="食品经营许可",
        title_masked="许可证没有回音",
        text_masked="二十天了",
        by=By(kind="anonymous"),
    )
    return event.model_copy(update=changed)


def reopened(case_id: UUID, round_: int = 2) -> CaseReopened:
    told = {"case_id": case_id, "round": round_, "because": "反映人评价时表示问题没有解决"}
    return CaseReopened(**told, occurred_at=TEN)


def held_case(db: Connection, **changed: Any) -> Order:
    """A case that the rules gave to a unit: its open order."""
    event = accepted(**changed)
    handlers.route_cases(db, [event])
    return order_of(db, event.case_id)


def order_of(db: Connection, case_id: UUID) -> Order:
    """The youngest order of a case."""
    return next(one for one in orders_like(db, Wanted(), 100) if one.case_id == case_id)


def give_key(engine: Engine, keys: NodeKeys, case_id: UUID) -> None:
    """What intake does when it registers a case."""
    with engine.begin() as db:
        vault.create_key(db, keys, case_id, NINE)


def try_to_reach(order_id: UUID, *, reached: bool = True, note: str = "") -> Attempt:
    return Attempt(order_id=order_id, way=Way.PHONE, reached=reached, note=note)


def giving_back(order_id: UUID) -> GivingBack:
    return GivingBack(
        order_id=order_id,
        ground=ReturnGround.NOT_OUR_DUTY,
        legal_basis="《三定规定》第三条",
        note="请联系 13800006160",
    )


def finishing(order_id: UUID, answer: str = "已经办好", *, needed: bool = True) -> Finishing:
    return Finishing(
        order_id=order_id, outcome=OutcomeDetail.DONE, answer=answer, attempt_needed=needed
    )


def worked(db: Connection, keys: NodeKeys, order: Order) -> Order:
    """Sign, reach the person and finish."""
    handlers.sign(db, order.order_id, at_ten(MARKET_OFFICER))
    handlers.log_contact(db, try_to_reach(order.order_id), at_ten(MARKET_OFFICER))
    done = finishing(order.order_id)
    return handlers.finish_order(db, keys, done, at_ten(MARKET_OFFICER), HOUSE)


def names(db: Connection) -> list[str]:
    """What was said so far, without speaker and version."""
    return [event.name.removeprefix("dispatch.").removesuffix(".v1") for event in said(db)]


def last(db: Connection, kind: type[Event]) -> Any:
    """The youngest fact of a kind."""
    return next(event for event in reversed(said(db)) if isinstance(event, kind))
