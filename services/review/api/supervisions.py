"""The endpoints of supervision: ask a tier below, answer the tier above, read both."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from services.review import handlers
from services.review.handlers import House, Ordering
from services.review.repository.supervisions import (
    Supervision,
    Wanted,
    asked_unit,
    supervisions_like,
)
from services.review.tables import idempotency
from shared.errors import Refused
from shared.http import (
    ApiRoute,
    Cursor,
    Door,
    IdempotencyKey,
    LongText,
    Moment,
    Once,
    Page,
    Who,
    cursor_after,
    door_of,
)
from shared.http.demands import demands
from shared.http.paging import MOST_PER_PAGE, cursor_for
from shared.security.actor import Actor
from shared.security.caller import Caller
from shared.security.policy import Action, Resource
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)

ReviewDoor = Annotated[Door, Depends(door_of("review"))]


class OrderBody(BaseModel):
    """What a supervisor wants to know of a case below; without a day, by this time tomorrow."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    case_id: UUID
    text: LongText
    answer_by: Moment | None = None


class AnswerBody(BaseModel):
    """What keeps the case, and by when it will be solved."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: LongText


class SupervisionWritten(BaseModel):
    """What was taken down; `version` is what a projection must reach to show it."""

    service: str = "review"
    case_id: UUID
    version: int
    supervision_id: UUID


class SupervisionView(BaseModel):
    """A question of a tier to one below, or to a unit, and its answer."""

    supervision_id: UUID
    case_id: UUID
    number: str
    from_node: str
    to_node: str
    text_masked: str
    answer_by: datetime
    ordered_at: datetime
    answered_at: datetime | None
    answer_masked: str | None
    read_at: datetime | None
    """When somebody at the node that was asked signed for it, as far as known here."""
    unit_code: str | None
    """The unit of the node that is asked, where a unit is."""


@router.post("/supervisions", status_code=201)
@demands(Action.SUPERVISION_ORDER)
def order(
    body: OrderBody, door: ReviewDoor, actor: Who, key: IdempotencyKey = None
) -> SupervisionWritten:
    """Ask the tier below that has a case what keeps it."""
    resource = Resource(node=door.node.code, case_id=body.case_id)
    door.demand(actor, Action.SUPERVISION_ORDER, resource)
    caller, house = Caller(actor, door.now()), House(door.node.code, door.node.neighbours)
    ordering = Ordering(body.case_id, body.text, body.answer_by)
    once = Once(idempotency, door.keys, actor, key, caller.now)
    with door.unit.begin() as work:
        return once.run(
            work.db,
            body,
            SupervisionWritten,
            lambda: _written(work, handlers.order_supervision(work.db, ordering, caller, house)),
        )


@router.post("/supervisions/{supervision_id}/answer")
@demands(Action.SUPERVISION_ANSWER)
def answer(
    supervision_id: UUID, body: AnswerBody, door: ReviewDoor, actor: Who
) -> SupervisionWritten:
    """Answer the tier above, or as a unit its own node, once."""
    node, caller = door.node.code, Caller(actor, door.now())
    with door.unit.begin() as work:
        _demand_answer(work, supervision_id, door, actor)
        answered = handlers.answer_supervision(work.db, supervision_id, body.text, caller, node)
        return _written(work, answered)


@router.post("/supervisions/{supervision_id}/read")
@demands(Action.SUPERVISION_ANSWER)
def read(supervision_id: UUID, door: ReviewDoor, actor: Who) -> SupervisionWritten:
    """Sign for what is asked, so that whoever asked knows that somebody has read it."""
    node, caller = door.node.code, Caller(actor, door.now())
    with door.unit.begin() as work:
        _demand_answer(work, supervision_id, door, actor)
        signed = handlers.read_supervision(work.db, supervision_id, caller, node)
        return _written(work, signed)


@router.get("/supervisions")
@demands(Action.SUPERVISION_READ)
def list_supervisions(
    door: ReviewDoor,
    actor: Who,
    case_id: Annotated[UUID | None, Query(description="Only those about this case")] = None,
    cursor: Cursor = None,
) -> Page[SupervisionView]:
    """List what this node asked and was asked, the newest first."""
    resource = Resource(node=door.node.code, case_id=case_id)
    door.demand(actor, Action.SUPERVISION_READ, resource)
    with door.unit.transaction() as db:
        wanted = Wanted(case_id, _before(cursor), actor)
        found = supervisions_like(db, wanted, MOST_PER_PAGE + 1)
    shown = found[:MOST_PER_PAGE]
    following = cursor_for(shown[-1].supervision_id) if len(found) > MOST_PER_PAGE else None
    items = [SupervisionView.model_validate(one, from_attributes=True) for one in shown]
    return Page(items=items, next=following)


def _demand_answer(work: Work, supervision_id: UUID, door: Door, actor: Actor) -> None:
    unit = asked_unit(work.db, supervision_id)
    door.demand(actor, Action.SUPERVISION_ANSWER, Resource(node=door.node.code, unit=unit))


def _written(work: Work, supervision: Supervision) -> SupervisionWritten:
    work.speak()
    return SupervisionWritten(
        case_id=supervision.case_id,
        version=work.versions[supervision.case_id],
        supervision_id=supervision.supervision_id,
    )


def _before(cursor: str | None) -> UUID | None:
    key = cursor_after(cursor, 1)
    if key is None:
        return None
    try:
        return UUID(key[0])
    except ValueError as error:
        raise Refused("bad_cursor", field="cursor") from error
