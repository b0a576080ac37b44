"""Units out of use over HTTP: what they still hold, and the act that moves it on."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel

from services.dispatch import handlers
from services.dispatch.api.bodies import Body
from services.dispatch.handlers import Caller
from services.dispatch.repository.succession import ended_units
from shared.http import ApiRoute, Code, Door, ShortText, Who, door_of
from shared.http.demands import demands
from shared.security.policy import Action, Resource

router = APIRouter(prefix="/ended-units", route_class=ApiRoute)

DispatchDoor = Annotated[Door, Depends(door_of("dispatch"))]


class MoveBody(Body):
    """On what ground the orders go on, as the document that ended the unit says."""

    because: ShortText


class EndedView(BaseModel):
    """A unit out of use with how many orders it still holds."""

    code: str
    title: str
    valid_until: date | None
    successors: tuple[str, ...]
    successor_titles: tuple[str, ...]
    open_orders: int


class MovedView(BaseModel):
    """How many orders went to the unit that took over, how many to the pool, how many stayed."""

    given: int
    pooled: int
    left: int


@router.get("")
@demands(Action.POOL_READ)
def list_ended(door: DispatchDoor, actor: Who) -> list[EndedView]:
    """List the units out of use that still hold open orders."""
    door.demand(actor, Action.POOL_READ, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        found = ended_units(db, actor)
    return [EndedView.model_validate(one, from_attributes=True) for one in found]


@router.post("/{code}/move")
@demands(Action.ORDER_DISPATCH)
def move(
    code: Annotated[Code, Path()], body: MoveBody, door: DispatchDoor, actor: Who
) -> MovedView:
    """Give the open orders of an ended unit to whoever took over; at most 200 at once."""
    door.demand(actor, Action.ORDER_DISPATCH, Resource(node=door.node.code))
    with door.unit.begin() as work:
        moved = handlers.move_orders(work.db, code, body.because, Caller(actor, door.now()))
        work.speak()
    return MovedView.model_validate(moved, from_attributes=True)
