"""Parts of orders over HTTP: the lead opens, urges and takes back, the other unit answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Connection

from services.dispatch import handlers
from services.dispatch.api.bodies import Body
from services.dispatch.api.life import OnOrder
from services.dispatch.api.life_bodies import WorkBody
from services.dispatch.api.orders import DispatchDoor, allowed, id_before
from services.dispatch.api.part_bodies import (
    DissentBody,
    PartAnswerBody,
    PartBody,
    PartDeclineBody,
    PartLine,
    PartUrgeBody,
    PartView,
    PartWithdrawBody,
    PartWritten,
)
from services.dispatch.handlers import Caller
from services.dispatch.policy.parts import PartState
from services.dispatch.repository import parts as repository
from services.dispatch.repository.cases import cases_by_id
from services.dispatch.repository.orders import find_order, orders_by_id
from services.dispatch.repository.parts import Part, WantedParts
from services.dispatch.tables import complaints, idempotency
from shared.complaints import NOBODY, barred, complaint_of
from shared.errors import Refused
from shared.events.dispatch import PartKind
from shared.http import ApiRoute, Code, Cursor, Door, IdempotencyKey, Once, Page, Who
from shared.http.demands import demands
from shared.http.paging import MOST_PER_PAGE, cursor_for
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, is_complained_of
from shared.security.reach import within
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)

OF_THE_LEAD = frozenset({Action.PART_URGE, Action.PART_WITHDRAW})
"""Whose the order is does this; the rest does whose the part is."""


class Acting:
    """Who does something with which part, under which key."""

    def __init__(
        self, part_id: UUID, door: DispatchDoor, actor: Who, key: IdempotencyKey = None
    ) -> None:
        self.part_id, self.door, self.actor, self.key = part_id, door, actor, key
        self.caller = Caller(actor, door.now())


Acts = Annotated[Acting, Depends()]


@dataclass(frozen=True, slots=True)
class Sought:
    """Which parts a list is asked for; what is not given does not narrow it."""

    state: Annotated[PartState | None, Query()] = None
    unit: Annotated[Code | None, Query()] = None


@router.get("/parts")
@demands(Action.PART_READ)
def list_parts(
    door: DispatchDoor,
    actor: Who,
    sought: Annotated[Sought, Depends()],
    cursor: Cursor = None,
) -> Page[PartLine]:
    """List parts of orders, the newest first; a unit's officer sees those of the unit."""
    resource = Resource(node=door.node.code, unit=sought.unit or actor.unit)
    door.demand(actor, Action.PART_READ, resource)
    reach = within(actor, Action.PART_READ, door.node.code)
    wanted = WantedParts(actor, reach, sought.unit, sought.state, id_before(cursor))
    with door.unit.transaction() as db:
        found = repository.parts_like(db, wanted, MOST_PER_PAGE + 1)
        shown = found[:MOST_PER_PAGE]
        lines = _lines(db, shown)
    following = cursor_for(shown[-1].part_id) if len(found) > MOST_PER_PAGE else None
    return Page(items=lines, next=following)


@router.get("/parts/{part_id}")
@demands(Action.PART_READ)
def show_part(part_id: UUID, door: DispatchDoor, actor: Who) -> PartLine:
    """Show one part with its order's unit and what the case is about."""
    with door.unit.transaction() as db:
        part = allowed_part(door, db, actor, Action.PART_READ, part_id)
        return _lines(db, [part])[0]


@router.get("/orders/{order_id}/parts")
@demands(Action.PART_READ)
def parts_of_order(order_id: UUID, door: DispatchDoor, actor: Who) -> list[PartView]:
    """List all parts of an order, oldest first."""
    with door.unit.transaction() as db:
        found = repository.parts_of(db, order_id)
        mine = (part for part in found if part.unit_code == actor.unit and _is_kept(part))
        own = next(mine, None)
        if own is None:
            allowed(door, db, actor, Action.PART_READ, order_id)
        else:
            allowed_part(door, db, actor, Action.PART_READ, own.part_id)
    return [PartView.model_validate(part, from_attributes=True) for part in found]


@router.post("/orders/{order_id}/parts", status_code=201)
@demands(Action.PART_OPEN)
def open_part(
    order_id: UUID, body: PartBody, door: DispatchDoor, actor: Who, key: IdempotencyKey = None
) -> PartWritten:
    """Ask another unit to co-handle an order: it gets a part with its own clock."""
    opening = opening_of(body)
    caller = Caller(actor, door.now())
    once = Once(idempotency, door.keys, actor, key, caller.now)
    on = OnOrder(about=order_id, body=body.model_dump(mode="json"))
    with door.unit.begin() as work:
        allowed(door, work.db, actor, Action.PART_OPEN, order_id)
        return once.run(
            work.db,
            on,
            PartWritten,
            lambda: _written(work, handlers.open_part(work.db, order_id, opening, caller)),
        )


@router.post("/parts/{part_id}/answer")
@demands(Action.PART_ANSWER)
def answer(body: PartAnswerBody, acting: Acts) -> PartWritten:
    """Answer a part; its clock stops."""
    told = handlers.PartAnswer(
        part_id=acting.part_id, answer=body.answer, legal_basis=body.legal_basis or ""
    )
    return _act(
        acting,
        Action.PART_ANSWER,
        body,
        lambda db: handlers.answer_part(db, told, acting.caller),
    )


