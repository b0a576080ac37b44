"""The person withdrew a case: whoever works on it stops, and nothing of it is begun any more.

The node that has the case ends it, and gives that back as it would a result. What is on the way
between two nodes ends where it comes to rest: an offer is asked back and not taken (ADR 49).
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.dispatch.handlers.ending import end_what_is_open
from services.dispatch.handlers.meetings_ending import cancelled
from services.dispatch.handlers.offers import House
from services.dispatch.handlers.take import Result, pass_result_on, say_refused
from services.dispatch.handlers.trace import THE_RULES, Trace, leave_trace
from services.dispatch.policy import CaseState, OrderState
from services.dispatch.repository.cases import Case, lock_case
from services.dispatch.repository.disputes import decide_arbitration, open_arbitration
from services.dispatch.repository.hand_overs import (
    HandOver,
    change_hand_over,
    lock_offers_to_us,
    open_offer,
)
from services.dispatch.repository.meetings import open_meeting
from services.dispatch.repository.orders import Order, change_order, open_orders_in
from services.dispatch.repository.withdrawals import Withdrawn, is_withdrawn, note_withdrawal
from shared.events.dispatch import (
    ArbitrationDecided,
    HandOverWithdrawn,
    OrderFinished,
    PartEnd,
)
from shared.events.intake import CaseWithdrawn
from shared.events.link import FactRelayed
from shared.events.sealed import Sealed
from shared.events.words import HandOverGround, OutcomeDetail
from shared.outbox import say
from shared.security.actor import Actor, ActorKind
from shared.security.caller import Caller
from shared.security.policy import Action

ENDED = "诉求人已撤回，不再办理"


def hear_withdrawn(db: Connection, event: CaseWithdrawn, house: House) -> None:
    """Keep that a round was withdrawn, and end it if this node has it.

    What nobody had accepted is not here, and may be accepted when that is taken back.
    """
    _hear(db, event, house, (house.node, event.occurred_at))


def _hear(db: Connection, event: CaseWithdrawn, house: House, told: tuple[str, datetime]) -> None:
    if not event.accepted:
        return
    by, at = told
    case = lock_case(db, event.case_id)
    # Who takes an offer that is here holds its row, and makes the case: it must not be missed.
    offers = lock_offers_to_us(db, event.case_id)
    case = case or lock_case(db, event.case_id)
    note_withdrawal(db, Withdrawn(event.case_id, event.round, by), at)
    for offer in offers:
        if offer.round <= event.round and offer.told["origin"] == by:
            say_refused(db, offer, THE_RULES, at, HandOverGround.WITHDRAWN)
    if case is not None and case.round <= event.round and (case.origin or house.node) == by:
        end_withdrawn(db, case, at, house)


def hear_withdrawn_elsewhere(db: Connection, event: FactRelayed, house: House) -> None:
    """Hear the same of a case that another node registered; nobody else can say so of it."""
    if event.fact.type == CaseWithdrawn.name:
        told = event.fact.open(CaseWithdrawn)
        _hear(db, told, house, (event.fact.node, event.occurred_at))


def is_over(db: Connection, case: Case, house: House) -> bool:
    """Tell whether the round in which a case is was withdrawn."""
    return is_withdrawn(db, Withdrawn(case.case_id, case.round, case.origin or house.node))


def end_withdrawn(db: Connection, case: Case, at: datetime, house: House) -> None:
    """End a locked case that was withdrawn; what may have gone to another node waits for that."""
    if not case.here or case.state is CaseState.FINISHED:
        return
    offer = open_offer(db, case.case_id)
    if offer is not None:
        _ask_back(db, offer, at)
        return
    _end_dispute(db, case, at)
    meeting = open_meeting(db, case.case_id)
    if meeting is not None:
        cancelled(db, meeting, ENDED, THE_RULES, at)
    orders = open_orders_in(db, case.case_id)
    for order in orders:
        _end(db, order, at)
    _give_back(db, case, orders[-1] if orders else None, at, house)
    rules = Caller(Actor(kind=ActorKind.SYSTEM, node=house.node, id="rules"), at)
    after = {"round": case.round, "orders": [str(order.order_id) for order in orders]}
    leave_trace(db, rules, Trace(Action.CASE_WITHDRAW, "case", str(case.case_id), after))


def _give_back(
    db: Connection, case: Case, order: Order | None, at: datetime, house: House
) -> None:
    # Who has it anew, if that is taken back, is who had it now; of a pooled one that is nobody.
    unit = None if order is None else order.unit_code
    ended = replace(case, joined_to=None, searcher=None, result_from=None, unit_code=unit)
    name = order.unit_name if order else ""
    result = Result(unit_code=unit or house.node, unit_name=name, told=_told())
    pass_result_on(db, ended, result, at, house)


def _ask_back(db: Connection, offer: HandOver, at: datetime) -> None:
    if offer.withdrawn_at is not None:
        return
    change_hand_over(db, offer.hand_over_id, withdrawn_at=at)
    back = HandOverWithdrawn(
        case_id=offer.case_id,
        occurred_at=at,
        hand_over_id=offer.hand_over_id,
        epoch=offer.epoch,
        to_node=offer.peer,
        because=ENDED,
        by=THE_RULES,
    )
    say(db, back)


def _end_dispute(db: Connection, case: Case, at: datetime) -> None:
    dispute = open_arbitration(db, case.case_id)
    if dispute is None:
        return
    told = {"because": ENDED, "legal_basis": ""}
    decide_arbitration(db, dispute.arbitration_id, decided_at=at, **told)
    about: dict[str, Any] = {"case_id": case.case_id, "occurred_at": at, "by": THE_RULES}
    decided = {**about, **told, "arbitration_id": dispute.arbitration_id, "withdrawn": True}
    say(db, ArbitrationDecided(**decided))


def _end(db: Connection, order: Order, at: datetime) -> None:
    told = _told()
    ended = {"state": OrderState.FINISHED, "finished_at": at, "answer_masked": ENDED}
    change_order(db, order, **ended, outcome=OutcomeDetail.WITHDRAWN)
    end_what_is_open(db, order, at, PartEnd.FINISHED)
    fact = OrderFinished(
        case_id=order.case_id,
        occurred_at=at,
        order_id=order.order_id,
        unit_code=order.unit_code,
        unit_name=order.unit_name,
        by=THE_RULES,
        **told,
    )
    say(db, fact)


def _told() -> dict[str, Any]:
    """Return what stands in the place of a result: there is none, and nothing in it to open."""
    outcome = OutcomeDetail.WITHDRAWN
    named = {"outcome": outcome.nearest, "outcome_detail": outcome.value, "withdrawn": True}
    return {**named, "answer": Sealed.withheld("answer"), "answer_masked": ENDED}
