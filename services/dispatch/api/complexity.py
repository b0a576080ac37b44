"""How much work a case is, over HTTP: put right once, by who dispatches or supervises."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.dispatch.api.bodies import Body
from services.dispatch.api.life import Asked
from services.dispatch.handlers.reclassify import Reclassifying, reclassify
from services.dispatch.tables import idempotency
from shared.events.words import Complexity
from shared.http import ApiRoute, LongText, Once
from shared.http.demands import demands
from shared.security.policy import Action, Resource
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)
Asks = Annotated[Asked, Depends()]


class ComplexityBody(Body):
    """What a case is, and why that was not known before."""

    case_id: UUID
    complexity: Complexity
    because: LongText


class ComplexityWritten(BaseModel):
    """What was taken down; `version` is what a projection must reach to show it."""

    service: str = "dispatch"
    case_id: UUID
    version: int
    complexity: Complexity


@router.post("/reclassifications", status_code=201)
@demands(Action.CASE_RECLASSIFY)
def classify(body: ComplexityBody, asked: Asks) -> ComplexityWritten:
    """Say once that a case is more work than was thought, or less; its limits move with it."""
    door, caller = asked.door, asked.caller
    resource = Resource(node=door.node.code, case_id=body.case_id)
    door.demand(asked.actor, Action.CASE_RECLASSIFY, resource)
    wanted = Reclassifying(body.case_id, body.complexity, body.because)
    once = Once(idempotency, door.keys, asked.actor, asked.key, caller.now)

    def act(work: Work) -> ComplexityWritten:
        case = reclassify(work.db, wanted, caller)
        work.speak()
        told = {"case_id": case.case_id, "complexity": Complexity(case.complexity)}
        return ComplexityWritten(**told, version=work.versions[case.case_id])

    with door.unit.begin() as work:
        return once.run(work.db, body, ComplexityWritten, lambda: act(work))
