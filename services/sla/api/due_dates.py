"""The endpoint that explains a limit for given inputs."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from services.sla import policy
from services.sla.api.doors import SlaDoor, StepView
from services.sla.api.telling import TraceLine, told_steps
from services.sla.handlers import under_notices
from services.sla.policy import ClockKind, Complexity, local_time
from shared.errors import Refused
from shared.events.words import Channel
from shared.http import ApiRoute
from shared.http.demands import Audience, open_to

router = APIRouter(route_class=ApiRoute)


class Explained(BaseModel):
    """A due date for given inputs, with every step that leads there."""

    start: datetime
    kind: ClockKind
    complexity: Complexity
    limit: str
    due_at: datetime
    due_date: date
    provisional: bool
    calendar_version: str
    steps: list[StepView]
    trace: list[TraceLine]
    """The steps in words."""
    digest: str


class Asked(BaseModel):
    """The inputs of a due date."""

    start: AwareDatetime | None = Field(default=None, description="default: now")
    complexity: Complexity = Complexity.ORDINARY
    kind: ClockKind = ClockKind.RESOLVE
    clock: ClockKind | None = Field(default=None, description="another name of `kind`")
    channel: Channel | None = Field(default=None, description="changes no limit")


@router.get("/due-date")
@open_to(Audience.EVERYBODY, "says nothing of a case")
def due_date(door: SlaDoor, given: Annotated[Asked, Query()]) -> Explained:
    """Explain the limit for given inputs; everybody may ask, for it says nothing of a case."""
    begun, asked = given.start or door.now(), given.clock or given.kind
    with door.unit.transaction() as db:
        promise = under_notices(db, door.settings.promise)
    limit = promise.limits.limit_for(asked, given.complexity)
    try:
        due = policy.due_at(begun, limit, promise.calendar)
    except (policy.OutsideCalendar, OverflowError) as error:
        raise Refused("outside_calendar", field="start") from error
    return Explained(
        start=begun,
        kind=asked,
        complexity=given.complexity,
        limit=str(limit),
        due_at=due.at,
        due_date=local_time(due.at).date(),
        provisional=due.provisional,
        calendar_version=due.calendar_version,
        steps=[StepView.model_validate(step.as_record()) for step in due.steps],
        trace=told_steps(due.steps),
        digest=due.digest,
    )
