"""How the limits of a case would move if it were classified anew: said before it is done."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from services.sla.api.clocks import demand_clocks
from services.sla.api.doors import SlaDoor
from services.sla.handlers.reclassify import foreseen
from services.sla.policy import ClockKind, Complexity
from shared.http import ApiRoute, Who
from shared.http.demands import demands
from shared.security.policy import Action, Resource

router = APIRouter(route_class=ApiRoute)


class ForeseenView(BaseModel):
    """One running clock, and where its limit would lie."""

    kind: ClockKind
    unit_code: str | None
    due_before: datetime
    due_at: datetime
    provisional: bool
    stays: bool
    """By the new limit it would be over already, so that the old one stays."""


@router.get("/clocks/foreseen")
@demands(Action.CASE_RECLASSIFY)
def foresee(
    case_id: UUID, complexity: Complexity, door: SlaDoor, actor: Who
) -> list[ForeseenView]:
    """Say where the running limits of a case would lie by another complexity; nothing is moved."""
    resource = Resource(node=door.node.code, case_id=case_id)
    door.demand(actor, Action.CASE_RECLASSIFY, resource)
    with door.unit.transaction() as db:
        demand_clocks(db, case_id, door, actor)
        found = foreseen(db, case_id, complexity, door.settings.promise, door.now())
    return [
        ForeseenView(
            kind=clock.kind,
            unit_code=clock.unit_code,
            due_before=clock.due_at,
            due_at=move.due.at,
            provisional=move.due.provisional,
            stays=move.stays,
        )
        for clock, move in found
    ]
