"""The endpoint of guidance: advise who has a case below, without taking it over."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from services.review import handlers
from services.review.handlers import Guiding, House
from services.review.tables import idempotency
from shared.http import ApiRoute, Door, IdempotencyKey, LongText, Once, Who, door_of
from shared.http.demands import demands
from shared.security.caller import Caller
from shared.security.policy import Action, Resource
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)


class GuidanceBody(BaseModel):
    """What is advised about a case below; people are masked before it is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    case_id: UUID
    text: LongText


class GuidanceWritten(BaseModel):
    """What was said; `version` is what a projection must reach to show it."""

    service: str = "review"
    case_id: UUID
    version: int
    guidance_id: UUID


@router.post("/guidances", status_code=201)
@demands(Action.CASE_ADVISE)
def advise(
    body: GuidanceBody,
    door: Annotated[Door, Depends(door_of("review"))],
    actor: Who,
    key: IdempotencyKey = None,
) -> GuidanceWritten:
    """Advise the tier below that has a case, where it lets this one."""
    resource = Resource(node=door.node.code, case_id=body.case_id)
    door.demand(actor, Action.CASE_ADVISE, resource)
    caller, house = Caller(actor, door.now()), House(door.node.code, door.node.neighbours)
    once = Once(idempotency, door.keys, actor, key, caller.now)
    guiding = Guiding(body.case_id, body.text)
    with door.unit.begin() as work:
        return once.run(
            work.db, body, GuidanceWritten, lambda: _advised(work, guiding, caller, house)
        )


def _advised(work: Work, guiding: Guiding, caller: Caller, house: House) -> GuidanceWritten:
    given = handlers.give_guidance(work.db, guiding, caller, house)
    work.speak()
    version = work.versions[given.case_id]
    return GuidanceWritten(case_id=given.case_id, version=version, guidance_id=given.guidance_id)
