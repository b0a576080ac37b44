"""Hand-overs over HTTP: offer a case to a neighbour, answer one, take one back, report up."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.dispatch import handlers
from services.dispatch.api.hand_over_bodies import (
    AcceptBody,
    HandOverView,
    HandOverWritten,
    OfferBody,
    RefuseBody,
    ReportBody,
    ReportWritten,
    WithdrawBody,
)
from services.dispatch.api.orders import DispatchDoor, id_before
from services.dispatch.handlers import Caller, House
from services.dispatch.policy import Direction, OfferState
from services.dispatch.repository import hand_overs as repository
from services.dispatch.repository.cases import cases_by_id
from services.dispatch.repository.hand_overs import HandOver, Wanted
from services.dispatch.tables import idempotency
from shared.http import ApiRoute, Cursor, Door, IdempotencyKey, Once, Page, Who
from shared.http.demands import demands
from shared.http.paging import MOST_PER_PAGE, cursor_for
from shared.security.policy import Action, Resource
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which hand-overs a list is asked for; what is not given does not narrow it."""

    direction: Annotated[Direction | None, Query()] = None
    state: Annotated[OfferState | None, Query()] = None
    case_id: Annotated[UUID | None, Query()] = None


@router.get("/hand-overs")
@demands(Action.HAND_OVER_READ)
def list_hand_overs(
    door: DispatchDoor,
    actor: Who,
    sought: Annotated[Sought, Depends()],
    cursor: Cursor = None,
) -> Page[HandOverView]:
    """List the offers made here (`out`) and to this node (`in`), the newest first."""
    door.demand(actor, Action.HAND_OVER_READ, Resource(node=door.node.code))
    before = id_before(cursor)
    wanted = Wanted(sought.direction, sought.state, sought.case_id, before, actor)
    with door.unit.transaction() as db:
        found = repository.hand_overs_like(db, wanted, MOST_PER_PAGE + 1)
        shown = found[:MOST_PER_PAGE]
        cases = cases_by_id(db, [each.case_id for each in shown])
    following = cursor_for(shown[-1].hand_over_id) if len(found) > MOST_PER_PAGE else None
    return Page(items=[HandOverView.of(one, cases) for one in shown], next=following)


@router.post("/hand-overs", status_code=201)
@demands(Action.HAND_OVER_OFFER)
def offer(
    body: OfferBody, door: DispatchDoor, actor: Who, key: IdempotencyKey = None
) -> HandOverWritten:
    """Offer a case up, down or back; it stays here until the neighbour takes it."""
    door.demand(actor, Action.HAND_OVER_OFFER, Resource(node=door.node.code, case_id=body.case_id))
    caller, house = Caller(actor, door.now()), house_of(door)
    offering = handlers.Offering(**body.model_dump())
    once = Once(idempotency, door.keys, actor, key, caller.now)
    with door.unit.begin() as work:
        return once.run(
            work.db,
            body,
            HandOverWritten,
            lambda: _written(work, handlers.offer_hand_over(work.db, offering, caller, house)),
        )


@router.post("/hand-overs/{hand_over_id}/accept")
@demands(Action.HAND_OVER_ANSWER)
def accept(
    hand_over_id: UUID, _body: AcceptBody, door: DispatchDoor, actor: Who
) -> HandOverWritten:
    """Take a case over: from now on it is this node's."""
    return _decide(
        door,
        actor,
        Action.HAND_OVER_ANSWER,
        lambda work, caller: handlers.accept_hand_over(
            work.db, hand_over_id, caller, house_of(door)
        ),
    )


@router.post("/hand-overs/{hand_over_id}/refuse")
@demands(Action.HAND_OVER_ANSWER)
def refuse(
    hand_over_id: UUID, body: RefuseBody, door: DispatchDoor, actor: Who
) -> HandOverWritten:
    """Leave a case where it is, with a ground and its legal basis."""
    refusing = handlers.Refusing(
        hand_over_id=hand_over_id,
        ground=body.ground,
        legal_basis=body.legal_basis,
        note=body.note or "",
    )
    return _decide(
        door,
        actor,
        Action.HAND_OVER_ANSWER,
        lambda work, caller: handlers.refuse_hand_over(work.db, refusing, caller),
    )


@router.post("/hand-overs/{hand_over_id}/withdraw")
@demands(Action.HAND_OVER_OFFER)
def withdraw(
    hand_over_id: UUID, body: WithdrawBody, door: DispatchDoor, actor: Who
) -> HandOverWritten:
    """Ask for an offer back; it stands until the neighbour answers."""
    return _decide(
        door,
        actor,
        Action.HAND_OVER_OFFER,
        lambda work, caller: handlers.withdraw(work.db, hand_over_id, body.because, caller),
    )


@router.post("/reports-up", status_code=201)
@demands(Action.CASE_REPORT_UP)
def report_up(
    body: ReportBody, door: DispatchDoor, actor: Who, key: IdempotencyKey = None
) -> ReportWritten:
    """Make the tier above aware of a case that stays here."""
    door.demand(actor, Action.CASE_REPORT_UP, Resource(node=door.node.code, case_id=body.case_id))
    caller = Caller(actor, door.now())
    reporting = handlers.Reporting(body.case_id, body.because)
    once = Once(idempotency, door.keys, actor, key, caller.now)

    def act(work: Work) -> ReportWritten:
        case_id = handlers.report_up(work.db, reporting, caller, house_of(door))
        work.speak()
        return ReportWritten(case_id=case_id, version=work.versions[case_id])

    with door.unit.begin() as work:
        return once.run(work.db, body, ReportWritten, lambda: act(work))


def house_of(door: Door) -> House:
    """Return the node behind a door and those next to it."""
    return House(door.node.code, door.node.neighbours)


def _decide(
    door: Door, actor: Who, action: Action, act: Callable[[Work, Caller], HandOver]
) -> HandOverWritten:
    door.demand(actor, action, Resource(node=door.node.code))
    with door.unit.begin() as work:
        return _written(work, act(work, Caller(actor, door.now())))


def _written(work: Work, hand_over: HandOver) -> HandOverWritten:
    work.speak()
    version = work.versions[hand_over.case_id]
    return HandOverWritten.of(hand_over, version)
