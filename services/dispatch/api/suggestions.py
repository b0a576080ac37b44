"""Suggestions learned from earlier orders, and several cases for one unit, over HTTP."""

from uuid import UUID

from fastapi import APIRouter

from services.dispatch import handlers
from services.dispatch.api.bodies import PlacementBody, Written
from services.dispatch.api.orders import DispatchDoor, allowed, written
from services.dispatch.api.suggestion_bodies import (
    BulkBody,
    BulkLine,
    BulkView,
    CaseNamed,
    Due,
    LearnBody,
    OrderSuggestionView,
    SuggestionView,
    TakenView,
)
from services.dispatch.handlers import Caller
from services.dispatch.handlers.choosing import LOOKED_BACK, recent_choices
from services.dispatch.repository.alike import cases_shown, suggestion_of_order
from services.dispatch.tables import idempotency
from shared.errors import Refused
from shared.http import ApiRoute, Door, IdempotencyKey, Once, Who
from shared.http.demands import demands
from shared.http.problems import problem_of
from shared.idempotency import RequestKey
from shared.security.actor import Actor
from shared.security.policy import Action, Resource

router = APIRouter(route_class=ApiRoute)


@router.get("/suggestions/taken")
@demands(Action.ORDER_DISPATCH)
def taken(door: DispatchDoor, actor: Who) -> TakenView:
    """Count what dispatchers made of the suggestions of thirty days, by how sure these were."""
    door.demand(actor, Action.ORDER_DISPATCH, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        counts = recent_choices(db, door.now())
    return TakenView.of(LOOKED_BACK.days, counts)


@router.get("/suggestions/{case_id}")
@demands(Action.ORDER_DISPATCH)
def suggestions(case_id: UUID, door: DispatchDoor, actor: Who) -> list[SuggestionView]:
    """Suggest units for a pooled case, the likeliest first, with the evidence."""
    door.demand(actor, Action.ORDER_DISPATCH, Resource(node=door.node.code, case_id=case_id))
    with door.unit.transaction() as db:
        found = handlers.suggest(db, case_id, Caller(actor, door.now()))
    return [SuggestionView.of(each) for each in found]


@router.post("/suggestions/learn")
@demands(Action.CATALOGUE_WRITE)
def learn(_body: LearnBody, door: DispatchDoor, actor: Who) -> Due:
    """Forget what was learned and learn all ended orders anew, in pieces."""
    door.demand(actor, Action.CATALOGUE_WRITE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        return Due(cases=handlers.learn_anew(work.db, Caller(actor, door.now())))


@router.get("/orders/{order_id}/suggestion")
@demands(Action.ORDER_READ)
def suggestion_of(order_id: UUID, door: DispatchDoor, actor: Who) -> OrderSuggestionView | None:
    """Show why the system gave an order by itself; null if it did not."""
    with door.unit.transaction() as db:
        allowed(door, db, actor, Action.ORDER_READ, order_id)
        made = suggestion_of_order(db, order_id)
        if made is None:
            return None
        shown = cases_shown(db, made.alike, actor)
    named = [CaseNamed(number=number, title_masked=title) for number, title in shown]
    return OrderSuggestionView.of(made, named)


@router.post("/orders/bulk")
@demands(Action.ORDER_DISPATCH)
def dispatch_several(
    body: BulkBody, door: DispatchDoor, actor: Who, key: IdempotencyKey = None
) -> BulkView:
    """Send several pooled cases to one unit, each by itself; told line by line what became of it.

    Sent again with the same key, what was given stays as it was answered; what was refused is
    tried once more.
    """
    door.demand(actor, Action.ORDER_DISPATCH, Resource(node=door.node.code))
    return BulkView(lines=[_line(body, one, door, actor, key) for one in body.case_ids])


def _line(
    body: BulkBody, case_id: UUID, door: Door, actor: Actor, key: RequestKey | None
) -> BulkLine:
    try:
        return BulkLine(case_id=case_id, given=_given(body, case_id, door, actor, key))
    except Refused as refused:
        return BulkLine(case_id=case_id, refused=problem_of(refused))


def _given(
    body: BulkBody, case_id: UUID, door: Door, actor: Actor, key: RequestKey | None
) -> Written:
    told = PlacementBody(case_id=case_id, unit_code=body.unit_code, because=body.because)
    door.demand(actor, Action.ORDER_DISPATCH, Resource(node=door.node.code, case_id=case_id))
    caller = Caller(actor, door.now())
    placement = handlers.Placement(told.case_id, told.unit_code, told.because)
    mine = None if key is None else RequestKey(f"{key.value}/{case_id}", key.target)
    once = Once(idempotency, door.keys, actor, mine, caller.now)
    with door.unit.begin() as work:
        return once.run(
            work.db,
            told,
            Written,
            lambda: written(work, handlers.dispatch_manually(work.db, placement, caller)),
        )