@router.post("/parts/{part_id}/dissent")
@demands(Action.PART_ANSWER)
def dissent(body: DissentBody, acting: Acts) -> PartWritten:
    """Say that the unit does not agree, and why: the lead settles it before the order ends."""
    told = handlers.Dissent(
        part_id=acting.part_id,
        reason=body.reason,
        note=body.note,
        legal_basis=body.legal_basis or "",
    )
    return _act(
        acting,
        Action.PART_ANSWER,
        body,
        lambda db: handlers.dissent_from_part(db, told, acting.caller),
    )


@router.post("/parts/{part_id}/decline")
@demands(Action.PART_ANSWER)
def decline(body: PartDeclineBody, acting: Acts) -> PartWritten:
    """Say that a part is not the unit's matter: once, within the limit to sign."""
    told = handlers.Declining(
        part_id=acting.part_id,
        ground=body.ground,
        legal_basis=body.legal_basis,
        note=body.note or "",
    )
    return _act(
        acting,
        Action.PART_ANSWER,
        body,
        lambda db: handlers.decline_part(db, told, acting.caller),
    )


@router.post("/parts/{part_id}/work", status_code=201)
@demands(Action.PART_ANSWER)
def log_work(body: WorkBody, acting: Acts) -> PartWritten:
    """Write down what was done for a part, or a visit on the spot."""

    def act(db: Connection) -> Part:
        part = repository.find_part(db, acting.part_id)
        assert part is not None, "allowed before"  # noqa: S101
        doing = handlers.Doing(
            order_id=part.order_id,
            kind=body.kind,
            note=body.note,
            done_at=body.done_at,
            place=body.place or "",
            people=body.people or "",
        )
        return handlers.log_part_work(db, part.part_id, doing, acting.caller)

    return _act(acting, Action.PART_ANSWER, body, act)


@router.post("/parts/{part_id}/urge")
@demands(Action.PART_URGE)
def urge(body: PartUrgeBody, acting: Acts) -> PartWritten:
    """Ask a unit where its part stays."""
    return _act(
        acting,
        Action.PART_URGE,
        body,
        lambda db: handlers.urge_part(db, acting.part_id, body.note or "", acting.caller),
    )


@router.post("/parts/{part_id}/withdraw")
@demands(Action.PART_WITHDRAW)
def withdraw(body: PartWithdrawBody, acting: Acts) -> PartWritten:
    """Take a part back, and give it to another unit if one is named."""
    taking = handlers.TakingBack(
        part_id=acting.part_id,
        because=body.because,
        to_unit=body.to_unit,
        task=body.task or "",
        days=body.days,
    )
    return _act(
        acting,
        Action.PART_WITHDRAW,
        body,
        lambda db: handlers.withdraw_part(db, taking, acting.caller),
    )


def opening_of(body: PartBody) -> handlers.Opening:
    """Return the co-handling that a body asks for; Refused where its limit is told twice."""
    if body.days is not None and body.due_at is not None:
        raise Refused("two_limits", field="due_at")
    return handlers.Opening(
        kind=PartKind.CO_HANDLING,
        unit_code=body.unit_code,
        task=body.task,
        days=body.days,
        due_at=body.due_at,
    )


def allowed_part(door: Door, db: Connection, actor: Actor, action: Action, part_id: UUID) -> Part:
    """Return a part of which the actor may ask this; Refused, also where there is none."""
    part = repository.find_part(db, part_id)
    order = None if part is None else find_order(db, part.order_id)
    lead = None if order is None else order.unit_code
    unit = None if part is None else part.unit_code
    against = NOBODY if part is None else complaint_of(db, complaints, part.case_id)
    own, other = (lead, unit) if action in OF_THE_LEAD else (unit, lead)
    units = frozenset({other} if other else ())
    plain = Resource(node=door.node.code, unit=own, units=units)
    resource = barred(plain, against)
    hidden = is_complained_of(actor, resource)
    # Asked also about a part that does not exist: who may see none learns nothing of which are.
    door.demand(actor, action, plain if hidden else resource)
    if part is None or hidden:
        raise Refused("unknown_part", field="part_id")
    return part


def _is_kept(part: Part) -> bool:
    return part.state is not PartState.WITHDRAWN


def _act(
    acting: Acting, action: Action, body: Body, act: Callable[[Connection], Part]
) -> PartWritten:
    door = acting.door
    once = Once(idempotency, door.keys, acting.actor, acting.key, acting.caller.now)
    on = OnOrder(about=acting.part_id, body={"action": action, **body.model_dump(mode="json")})
    with door.unit.begin() as work:
        allowed_part(door, work.db, acting.actor, action, acting.part_id)
        return once.run(work.db, on, PartWritten, lambda: _written(work, act(work.db)))


def _written(work: Work, part: Part) -> PartWritten:
    work.speak()
    return PartWritten(
        case_id=part.case_id,
        version=work.versions[part.case_id],
        order_id=part.order_id,
        part_id=part.part_id,
        state=part.state,
    )


def _lines(db: Connection, shown: Sequence[Part]) -> list[PartLine]:
    orders = orders_by_id(db, {part.order_id for part in shown})
    cases = cases_by_id(db, [part.case_id for part in shown])
    return [PartLine.of(part, orders[part.order_id], cases[part.case_id]) for part in shown]
