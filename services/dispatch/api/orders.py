"""Orders over HTTP: lists, one order, and the steps of dispatchers and units."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Connection

from services.dispatch import handlers
from services.dispatch.api.bodies import (
    CoHandlerBody,
    ContactBody,
    ContactOnOrder,
    FinishBody,
    OrderLine,
    OrderView,
    PlacementBody,
    ReturnBody,
    SignBody,
    Written,
)
from services.dispatch.api.rule_bodies import OrderRuleView
from services.dispatch.handlers import Caller, House
from services.dispatch.policy import OrderState
from services.dispatch.repository import orders as repository
from services.dispatch.repository.cases import cases_by_id
from services.dispatch.repository.orders import Order, Wanted
from services.dispatch.repository.rules import rule_of_order as decided_by
from services.dispatch.tables import idempotency
from shared.complaints import NOBODY, barred
from shared.errors import Refused
from shared.events.dispatch import PartKind
from shared.http import (
    ApiRoute,
    Code,
    Cursor,
    Door,
    IdempotencyKey,
    Once,
    Page,
    Who,
    cursor_after,
    door_of,
)
from shared.http.demands import demands
from shared.http.paging import MOST_PER_PAGE, cursor_for
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, is_complained_of
from shared.security.reach import Within, within
from shared.unit import Work

router = APIRouter(prefix="/orders", route_class=ApiRoute)

DispatchDoor = Annotated[Door, Depends(door_of("dispatch"))]


@dataclass(frozen=True, slots=True)
class Sought:
    """Which orders a list is asked for; what is not given does not narrow it."""

    state: Annotated[OrderState | None, Query()] = None
    unit: Annotated[Code | None, Query()] = None
    case_id: Annotated[UUID | None, Query()] = None


@router.get("")
@demands(Action.ORDER_READ)
def list_orders(
    door: DispatchDoor,
    actor: Who,
    sought: Annotated[Sought, Depends()],
    cursor: Cursor = None,
) -> Page[OrderLine]:
    """List orders, the newest first; a unit's officer sees those of the unit."""
    reach = _reach(door, actor, sought.unit)
    wanted = Wanted(
        state=sought.state,
        unit=sought.unit,
        before=id_before(cursor),
        case_id=sought.case_id,
        reach=reach,
        reader=actor,
    )
    with door.unit.transaction() as db:
        found = repository.orders_like(db, wanted, MOST_PER_PAGE + 1)
        shown = found[:MOST_PER_PAGE]
        cases = cases_by_id(db, [order.case_id for order in shown])
    following = cursor_for(shown[-1].order_id) if len(found) > MOST_PER_PAGE else None
    lines = [OrderLine.of(order, cases[order.case_id]) for order in shown]
    return Page(items=lines, next=following)


@router.get("/{order_id}")
@demands(Action.ORDER_READ)
def show_order(order_id: UUID, door: DispatchDoor, actor: Who) -> OrderView:
    """Show one order with the tries to reach the person."""
    with door.unit.transaction() as db:
        order = allowed(door, db, actor, Action.ORDER_READ, order_id)
        case = cases_by_id(db, [order.case_id])[order.case_id]
        contacts = list(repository.contacts_of(db, [order_id]))
        version = repository.version_of(db, order.case_id)
    return OrderView.whole(order, case, contacts, version)


@router.get("/{order_id}/rule")
@demands(Action.ORDER_READ)
def rule_of_order(order_id: UUID, door: DispatchDoor, actor: Who) -> OrderRuleView | None:
    """Show which rule of the dispatch catalogue decided an order, and why; null if none did."""
    with door.unit.transaction() as db:
        allowed(door, db, actor, Action.ORDER_READ, order_id)
        found = decided_by(db, order_id)
    return None if found is None else OrderRuleView.model_validate(found, from_attributes=True)


@router.post("", status_code=201)
@demands(Action.ORDER_DISPATCH)
def dispatch(
    body: PlacementBody, door: DispatchDoor, actor: Who, key: IdempotencyKey = None
) -> Written:
    """Send a pooled case to a unit."""
    resource = Resource(node=door.node.code, case_id=body.case_id)
    door.demand(actor, Action.ORDER_DISPATCH, resource)
    caller = Caller(actor, door.now())
    placement = handlers.Placement(body.case_id, body.unit_code, body.because)
    helping = [_helping(each) for each in body.co_handlers]
    once = Once(idempotency, door.keys, actor, key, caller.now)
    with door.unit.begin() as work:
        return once.run(
            work.db,
            body,
            Written,
            lambda: written(work, handlers.dispatch_with(work.db, placement, helping, caller)),
        )


