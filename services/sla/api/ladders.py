"""The endpoints of the ladders of a version of the limits, and of what followed of a case."""

from uuid import UUID

from fastapi import APIRouter

from services.sla.api.clocks import demand_clocks
from services.sla.api.doors import SlaDoor
from services.sla.api.ladder_bodies import LaddersView, StepBody, StepView
from services.sla.api.limit_sets import AT, ByCode, Number, known_set
from services.sla.handlers import ladder_rows
from services.sla.repository import limit_sets as repository
from services.sla.repository import steps_of_case
from shared.http import ApiRoute, Who
from shared.http.demands import demands
from shared.security.caller import Caller
from shared.security.policy import Action, Resource

router = APIRouter(route_class=ApiRoute)


@router.get(f"{AT}/{{number}}/ladders")
@demands(Action.LIMITS_READ)
def show_ladders(number: Number, door: SlaDoor, actor: Who) -> LaddersView:
    """Show what follows from the limits of a version, what is wrong with it, what is new."""
    door.demand(actor, Action.LIMITS_READ, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        kept = known_set(db, number)
        base = repository.set_by_id(db, kept.based_on) if kept.based_on else None
    return LaddersView.of(kept, base, door.now())


@router.put(f"{AT}/draft/ladders/{{code}}")
@demands(Action.LIMITS_WRITE)
def put_step(code: ByCode, body: StepBody, door: SlaDoor, actor: Who) -> LaddersView:
    """Enter a step of the draft under a code, or change it."""
    door.demand(actor, Action.LIMITS_WRITE, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        caller = Caller(actor, door.now())
        kept = ladder_rows.enter_step(db, body.row(code), caller)
        base = repository.set_by_id(db, kept.based_on) if kept.based_on else None
    return LaddersView.of(kept, base, door.now())


@router.delete(f"{AT}/draft/ladders/{{code}}")
@demands(Action.LIMITS_WRITE)
def delete_step(code: ByCode, door: SlaDoor, actor: Who) -> LaddersView:
    """Take a step out of the draft."""
    door.demand(actor, Action.LIMITS_WRITE, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        kept = ladder_rows.remove_step(db, code, Caller(actor, door.now()))
        base = repository.set_by_id(db, kept.based_on) if kept.based_on else None
    return LaddersView.of(kept, base, door.now())


@router.get("/clock-steps")
@demands(Action.CASE_READ)
def list_steps(case_id: UUID, door: SlaDoor, actor: Who) -> list[StepView]:
    """List what followed from the limits of a case: urges, slips, and when each was due."""
    with door.unit.transaction() as db:
        shown = demand_clocks(db, case_id, door, actor)
        found = steps_of_case(db, case_id) if shown else ()
    return [StepView.of(one) for one in found]
