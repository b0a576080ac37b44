"""An order's life over HTTP: work log, materials of the person, more time."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.dispatch import handlers
from services.dispatch.api.bodies import Body, Written
from services.dispatch.api.life_bodies import (
    DecisionBody,
    ExtensionBody,
    ExtensionView,
    LifeView,
    MaterialRequestView,
    MaterialsBody,
    SettleBody,
    WorkBody,
    WorkView,
)
from services.dispatch.api.orders import DispatchDoor, allowed, written
from services.dispatch.handlers import Caller
from services.dispatch.repository import life as repository
from services.dispatch.repository.orders import Order
from services.dispatch.tables import idempotency
from shared.errors import Refused
from shared.events.dispatch import MaterialsEnd
from shared.http import ApiRoute, IdempotencyKey, Once, Who
from shared.http.demands import demands
from shared.security.policy import Action, Resource
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)
View = TypeVar("View", bound=BaseModel)

BY_HAND = frozenset({MaterialsEnd.BROUGHT, MaterialsEnd.DROPPED})
"""How a unit may say that its wait ended."""


class OnOrder(Body):
    """A body and what it is about: what an idempotency key stands for."""

    about: UUID
    body: dict[str, Any]


class Asked:
    """Who asks for something new, at which door, under which key."""

    def __init__(self, door: DispatchDoor, actor: Who, key: IdempotencyKey = None) -> None:
        self.door, self.actor, self.key = door, actor, key
        self.caller = Caller(actor, door.now())


Asks = Annotated[Asked, Depends()]


@router.get("/orders/{order_id}/life")
@demands(Action.ORDER_READ)
def life(order_id: UUID, door: DispatchDoor, actor: Who) -> LifeView:
    """Show what a unit did for its order, what it asked of the person, what time it wanted."""
    with door.unit.transaction() as db:
        allowed(door, db, actor, Action.ORDER_READ, order_id)
        return LifeView(
            order_id=order_id,
            work=_views(WorkView, repository.work_of(db, order_id)),
            materials=_views(MaterialRequestView, repository.requests_of(db, order_id)),
            extensions=_views(ExtensionView, repository.extensions_of(db, order_id)),
        )


@router.post("/orders/{order_id}/work", status_code=201)
@demands(Action.ORDER_WORK)
def log_work(order_id: UUID, body: WorkBody, asked: Asks) -> Written:
    """Write down what was done for an order, or a visit on the spot."""
    doing = handlers.Doing(
        order_id=order_id,
        kind=body.kind,
        note=body.note,
        done_at=body.done_at,
        place=body.place or "",
        people=body.people or "",
    )

    def act(work: Work) -> Order:
        return handlers.log_work(work.db, doing, asked.caller)

    return run_once(asked, Action.ORDER_WORK, on_order(order_id, body), act)


@router.post("/orders/{order_id}/materials", status_code=201)
@demands(Action.ORDER_MATERIALS)
def ask_materials(order_id: UUID, body: MaterialsBody, asked: Asks) -> Written:
    """Ask the person for materials; the unit's resolve clock may rest meanwhile."""
    asking = handlers.Asking(order_id=order_id, materials=body.materials, answer_by=body.answer_by)

    def act(work: Work) -> Order:
        return handlers.ask_materials(work.db, asking, asked.caller)

    return run_once(asked, Action.ORDER_MATERIALS, on_order(order_id, body), act)


@router.post("/orders/{order_id}/materials/settle")
@demands(Action.ORDER_MATERIALS)
def settle_materials(order_id: UUID, body: SettleBody, door: DispatchDoor, actor: Who) -> Written:
    """Say that the materials are there, or that the unit goes on without."""
    if body.how not in BY_HAND:
        raise Refused("not_by_hand", field="how")
    settling = handlers.Settling(order_id=order_id, how=body.how, note=body.note or "")
    with door.unit.begin() as work:
        allowed(door, work.db, actor, Action.ORDER_MATERIALS, order_id)
        caller = Caller(actor, door.now())
        return written(work, handlers.settle_materials(work.db, settling, caller))


@router.post("/orders/{order_id}/extensions", status_code=201)
@demands(Action.ORDER_EXTEND)
def ask_extension(order_id: UUID, body: ExtensionBody, asked: Asks) -> Written:
    """Ask for more time; the promise to the person stands."""
    pleading = handlers.Pleading(order_id=order_id, days=body.days, because=body.because)
    rules = asked.door.settings.extension_rules

    def act(work: Work) -> Order:
        return handlers.ask_extension(work.db, pleading, rules, asked.caller)

    return run_once(asked, Action.ORDER_EXTEND, on_order(order_id, body), act)


@router.post("/extensions/{extension_id}/decision")
@demands(Action.EXTENSION_DECIDE)
def decide(extension_id: UUID, body: DecisionBody, door: DispatchDoor, actor: Who) -> Written:
    """Give an order more time, or refuse it with a reason."""
    door.demand(actor, Action.EXTENSION_DECIDE, Resource(node=door.node.code))
    deciding = handlers.Deciding(
        extension_id=extension_id, granted=body.granted, because=body.because
    )
    with door.unit.begin() as work:
        caller, rules = Caller(actor, door.now()), door.settings.extension_rules
        return written(work, handlers.decide_on_extension(work.db, deciding, rules, caller))


def run_once(asked: Asked, action: Action, on: OnOrder, act: Callable[[Work], Order]) -> Written:
    """Do something new with an order for who may; asked twice under one key it counts once."""
    door, caller = asked.door, asked.caller
    once = Once(idempotency, door.keys, asked.actor, asked.key, caller.now)
    with door.unit.begin() as work:
        allowed(door, work.db, asked.actor, action, on.about)
        return once.run(work.db, on, Written, lambda: written(work, act(work)))


def on_order(order_id: UUID, body: Body) -> OnOrder:
    """Return what an idempotency key stands for."""
    return OnOrder(about=order_id, body=body.model_dump(mode="json"))


def _views(kind: type[View], rows: Iterable[object]) -> list[View]:
    return [kind.model_validate(row, from_attributes=True) for row in rows]
