"""The endpoints of leads: the registers of policy gaps and hidden barriers (N12)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from services.review import handlers
from services.review.handlers import Answering, House, Noting, Routing
from services.review.policy import LeadAnswer, LeadKind, LeadOutcome, LeadState
from services.review.repository.leads import (
    Lead,
    LeadsWanted,
    count_leads,
    is_hidden,
    leads_like,
    lock_lead,
    numbers_of,
    steps_of,
)
from services.review.tables import idempotency
from shared.errors import Refused
from shared.http import (
    ApiRoute,
    Code,
    Cursor,
    Day,
    Door,
    IdempotencyKey,
    LongText,
    Once,
    Page,
    ShortText,
    Who,
    cursor_after,
    door_of,
)
from shared.http.demands import demands
from shared.http.paging import MOST_PER_PAGE, cursor_for
from shared.security.actor import Actor
from shared.security.caller import Caller
from shared.security.policy import Action, Resource
from shared.security.reach import Within, within

router = APIRouter(route_class=ApiRoute)

ReviewDoor = Annotated[Door, Depends(door_of("review"))]
Year = Annotated[int | None, Query(ge=2000, le=2999)]


@dataclass(frozen=True, slots=True)
class Sought:
    """Which leads are asked for."""

    kind: LeadKind | None = None
    state: LeadState | None = None
    year: Year = None


class LeadBody(BaseModel):
    """What no rule covers, or what keeps people out; people are masked before it is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: LeadKind
    title: ShortText
    text: LongText
    item_name: ShortText | None = None
    document: ShortText | None = None
    """The paper that leaves the gap, or that is not kept to."""
    case_id: UUID | None = None
    """The case that showed it."""


class CaseBody(BaseModel):
    """Another case that met the same."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    case_id: UUID


class RouteBody(BaseModel):
    """Who can change the rule: a unit of this node; none means the tiers above."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit_code: Code | None = None
    note: LongText | None = None


class AnswerBody(BaseModel):
    """What the body does about it: a change needs its paper and day, a no its basis."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    outcome: LeadOutcome
    text: LongText
    document: ShortText | None = None
    in_force_from: Day | None = None
    promised_on: Day | None = None


class StepView(BaseModel):
    """One thing that became of a lead."""

    at: datetime
    what: str
    whom: str | None
    words_masked: str | None


class LeadView(BaseModel):
    """An entry of a register."""

    lead_id: UUID
    origin: str
    year: int
    serial: int
    kind: LeadKind
    title_masked: str
    text_masked: str
    item_name: str | None
    document: str | None
    state: LeadState
    unit_code: str | None
    raised: bool
    noted_at: datetime
    outcome: LeadOutcome | None
    answered_node: str | None
    answered_by: str | None
    answer_masked: str | None
    answer_document: str | None
    in_force_from: date | None
    promised_on: date | None
    answered_at: datetime | None
    cases_told: int


class LeadWhole(LeadView):
    """The same with the cases of this node that met it, and all that became of it."""

    numbers: list[str]
    steps: list[StepView]


class LeadCount(BaseModel):
    """How many leads of a kind are in a state."""

    kind: LeadKind
    state: LeadState
    count: int


class LeadCounts(BaseModel):
    """The registers of a year, or of all years, in numbers."""

    counts: list[LeadCount]


@router.post("/leads", status_code=201)
@demands(Action.LEAD_NOTE)
def note(body: LeadBody, door: ReviewDoor, actor: Who, key: IdempotencyKey = None) -> LeadView:
    """Enter a lead into its register."""
    caller = _caller(door, actor, Action.LEAD_NOTE)
    once = Once(idempotency, door.keys, actor, key, caller.now)
    noting = Noting(**dict(body))
    with door.unit.begin() as work:
        return once.run(
            work.db,
            body,
            LeadView,
            lambda: _view(handlers.note_lead(work.db, noting, caller, _house(door))),
        )


@router.get("/leads")
@demands(Action.LEAD_READ)
def leads(
    door: ReviewDoor, actor: Who, sought: Annotated[Sought, Depends()], cursor: Cursor = None
) -> Page[LeadView]:
    """List leads, the newest first; a unit's officers see those that their unit was asked."""
    told = (sought.kind, sought.state, sought.year)
    wanted = LeadsWanted(actor, _within(door, actor), *told, _before(cursor))
    with door.unit.transaction() as db:
        found = leads_like(db, wanted, MOST_PER_PAGE + 1)
    shown = found[:MOST_PER_PAGE]
    following = cursor_for(shown[-1].lead_id) if len(found) > MOST_PER_PAGE else None
    return Page(items=[_view(each) for each in shown], next=following)


