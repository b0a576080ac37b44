"""The endpoint that explains a limit for given inputs."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, Field

from services.sla import policy
from services.sla.api.doors import Place, SlaDoor, StepView
from services.sla.api.limit_words import spoken_source
from services.sla.api.telling import TraceLine, told_steps
from services.sla.handlers import Promise, under_notices
from services.sla.policy import (
    UNHEARD,
    Complexity,
    Demand,
    Limit,
    LimitKind,
    LimitSet,
    Matter,
    Ruled,
    Scope,
    Signing,
    Urgency,
    WorkingCalendar,
    local_time,
    place_of,
)
from services.sla.repository import limit_sets as repository
from shared.errors import Refused
from shared.events.words import Channel
from shared.http import ApiRoute, Code, Who
from shared.http.demands import Audience, demands, open_to
from shared.security.policy import Action, Resource

router = APIRouter(route_class=ApiRoute)


class Explained(BaseModel):
    """A due date for given inputs, with every step that leads there."""

    start: datetime
    counted_from: datetime
    """From when it counts: the start, or of a unit's order the signature, where its limit says so.
    """
    kind: str
    complexity: Complexity
    limit: str
    limit_set: int
    """The version of the limits, 0 being the settings of the node."""
    limit_title: str
    limit_row: str | None
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
    kind: LimitKind = LimitKind.RESOLVE
    clock: LimitKind | None = Field(default=None, description="another name of `kind`")
    channel: Channel | None = None
    demand: Demand | None = None
    item: Code | None = None
    urgency: Urgency | None = None
    place: Place | None = Field(default=None, description="of the matter; default: the node's")
    unit: Code | None = Field(default=None, description="of this node, by whose hours is counted")
    region: Place | None = Field(
        default=None, description="whose local days count; default: the node's or the matter's"
    )

    signed: AwareDatetime | None = Field(
        default=None, description="when the unit signed for an order that was dispatched at start"
    )
    sign_by: AwareDatetime | None = Field(
        default=None, description="until when it had to; default: by the limit for signing"
    )

    def whose(self, kind: str, node: str, home: str) -> Scope:
        """Return by whose calendar is counted what was asked."""
        if kind == LimitKind.CITIZEN and self.region is None:
            return policy.whose(kind, "", place_of(self.place or node), home)
        unit = "" if kind == LimitKind.CITIZEN else self.unit
        return Scope(place_of(self.region) if self.region else home, unit or "")

    def matter(self, node: str) -> Matter:
        """Return it as rows of limits ask for it."""
        return Matter(
            complexity=self.complexity,
            item=self.item or "",
            place=place_of(self.place or node),
            channel=self.channel or "",
            demand=self.demand or "",
            urgency=self.urgency or "",
        )


@router.get("/due-date")
@open_to(Audience.EVERYBODY, "says nothing of a case")
def due_date(door: SlaDoor, given: Annotated[Asked, Query()]) -> Explained:
    """Explain the limit for given inputs; everybody may ask, for it says nothing of a case."""
    begun = given.start or door.now()
    with door.unit.transaction() as db:
        promise = under_notices(db, door.settings.promise)
    return _explained(given, promise, promise.book.set_for(begun), begun, door.node.code)


@router.get("/limit-sets/{number}/due-date")
@demands(Action.LIMITS_READ)
def try_due_date(
    number: Annotated[int, Path(ge=1, le=2**31 - 1)],
    door: SlaDoor,
    actor: Who,
    given: Annotated[Asked, Query()],
) -> Explained:
    """Explain the limit for given inputs under one version, the draft too."""
    door.demand(actor, Action.LIMITS_READ, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        promise = under_notices(db, door.settings.promise)
        kept = repository.find_set(db, number)
    if kept is None:
        raise Refused("unknown_limit_set", field="number")
    begun = given.start or door.now()
    return _explained(given, promise, repository.tried_set(kept), begun, door.node.code)


def _explained(
    given: Asked, promise: Promise, chosen: LimitSet | None, begun: datetime, node: str
) -> Explained:
    asked = given.clock or given.kind
    ruled = policy.ruled_by(chosen, promise.limits, asked, given.matter(node), begun)
    whose = given.whose(asked, node, promise.home)
    calendar = promise.days.of(whose)
    about = (LimitKind.SIGN, given.matter(node), begun)
    within = policy.ruled_by(chosen, promise.limits, *about).limit
    try:
        signing = _signing(given, begun, within, calendar) if ruled.limit.by_signature else UNHEARD
        due = policy.due_signed(begun, ruled.limit, calendar, signing)
    except (policy.OutsideCalendar, OverflowError) as error:
        raise Refused("outside_calendar", field="start") from error
    return Explained(
        start=begun,
        counted_from=policy.counted_from(begun, ruled.limit, signing),
        kind=asked,
        complexity=given.complexity,
        limit=str(ruled.limit),
        limit_set=ruled.number,
        limit_title=ruled.title,
        limit_row=ruled.code,
        due_at=due.at,
        due_date=local_time(due.at).date(),
        provisional=due.provisional,
        calendar_version=due.calendar_version,
        steps=[StepView.model_validate(step.as_record()) for step in due.steps],
        trace=[_source(ruled), *told_steps(due.steps)],
        digest=due.digest,
    )


def _signing(given: Asked, begun: datetime, within: Limit, calendar: WorkingCalendar) -> Signing:
    """Return when is signed for what was asked; Refused (`signed_before_dispatch`)."""
    if given.signed is not None and given.signed < begun:
        raise Refused("signed_before_dispatch", field="signed")
    return Signing(given.sign_by or policy.due_at(begun, within, calendar).at, given.signed)


def _source(ruled: Ruled) -> TraceLine:
    return TraceLine(**spoken_source(ruled).model_dump())
