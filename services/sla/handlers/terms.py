"""Terms: a unit signs, a dispatcher finds a unit. They are said only where they are not kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.sla import policy, repository
from services.sla.handlers.clocks import Promise, under_notices
from services.sla.policy import Limit
from services.sla.repository import Term
from shared.clock import new_id
from shared.events.base import CaseEvent
from shared.events.dispatch import (
    CasePooled,
    OrderDispatched,
    OrderFinished,
    OrderReturned,
    OrderSigned,
)
from shared.events.sla import TermKind, TermNear, TermOver
from shared.outbox import say


def start_sign_terms(
    db: Connection, events: Sequence[OrderDispatched], promise: Promise, now: datetime
) -> Sequence[datetime]:
    """Begin to count until when units sign; the search for a unit is over. Return the limits.

    What is told of an earlier time, as an import is, counts from now on: nobody could have signed.
    """
    counted = under_notices(db, promise)
    begun = [_signing(event, counted, now) for event in events]
    repository.end_terms(
        db, {event.case_id for event in events}, TermKind.SEARCH, events[-1].occurred_at
    )
    repository.add_terms(db, begun)
    return [term.due_at for term in begun]


def start_search_term(db: Connection, event: CasePooled, promise: Promise, now: datetime) -> None:
    """Begin to count until when a unit is found; a case that is pooled again begins anew."""
    repository.lock_case(db, event.case_id)
    repository.end_terms(db, [event.case_id], TermKind.SEARCH, event.occurred_at)
    begun, counted = max(event.occurred_at, now), under_notices(db, promise)
    term = _term(event.case_id, TermKind.SEARCH, promise.limits.search, counted, begun)
    repository.add_terms(db, [term])


def end_sign_term(db: Connection, event: OrderSigned | OrderReturned | OrderFinished) -> None:
    """The unit signed, or has the order no more."""
    repository.end_terms(db, [event.case_id], TermKind.SIGN, event.occurred_at, event.order_id)


def end_all_terms(db: Connection, event: CaseEvent) -> None:
    """Another node has the case: nobody here signs or searches any more."""
    for kind in TermKind:
        repository.end_terms(db, [event.case_id], kind, event.occurred_at)


def sweep_terms(db: Connection, now: datetime, limit: int) -> int:
    """Say which terms are nearly over, and which are; return how many were looked at."""
    due = repository.terms_with_a_step_due(db, now, limit)
    for term in due:
        about = {
            "case_id": term.case_id,
            "occurred_at": now,
            "kind": term.kind,
            "order_id": term.order_id,
            "unit_code": term.unit_code,
            "due_at": term.due_at,
        }
        if policy.is_missed(term.due_at, now):
            repository.note_step(db, replace(term, next_step_at=None, over_at=now))
            say(db, TermOver(**about))
        else:
            after = policy.next_step_at(term.due_at, policy.Lamp.YELLOW)
            repository.note_step(db, replace(term, next_step_at=after, near_at=now))
            say(db, TermNear(**about))
    return len(due)


def _signing(event: OrderDispatched, promise: Promise, now: datetime) -> Term:
    begun = max(event.occurred_at, now)
    term = _term(event.case_id, TermKind.SIGN, promise.limits.sign, promise, begun)
    return replace(term, order_id=event.order_id, unit_code=event.unit_code)


def _term(case_id: UUID, kind: TermKind, limit: Limit, promise: Promise, begun: datetime) -> Term:
    due = policy.due_at(begun, limit, promise.calendar).at
    return Term(
        id=new_id(),
        case_id=case_id,
        kind=kind,
        order_id=None,
        unit_code=None,
        started_at=begun,
        due_at=due,
        next_step_at=max(begun, due - promise.remind_before),
    )
