"""The endpoint for the clocks of a case."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from services.sla import repository
from services.sla.api.doors import SlaDoor, StepView
from services.sla.policy import ClockKind, Lamp
from services.sla.tables import complaints
from shared.complaints import barred, complaint_of
from shared.events.sla import StopReason
from shared.http import ApiRoute, Who
from shared.http.demands import demands
from shared.security.policy import Action, Resource, is_complained_of

router = APIRouter(route_class=ApiRoute)

GONE = frozenset({StopReason.RETURNED, StopReason.HANDED_OVER})


class ClockView(BaseModel):
    """One clock of a case."""

    id: UUID
    kind: ClockKind
    round: int
    order_id: UUID | None
    unit_code: str | None
    started_at: datetime
    due_at: datetime
    provisional: bool
    lamp: Lamp
    stopped_at: datetime | None
    missed_at: datetime | None
    steps: list[StepView]
    digest: str
    limit_set: int | None
    """The version of the limits that decided, 0 being the settings of the node."""
    limit_row: str | None


@router.get("/clocks")
@demands(Action.CASE_READ)
def clocks(case_id: UUID, door: SlaDoor, actor: Who) -> list[ClockView]:
    """List every clock of a case, in the order they started."""
    here = Resource(node=door.node.code, case_id=case_id)
    with door.unit.transaction() as db:
        hidden = is_complained_of(actor, barred(here, complaint_of(db, complaints, case_id)))
        # As of a case that there is not: whom it complains of learns nothing of it.
        found = [] if hidden else repository.clocks_of_case(db, case_id)
    door.demand(actor, Action.CASE_READ, replace(here, unit=_held_by(found)))
    return [ClockView.model_validate(clock, from_attributes=True) for clock in found]


def _held_by(found: Sequence[repository.Clock]) -> str | None:
    """Return the unit that was given the case last, unless it gave it back or on."""
    given = [clock for clock in found if clock.unit_code is not None]
    is_gone = not given or given[-1].stop_reason in GONE
    return None if is_gone else given[-1].unit_code