@router.post("/{order_id}/sign")
@demands(Action.ORDER_SIGN)
def sign(order_id: UUID, _body: SignBody, door: DispatchDoor, actor: Who) -> Written:
    """Sign for an order."""
    with door.unit.begin() as work:
        allowed(door, work.db, actor, Action.ORDER_SIGN, order_id)
        return written(work, handlers.sign(work.db, order_id, Caller(actor, door.now())))


@router.post("/{order_id}/contacts", status_code=201)
@demands(Action.ORDER_CONTACT)
def contact(
    order_id: UUID, body: ContactBody, door: DispatchDoor, actor: Who, key: IdempotencyKey = None
) -> Written:
    """Log a try to reach the person."""
    caller = Caller(actor, door.now())
    attempt = handlers.Attempt(
        order_id=order_id, way=body.way, reached=body.reached, note=body.note or ""
    )
    once = Once(idempotency, door.keys, actor, key, caller.now)
    with door.unit.begin() as work:
        allowed(door, work.db, actor, Action.ORDER_CONTACT, order_id)
        return once.run(
            work.db,
            ContactOnOrder(order_id=order_id, **body.model_dump()),
            Written,
            lambda: written(work, handlers.log_contact(work.db, attempt, caller)),
        )


@router.post("/{order_id}/return")
@demands(Action.ORDER_RETURN)
def give_back(order_id: UUID, body: ReturnBody, door: DispatchDoor, actor: Who) -> Written:
    """Give an order back."""
    giving = handlers.GivingBack(
        order_id=order_id,
        ground=body.ground,
        legal_basis=body.legal_basis,
        note=body.note or "",
        quota=door.settings.returns_most,
    )
    with door.unit.begin() as work:
        allowed(door, work.db, actor, Action.ORDER_RETURN, order_id)
        return written(work, handlers.return_order(work.db, giving, Caller(actor, door.now())))


@router.post("/{order_id}/finish")
@demands(Action.ORDER_FINISH)
def finish(order_id: UUID, body: FinishBody, door: DispatchDoor, actor: Who) -> Written:
    """Finish an order with its answer."""
    finishing = handlers.Finishing(
        order_id=order_id,
        outcome=body.outcome,
        answer=body.answer,
        attempt_needed=door.settings.attempt_before_finish,
        legal_basis=body.legal_basis or "",
        evidence=body.evidence or "",
        override=body.override,
        override_words=body.override_words or "",
        outside=body.outside,
    )
    caller = Caller(actor, door.now())
    with door.unit.begin() as work:
        allowed(door, work.db, actor, Action.ORDER_FINISH, order_id)
        house = House(door.node.code, door.node.neighbours)
        order = handlers.finish_order(work.db, door.keys, finishing, caller, house)
        return written(work, order)


def allowed(door: Door, db: Connection, actor: Actor, action: Action, order_id: UUID) -> Order:
    """Return an order of which the actor may ask this; Refused, also where there is none."""
    order = repository.find_order(db, order_id)
    unit = None if order is None else order.unit_code
    sides = (frozenset(), NOBODY) if order is None else repository.sides_of_case(db, order.case_id)
    units, against = sides
    resource = barred(Resource(node=door.node.code, unit=unit, units=units), against)
    hidden = is_complained_of(actor, resource)
    # Asked also about an order that does not exist: who may see none learns nothing of which are.
    door.demand(actor, action, Resource(node=door.node.code, unit=unit) if hidden else resource)
    if order is None or hidden:
        raise Refused("unknown_order", field="order_id")
    return order


def written(work: Work, order: Order) -> Written:
    """Answer what was changed, and the version a projection must reach to show it."""
    work.speak()
    return Written(
        case_id=order.case_id,
        version=work.versions[order.case_id],
        order_id=order.order_id,
        state=order.state,
    )


def _helping(body: CoHandlerBody) -> handlers.Opening:
    return handlers.Opening(
        kind=PartKind.CO_HANDLING, unit_code=body.unit_code, task=body.task, days=body.days
    )


def _reach(door: Door, actor: Actor, unit: str | None) -> Within:
    """Return which orders an actor may see; Refused if none, or none of the unit asked for."""
    resource = Resource(node=door.node.code, unit=unit or actor.unit)
    door.demand(actor, Action.ORDER_READ, resource)
    return within(actor, Action.ORDER_READ, door.node.code)


def id_before(cursor: str | None) -> UUID | None:
    """Return the id behind which a page of the newest begins; Refused if the cursor is none."""
    key = cursor_after(cursor, 1)
    try:
        return None if key is None else UUID(key[0])
    except ValueError as error:
        raise Refused("bad_cursor", field="cursor") from error
