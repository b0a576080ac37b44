"""The endpoints for what is kept of a person: legal holds, erasures, corrections, retention."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from services.intake import handlers
from services.intake.api.cases import IntakeDoor, Number, exact
from services.intake.api.record_bodies import (
    CaseRecords,
    CorrectionBody,
    ErasureBody,
    HoldAnswer,
    HoldBody,
    KeptClass,
    OrderAnswer,
    OrderWritten,
    ReasonBody,
    RecordWritten,
    Retention,
)
from services.intake.handlers import Caller
from services.intake.handlers.complaint import is_in_conflict
from services.intake.policy.retention import OrderState
from services.intake.repository import orders as repository
from services.intake.repository.cases import case_by_number, cases_among
from services.intake.repository.orders import Hold, Order
from services.intake.tables import idempotency
from shared.errors import Refused
from shared.http import ApiRoute, Cursor, IdempotencyKey, Once, Page, Who, cursor_after
from shared.http.demands import demands
from shared.http.paging import MOST_PER_PAGE, cursor_for
from shared.security.policy import Action, Resource
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)

MOST_HOLDS = 200

T = TypeVar("T", Hold, Order)


@router.get("/retention")
@demands(Action.RETENTION_READ)
def read_retention(door: IntakeDoor, actor: Who) -> Retention:
    """Tell how long each class of data is kept, what is on hold, and which nodes lag behind."""
    door.demand(actor, Action.RETENTION_READ, Resource(node=door.node.code))
    late = door.now() - door.settings.patience
    with door.unit.transaction() as db:
        held = _without_own(db, repository.open_holds(db, MOST_HOLDS), Caller(actor, door.now()))
        holds = [HoldAnswer.of(each) for each in held]
        laggards = repository.laggards(db, late)
    kept = [KeptClass(name=name, days=kept.days) for name, kept in door.settings.keeping.items()]
    return Retention(
        classes=kept,
        acknowledge_hours=door.settings.acknowledge_hours,
        holds=holds,
        laggards=laggards,
    )


@router.get("/data-orders")
@demands(Action.RETENTION_READ)
def list_orders(
    door: IntakeDoor,
    actor: Who,
    state: Annotated[OrderState | None, Query()] = None,
    cursor: Cursor = None,
) -> Page[OrderAnswer]:
    """List orders to erase or correct, the newest first, with the nodes that were told of each."""
    door.demand(actor, Action.RETENTION_READ, Resource(node=door.node.code))
    after, late = _after(cursor), door.now() - door.settings.patience
    with door.unit.transaction() as db:
        found = repository.orders(db, state, after, MOST_PER_PAGE + 1)
        shown = _without_own(db, found[:MOST_PER_PAGE], Caller(actor, door.now()))
        copies = repository.copies_of(db, [each.order_id for each in shown])
    last = found[MOST_PER_PAGE - 1] if len(found) > MOST_PER_PAGE else None
    following = cursor_for(last.asked_at.isoformat(), last.order_id) if last else None
    return Page(items=[OrderAnswer.of(each, copies, late) for each in shown], next=following)


@router.get("/cases/{number}/records")
@demands(Action.RETENTION_READ)
def read_records(number: Number, door: IntakeDoor, actor: Who) -> CaseRecords:
    """Tell whether a case is on hold or erased, and which orders there are about its person."""
    door.demand(actor, Action.RETENTION_READ, Resource(node=door.node.code))
    late = door.now() - door.settings.patience
    with door.unit.transaction() as db:
        case = case_by_number(db, exact(number))
        if case is None or is_in_conflict(case, Caller(actor, door.now())):
            raise Refused("unknown_case")
        hold = repository.open_hold(db, case.case_id)
        found = repository.orders_of(db, case.case_id)
        copies = repository.copies_of(db, [each.order_id for each in found])
    return CaseRecords(
        number=case.number,
        erased_at=case.erased_at,
        hold=HoldAnswer.of(hold) if hold else None,
        orders=[OrderAnswer.of(each, copies, late) for each in found],
    )


@router.post("/cases/{number}/hold")
@demands(Action.HOLD_WRITE)
def hold_case(number: Number, body: HoldBody, door: IntakeDoor, actor: Who) -> RecordWritten:
    """Put a case on legal hold: nothing of it is erased until it is released."""
    door.demand(actor, Action.HOLD_WRITE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        case_id = handlers.hold_case(work.db, exact(number), body.holding(), caller)
        return _record(work, case_id)


@router.post("/cases/{number}/hold/release")
@demands(Action.HOLD_WRITE)
def release_case(number: Number, body: ReasonBody, door: IntakeDoor, actor: Who) -> RecordWritten:
    """Release a case: what was approved meanwhile is carried out."""
    door.demand(actor, Action.HOLD_WRITE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        case_id = handlers.release_case(work.db, exact(number), body.reason, caller)
        return _record(work, case_id)


@router.post("/cases/{number}/erasure", status_code=201)
@demands(Action.ERASURE_ASK)
def ask_erasure(
    number: Number, body: ErasureBody, door: IntakeDoor, actor: Who, key: IdempotencyKey = None
) -> OrderWritten:
    """Ask to erase the person of a case at rest; a security administrator decides."""
    door.demand(actor, Action.ERASURE_ASK, Resource(node=door.node.code))
    caller = Caller(actor, door.now())
    once = Once(idempotency, door.keys, actor, key, caller.now)
    with door.unit.begin() as work:
        return once.run(
            work.db,
            body,
            OrderWritten,
            lambda: _order(
                work, handlers.ask_erasure(work.db, exact(number), body.asking(), caller)
            ),
        )


@router.post("/data-orders/{order_id}/approve")
@demands(Action.ERASURE_APPROVE)
def approve_erasure(order_id: UUID, door: IntakeDoor, actor: Who) -> OrderWritten:
    """Approve an erasure that somebody else asked for: it is carried out, here and everywhere."""
    door.demand(actor, Action.ERASURE_APPROVE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        return _order(work, handlers.approve_erasure(work.db, order_id, caller))


@router.post("/data-orders/{order_id}/refuse")
@demands(Action.ERASURE_APPROVE)
def refuse_erasure(order_id: UUID, body: ReasonBody, door: IntakeDoor, actor: Who) -> OrderWritten:
    """Decide that the person of a case is not erased now."""
    door.demand(actor, Action.ERASURE_APPROVE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        return _order(work, handlers.refuse_erasure(work.db, order_id, body.reason, caller))


@router.post("/cases/{number}/correction", status_code=201)
@demands(Action.CORRECTION_ORDER)
def ask_correction(
    number: Number, body: CorrectionBody, door: IntakeDoor, actor: Who, key: IdempotencyKey = None
) -> OrderWritten:
    """Ask to correct what was taken down wrongly of a case's person; another person decides."""
    door.demand(actor, Action.CORRECTION_ORDER, Resource(node=door.node.code))
    caller = Caller(actor, door.now())
    once = Once(idempotency, door.keys, actor, key, caller.now)

    def ask() -> OrderWritten:
        asking = body.correcting()
        order = handlers.ask_correction(work.db, door.keys, exact(number), asking, caller)
        return _order(work, order)

    with door.unit.begin() as work:
        answer = handlers.as_look(
            work.db,
            exact(number),
            caller,
            door.settings.look_limits,
            lambda: once.run(work.db, body, OrderWritten, ask),
        )
    if isinstance(answer, Refused):
        raise answer  # outside of the transaction, so that it stays written down
    return answer


