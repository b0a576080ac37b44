"""The endpoint for the clocks of a case."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import Connection

from services.sla import repository
from services.sla.api.doors import SlaDoor, StepView
from services.sla.api.telling import TraceLine, told_reclassified, told_steps
from services.sla.handlers.callbacks import CALLBACKS
from services.sla.policy import NAMED, ClockKind, Lamp, Rule, Step
from services.sla.tables import complaints
from shared.complaints import barred, complaint_of
from shared.events.sla import StopReason
from shared.http import ApiRoute, Door, Who
from shared.http.demands import demands
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, is_complained_of

router = APIRouter(route_class=ApiRoute)

GONE = frozenset({StopReason.RETURNED, StopReason.HANDED_OVER})
OF_HOLDERS = frozenset({ClockKind.CONTACT, ClockKind.RESOLVE, ClockKind.FEEDBACK})
"""What a unit owes because it has the case, or had it."""
BESIDE = frozenset({ClockKind.RECTIFY, ClockKind.SUPERVISION, ClockKind.MEETING, *CALLBACKS})
"""What somebody owes whoever has the case now."""


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
    trace: list[TraceLine] = []
    """The steps in words."""
    digest: str
    limit_set: int | None
    """The version of the limits that decided, 0 being the settings of the node, -1 a word of
    whoever asked for help."""
    limit_row: str | None


@router.get("/clocks")
@demands(Action.CASE_READ)
def clocks(case_id: UUID, door: SlaDoor, actor: Who) -> list[ClockView]:
    """List every clock of a case, in the order they started."""
    with door.unit.transaction() as db:
        found = demand_clocks(db, case_id, door, actor)
        case = repository.cases_of(db, [case_id]).get(case_id)
    return [_view(clock, case) for clock in found]


def _view(clock: repository.Clock, case: repository.Case | None) -> ClockView:
    told = ClockView.model_validate(clock, from_attributes=True)
    trace = [*_reclassified(clock, case), *told_steps(map(_step, told.steps))]
    return told.model_copy(update={"trace": trace})


def _reclassified(clock: repository.Clock, case: repository.Case | None) -> Iterator[TraceLine]:
    """Yield why a clock is counted by another complexity than when it began."""
    if case is None or not case.complexity_at or not case.complexity_before:
        return
    is_anew = clock.started_at < case.complexity_at and clock.complexity == case.complexity
    if is_anew and clock.limit_set != NAMED:
        yield told_reclassified(case.complexity_before, clock.complexity)


def _step(view: StepView) -> Step:
    return Step(**view.model_dump() | {"rule": Rule(view.rule)})


def demand_clocks(
    db: Connection, case_id: UUID, door: Door, actor: Actor
) -> Sequence[repository.Clock]:
    """Return the clocks of a case that this actor may read; Refused where they may not.

    As of a case that there is not: whom it complains of learns nothing of it.
    """
    here = Resource(node=door.node.code, case_id=case_id)
    hidden = is_complained_of(actor, barred(here, complaint_of(db, complaints, case_id)))
    found = [] if hidden else repository.clocks_of_case(db, case_id)
    held = _held_by([clock for clock in found if clock.kind in OF_HOLDERS])
    helping = _helping([clock for clock in found if clock.kind not in BESIDE])
    sides = replace(here, unit=held, units=helping)
    door.demand(actor, Action.CASE_READ, sides)
    return found


def _held_by(found: Sequence[repository.Clock]) -> str | None:
    """Return the unit that was given the case last, unless it gave it back or on."""
    given = [clock for clock in found if clock.unit_code is not None]
    return given[-1].unit_code if given and _has(given[-1]) else None


def _helping(found: Sequence[repository.Clock]) -> frozenset[str]:
    """Return the units that have a part in this round, or answered theirs."""
    last = max((clock.round for clock in found if clock.unit_code is not None), default=0)
    parts = [one for one in found if one.kind is ClockKind.CO_HANDLE and one.round == last]
    return frozenset(one.unit_code for one in parts if _has(one) and one.unit_code)


def _has(clock: repository.Clock) -> bool:
    return clock.stop_reason not in GONE