@router.get("/leads/counts")
@demands(Action.LEAD_READ)
def counts(door: ReviewDoor, actor: Who, year: Year = None) -> LeadCounts:
    """Count the registers by kind and state."""
    wanted = LeadsWanted(actor, _within(door, actor), year=year)
    with door.unit.transaction() as db:
        found = count_leads(db, wanted)
    told = [LeadCount(kind=k, state=s, count=n) for (k, s), n in sorted(found.items())]
    return LeadCounts(counts=told)


@router.get("/leads/{lead_id}")
@demands(Action.LEAD_READ)
def lead(lead_id: UUID, door: ReviewDoor, actor: Who) -> LeadWhole:
    """Return a lead with its cases and all that became of it."""
    reach = _within(door, actor)
    with door.unit.transaction() as db:
        found = lock_lead(db, lead_id)
        resource = Resource(node=door.node.code, unit=found.unit_code if found else None)
        if found is None or is_hidden(db, lead_id, actor) or not reach.has(resource):
            raise Refused("unknown_lead", field="lead_id")
        numbers, steps = numbers_of(db, lead_id), steps_of(db, lead_id)
    told = [StepView.model_validate(step, from_attributes=True) for step in steps]
    return LeadWhole(**_view(found).model_dump(), numbers=list(numbers), steps=told)


@router.post("/leads/{lead_id}/cases")
@demands(Action.LEAD_NOTE)
def add_case(lead_id: UUID, body: CaseBody, door: ReviewDoor, actor: Who) -> LeadView:
    """Say that another case met the same."""
    caller = _caller(door, actor, Action.LEAD_NOTE)
    with door.unit.begin() as work:
        case_id = body.case_id
        return _view(handlers.add_to_lead(work.db, lead_id, case_id, caller, _house(door)))


@router.post("/leads/{lead_id}/route")
@demands(Action.LEAD_ROUTE)
def route(lead_id: UUID, body: RouteBody, door: ReviewDoor, actor: Who) -> LeadView:
    """Ask the body that can change the rule."""
    caller = _caller(door, actor, Action.LEAD_ROUTE)
    routing = Routing(unit_code=body.unit_code, note=body.note or "")
    with door.unit.begin() as work:
        return _view(handlers.route_lead(work.db, lead_id, routing, caller, _house(door)))


@router.post("/leads/{lead_id}/answer")
@demands(Action.LEAD_ANSWER)
def answer(lead_id: UUID, body: AnswerBody, door: ReviewDoor, actor: Who) -> LeadView:
    """Say what the body does about it; tiers below that met it are told."""
    own = Resource(node=door.node.code, unit=actor.unit)
    door.demand(actor, Action.LEAD_ANSWER, own)
    caller = Caller(actor, door.now())
    given = LeadAnswer(body.outcome, body.document, body.in_force_from, body.promised_on)
    with door.unit.begin() as work:
        answering = Answering(given, body.text)
        return _view(handlers.answer_lead(work.db, lead_id, answering, caller, _house(door)))


def _caller(door: Door, actor: Actor, action: Action) -> Caller:
    door.demand(actor, action, Resource(node=door.node.code))
    return Caller(actor, door.now())


def _within(door: Door, actor: Actor) -> Within:
    door.demand(actor, Action.LEAD_READ, Resource(node=door.node.code, unit=actor.unit))
    return within(actor, Action.LEAD_READ, door.node.code)


def _house(door: Door) -> House:
    return House(door.node.code, door.node.neighbours)


def _view(told: Lead) -> LeadView:
    return LeadView.model_validate(told, from_attributes=True)


def _before(cursor: str | None) -> UUID | None:
    key = cursor_after(cursor, 1)
    if key is None:
        return None
    try:
        return UUID(key[0])
    except ValueError as error:
        raise Refused("bad_cursor", field="cursor") from error
