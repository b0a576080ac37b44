"""The HTTP door of sla: clocks of a case, and the explanation of a due date."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel

from services.sla import policy, repository
from services.sla.handlers import Promise
from services.sla.policy import ClockKind, Complexity, Lamp
from services.sla.tables import complaints
from shared.complaints import barred, complaint_of
from shared.errors import Refused
from shared.events.sla import StopReason
from shared.http import ApiRoute, Door, Who, door_of
from shared.http.demands import Audience, demands, open_to
from shared.security.policy import Action, Resource, is_complained_of

router = APIRouter(prefix="/api/v1", tags=["sla"], route_class=ApiRoute)

GONE = frozenset({StopReason.RETURNED, StopReason.HANDED_OVER})
SlaDoor = Annotated[Door, Depends(door_of("sla"))]


class StepView(BaseModel):
    """One step of an explanation."""

    rule: str
    since: str
    until: str
    count: int


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


class Explained(BaseModel):
    """A due date for given inputs, with every step that leads there."""

    start: datetime
    kind: ClockKind
    complexity: Complexity
    due_at: datetime
    provisional: bool
    calendar_version: str
    steps: list[StepView]
    digest: str


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


@router.get("/due-date")
@open_to(Audience.EVERYBODY, "says nothing of a case")
def due_date(
    door: SlaDoor,
    start: Annotated[AwareDatetime | None, Query(description="default: now")] = None,
    complexity: Complexity = Complexity.ORDINARY,
    kind: ClockKind = ClockKind.RESOLVE,
) -> Explained:
    """Explain the limit for given inputs; everybody may ask, for it says nothing of a case."""
    promise: Promise = door.settings.promise
    begun = start or door.now()
    limit = promise.limits.limit_for(kind, complexity)
    try:
        due = policy.due_at(begun, limit, promise.calendar)
    except (policy.OutsideCalendar, OverflowError) as error:
        raise Refused("outside_calendar", field="start") from error
    return Explained(
        start=begun,
        kind=kind,
        complexity=complexity,
        due_at=due.at,
        provisional=due.provisional,
        calendar_version=due.calendar_version,
        steps=[StepView.model_validate(step.as_record()) for step in due.steps],
        digest=due.digest,
    )