@router.post("/corrections/{order_id}/approve")
@demands(Action.CORRECTION_APPROVE)
def approve_correction(order_id: UUID, door: IntakeDoor, actor: Who) -> OrderWritten:
    """Approve a correction that somebody else asked for: carried out, here and everywhere."""
    door.demand(actor, Action.CORRECTION_APPROVE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        return _order(work, handlers.approve_correction(work.db, door.keys, order_id, caller))


@router.post("/corrections/{order_id}/refuse")
@demands(Action.CORRECTION_APPROVE)
def refuse_correction(
    order_id: UUID, body: ReasonBody, door: IntakeDoor, actor: Who
) -> OrderWritten:
    """Decide that what was taken down stays as it is."""
    door.demand(actor, Action.CORRECTION_APPROVE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        return _order(
            work, handlers.refuse_correction(work.db, door.keys, order_id, body.reason, caller)
        )


def _without_own(db: Connection, found: Sequence[T], caller: Caller) -> Sequence[T]:
    # What a case complains of does not exist for whom it complains of.
    known = cases_among(db, [each.case_id for each in found])
    hidden = {key for key, case in known.items() if is_in_conflict(case, caller)}
    return [each for each in found if each.case_id not in hidden]


def _record(work: Work, case_id: UUID) -> RecordWritten:
    work.speak()
    return RecordWritten(case_id=case_id, version=work.versions.get(case_id, 0))


def _order(work: Work, order: Order) -> OrderWritten:
    work.speak()
    version = work.versions.get(order.case_id, 0)
    state = OrderState(order.state)
    return OrderWritten(
        case_id=order.case_id, version=version, order_id=order.order_id, state=state
    )


def _after(cursor: str | None) -> tuple[datetime, UUID] | None:
    key = cursor_after(cursor, 2)
    if key is None:
        return None
    try:
        # One that names no zone is nobody's: it is read as of here, and finds what it finds.
        return datetime.fromisoformat(key[0]).astimezone(UTC), UUID(key[1])
    except (ValueError, OverflowError) as error:
        raise Refused("bad_cursor", field="cursor") from error
