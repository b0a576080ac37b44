"""Searches for a unit, and arbitrations of whose a case is, over HTTP."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.dispatch import handlers
from services.dispatch.api.bodies import Body
from services.dispatch.api.orders import DispatchDoor
from services.dispatch.handlers import Caller
from services.dispatch.policy import Party
from services.dispatch.repository import disputes as repository
from shared.http import ApiRoute, Code, Door, ShortText, Who
from shared.http.demands import demands
from shared.http.paging import MOST_PER_PAGE
from shared.security.actor import Actor
from shared.security.policy import Action, Resource
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)


class TakeBody(Body):
    """To answer for a search needs no more than who does."""


class OpinionBody(Body):
    """What a party says; without a unit the case is none of this node's."""

    unit_code: Code | None = None
    because: ShortText
    legal_basis: ShortText


class RulingBody(OpinionBody):
    """What is decided, and why a missing opinion was not waited for."""

    waiver: ShortText | None = None
    keywords: tuple[ShortText, ...] = Field(default=(), max_length=5)


class CaseWritten(BaseModel):
    """What was changed, and the version a projection must reach to show it."""

    service: str = "dispatch"
    case_id: UUID
    version: int


class OpinionView(BaseModel):
    """What one party says."""

    party: Party
    at: datetime
    unit_code: str | None
    because: str
    legal_basis: str


class ArbitrationView(BaseModel):
    """One dispute that is not decided."""

    arbitration_id: UUID
    case_id: UUID
    round: int
    returns: int
    opened_at: datetime
    opinions: list[OpinionView]


@router.post("/searches/{case_id}/take")
@demands(Action.ORDER_DISPATCH)
def take_search(case_id: UUID, _body: TakeBody, door: DispatchDoor, actor: Who) -> CaseWritten:
    """Answer oneself for finding the unit of a pooled case."""
    door.demand(actor, Action.ORDER_DISPATCH, Resource(node=door.node.code))
    with door.unit.begin() as work:
        return _written(work, handlers.take_search(work.db, case_id, _caller(door, actor)))


@router.get("/arbitrations")
@demands(Action.ARBITRATION_READ)
def list_arbitrations(door: DispatchDoor, actor: Who) -> Sequence[ArbitrationView]:
    """List the disputes that are not decided, oldest first, with what the parties said."""
    door.demand(actor, Action.ARBITRATION_READ, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        found = repository.open_arbitrations(db, actor, MOST_PER_PAGE)
        said = {
            one.arbitration_id: repository.opinions_of(db, one.arbitration_id) for one in found
        }
    return [_view(one, said[one.arbitration_id]) for one in found]


@router.post("/arbitrations/{arbitration_id}/opinions")
@demands(Action.ARBITRATION_OPINE)
def give_opinion(
    arbitration_id: UUID, body: OpinionBody, door: DispatchDoor, actor: Who
) -> CaseWritten:
    """Say whose a disputed case is, for the party one speaks for."""
    door.demand(actor, Action.ARBITRATION_OPINE, Resource(node=door.node.code))
    opining = handlers.Opining(arbitration_id=arbitration_id, **body.model_dump())
    with door.unit.begin() as work:
        return _written(work, handlers.give_opinion(work.db, opining, _caller(door, actor)))


@router.post("/arbitrations/{arbitration_id}/decision")
@demands(Action.ARBITRATION_DECIDE)
def decide(arbitration_id: UUID, body: RulingBody, door: DispatchDoor, actor: Who) -> CaseWritten:
    """Decide whose a disputed case is; the unit cannot give it back."""
    door.demand(actor, Action.ARBITRATION_DECIDE, Resource(node=door.node.code))
    ruling = handlers.Ruling(
        arbitration_id=arbitration_id,
        unit_code=body.unit_code,
        because=body.because,
        legal_basis=body.legal_basis,
        waiver=body.waiver or "",
        keywords=body.keywords,
    )
    with door.unit.begin() as work:
        return _written(work, handlers.decide_dispute(work.db, ruling, _caller(door, actor)))


def _caller(door: Door, actor: Actor) -> Caller:
    return Caller(actor, door.now())


def _written(work: Work, case_id: UUID) -> CaseWritten:
    work.speak()
    return CaseWritten(case_id=case_id, version=work.versions[case_id])


def _view(one: repository.Arbitration, said: Sequence[repository.Opinion]) -> ArbitrationView:
    told = {name: getattr(one, name) for name in ("arbitration_id", "case_id", "round")}
    opinions = [OpinionView.model_validate(each, from_attributes=True) for each in said]
    return ArbitrationView(**told, returns=one.returns, opened_at=one.opened_at, opinions=opinions)
