"""A term of sla was not kept: a unit did not sign, nobody found the unit of a case."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.dispatch.handlers.trace import THE_RULES, Trace, leave_trace
from services.dispatch.policy import CaseState, OrderState
from services.dispatch.repository import orders as repository
from services.dispatch.repository.cases import lock_case, lock_cases
from services.dispatch.repository.orders import Order, change_order, find_order
from services.dispatch.repository.parts import note_part_limits
from shared.events.dispatch import OrderSigned, SearchEscalated
from shared.events.sla import ClockStarted, DueDateMoved, TermKind, TermNear, TermOver
from shared.events.words import ClockDetail
from shared.outbox import say
from shared.security.actor import Actor, ActorKind
from shared.security.caller import Caller
from shared.security.policy import Action


def note_sign_limits(db: Connection, events: Sequence[ClockStarted]) -> None:
    """Keep until when units have to sign, or give orders back, and how far these are extended.

    An order whose limit was moved already keeps that one.
    """
    _note(db, events, anew=False)


def move_sign_limits(db: Connection, events: Sequence[DueDateMoved]) -> None:
    """Keep until when units have to sign now, after calendar or limits changed, and the rest."""
    _note(db, events, anew=True)


def _note(db: Connection, events: Sequence[ClockStarted | DueDateMoved], *, anew: bool) -> None:
    of_parts = [each for each in events if each.kind_told == ClockDetail.CO_HANDLE]
    if of_parts:
        _note_of_parts(db, of_parts)
    orders = [each for each in events if each.kind_told == ClockDetail.RESOLVE]
    limited = [each for each in orders if each.order_id and each.sign_by]
    told = {each.order_id: each.sign_by for each in limited if each.order_id and each.sign_by}
    if told:
        lock_cases(db, {each.case_id for each in limited})
        repository.note_sign_limits(db, told, anew=anew)
    _note_allowances(db, orders, anew=anew)


def _note_allowances(
    db: Connection, events: Sequence[ClockStarted | DueDateMoved], *, anew: bool
) -> None:
    allowing = [each for each in events if each.order_id and each.allowance]
    told = {
        each.order_id: (each.allowance.most, each.allowance.days)
        for each in allowing
        if each.order_id and each.allowance
    }
    if told:
        lock_cases(db, {each.case_id for each in allowing})
        repository.note_allowances(db, told, anew=anew)


def _note_of_parts(db: Connection, events: Sequence[ClockStarted | DueDateMoved]) -> None:
    lock_cases(db, {each.case_id for each in events})
    for each in events:
        limits = {"due_at": each.due_at} | ({"sign_by": each.sign_by} if each.sign_by else {})
        if each.order_id is not None:
            note_part_limits(db, each.order_id, **limits)


def note_reminder(db: Connection, event: TermNear) -> None:
    """Keep that a unit was reminded to sign; the desk says so on top of the order."""
    order = _unsigned(db, event)
    if order is not None:
        change_order(db, order, reminded_at=event.occurred_at)


def end_term(db: Connection, event: TermOver, node: str) -> None:
    """Sign for a unit that did not, or let the supervisor see whom nobody found a unit for."""
    match event.kind:
        case TermKind.SIGN:
            _force(db, event, node)
        case TermKind.SEARCH:
            _escalate(db, event)


def _force(db: Connection, event: TermOver, node: str) -> None:
    order = _unsigned(db, event)
    if order is None:
        return
    at = event.occurred_at
    signed = {"state": OrderState.SIGNED, "signed_at": at, "forced_at": at}
    change_order(db, order, **signed)
    told = {"unit_code": order.unit_code, "unit_name": order.unit_name, "forced": True}
    about = {"case_id": order.case_id, "order_id": order.order_id, "occurred_at": at}
    say(db, OrderSigned(**about, **told, by=THE_RULES))
    rules = Caller(Actor(kind=ActorKind.SYSTEM, node=node, id="rules"), at)
    before = {"state": order.state}
    leave_trace(db, rules, Trace(Action.ORDER_SIGN, "order", str(order.order_id), signed, before))


def _unsigned(db: Connection, event: TermNear | TermOver) -> Order | None:
    if event.order_id is None or lock_case(db, event.case_id) is None:
        return None
    order = find_order(db, event.order_id)
    return order if order is not None and order.state is OrderState.DISPATCHED else None


def _escalate(db: Connection, event: TermOver) -> None:
    case = lock_case(db, event.case_id)
    if case is None or not case.here or case.state is not CaseState.POOLED:
        return
    # A search that began after this limit is another one.
    if case.pooled_at is None or case.pooled_at < event.due_at:
        about = {"case_id": case.case_id, "occurred_at": event.occurred_at}
        say(db, SearchEscalated(**about, due_at=event.due_at))
