"""Find somebody's cases by what they are known by, and see who looks at persons how often."""

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import BaseModel

from services.intake import handlers
from services.intake.api.bodies import Body
from services.intake.api.cases import IntakeDoor
from services.intake.handlers import Caller, TooOften
from services.intake.repository.looks import lookers
from shared.errors import Refused
from shared.http import ApiRoute, Door, ShortText, Who
from shared.http.demands import demands
from shared.metrics import PERSON_LOOKS
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, may
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)


class PersonBody(Body):
    """Who is sought: a whole name, a telephone, an identity or credit code number."""

    person: ShortText


class FoundAnswer(BaseModel):
    """The numbers of their cases, the latest first, as far as the asker may see the person."""

    numbers: list[str]


class LookerView(BaseModel):
    """What one account looked at within a day."""

    login: str
    name: str
    looks_hour: int
    looks_day: int
    searches_day: int
    refused_day: int
    last_at: datetime


class LooksAnswer(BaseModel):
    """Who looked at persons or searched for them, and how often one may."""

    lookers: list[LookerView]
    per_hour: int
    per_day: int


@router.post("/cases/find")
@demands(Action.PERSON_REVEAL)
def find_cases(body: PersonBody, door: IntakeDoor, actor: Who, response: Response) -> FoundAnswer:
    """Find the cases of a person; what is sought is in no address and no log."""
    response.headers["Cache-Control"] = "no-store"
    door.demand(actor, Action.PERSON_REVEAL, Resource(node=door.node.code, unit=actor.unit))
    caller, limits = Caller(actor, door.now()), door.settings.look_limits
    with door.unit.begin() as work:
        found = handlers.find_cases(work.db, door.keys, body.person, caller, limits)
        numbers = [] if isinstance(found, TooOften) else found
        mine = [number for number in numbers if _may_see(work, door, actor, number)]
    outcome = "refused" if isinstance(found, TooOften) else "searched"
    PERSON_LOOKS.labels(node=door.node.code, outcome=outcome).inc()
    if isinstance(found, TooOften):
        raise Refused("too_many_searches", str(found.wait))
    return FoundAnswer(numbers=mine)


@router.get("/person-looks")
@demands(Action.AUDIT_READ)
def person_looks(door: IntakeDoor, actor: Who) -> LooksAnswer:
    """Tell which accounts looked at persons or searched for them within a day."""
    door.demand(actor, Action.AUDIT_READ, Resource(node=door.node.code))
    limit = door.settings.look_limits.looks
    with door.unit.begin() as work:
        found = lookers(work.db, door.now())
    views = [LookerView.model_validate(each, from_attributes=True) for each in found]
    return LooksAnswer(lookers=views, per_hour=limit.per_hour, per_day=limit.per_day)


def _may_see(work: Work, door: Door, actor: Actor, number: str) -> bool:
    look = handlers.look_up(work.db, number)
    if look is None:
        return False
    return may(actor, Action.PERSON_REVEAL, look.resource_at(door.node.code)).allowed
