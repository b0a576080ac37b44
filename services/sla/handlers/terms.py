"""Terms: a unit signs, a dispatcher finds a unit. They are said only where they are not kept."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.sla import policy, repository
from services.sla.handlers.clocks import Promise, facts, told_case, under_notices
from services.sla.policy import Complexity, Signing
from services.sla.repository import Case, Term
from shared.clock import new_id
from shared.events.base import CaseEvent
from shared.events.dispatch import (
    CasePooled,
    OrderDispatched,
    OrderFinished,
    OrderReturned,
    OrderSigned,
)
from shared.events.sla import DueDateMoved, MoveReason, TermKind, TermNear, TermOver
from shared.outbox import say

ANY_COMPLEXITY = Complexity.ORDINARY
"""What is taken where nobody has told how much work a case is."""


def start_sign_terms(
    db: Connection,
    events: Sequence[OrderDispatched],
    known: Mapping[UUID, Case],
    promise: Promise,
    now: datetime,
) -> Sequence[Signing]:
    """Begin to count until when units sign; the search for a unit is over. Return the limits.

    What is told of an earlier time, as an import is, counts from now on: nobody could have signed.
    Of an order whose signature was heard first nobody waits for one.
    """
    counted = under_notices(db, promise, hold=True)
    begun = [_signing(event, known[event.case_id], counted, now) for event in events]
    repository.end_terms(
        db, {event.case_id for event in events}, TermKind.SEARCH, events[-1].occurred_at
    )
    heard = repository.signing_ended(db, known, {event.order_id for event in events})
    repository.add_terms(db, [term for term in begun if term.order_id not in heard])
    return [
        Signing(term.due_at, heard.get(event.order_id))
        for event, term in zip(events, begun, strict=True)
    ]


def start_search_term(db: Connection, event: CasePooled, promise: Promise, now: datetime) -> None:
    """Begin to count until when a unit is found; a case that is pooled again begins anew."""
    case = repository.lock_told(db, [told_case(event.case_id, event.matter)])[event.case_id]
    repository.end_terms(db, [event.case_id], TermKind.SEARCH, event.occurred_at)
    begun, counted = max(event.occurred_at, now), under_notices(db, promise, hold=True)
    term = _term(case, (TermKind.SEARCH, ANY_COMPLEXITY), counted, begun)
    repository.add_terms(db, [term])


def end_sign_term(db: Connection, event: OrderSigned | OrderReturned | OrderFinished) -> None:
    """The unit signed, or has the order no more."""
    repository.end_terms(db, [event.case_id], TermKind.SIGN, event.occurred_at, event.order_id)


def remember_signature(db: Connection, event: OrderSigned) -> None:
    """Keep a signature that is heard before its order, as a term that is over, under the lock."""
    if repository.signing_ended(db, [event.case_id], [event.order_id]):
        return
    at = event.occurred_at
    about = (new_id(), event.case_id, TermKind.SIGN, event.order_id, event.unit_code)
    repository.add_terms(db, [Term(*about, at, at, None, ended_at=at)])


def end_all_terms(db: Connection, event: CaseEvent) -> None:
    """Another node has the case, or it waits for another one: nobody here signs or searches."""
    for kind in TermKind:
        repository.end_terms(db, [event.case_id], kind, event.occurred_at)


def move_terms(
    db: Connection, ids: Sequence[UUID], promise: Promise, reason: MoveReason, now: datetime
) -> None:
    """Count terms anew by this calendar, under the lock of their cases, and say whose sign later.

    As of a promise, a limit that has passed already is put on nobody.
    """
    found = repository.lock_terms(db, ids) if ids else []
    cases = repository.cases_of(db, {term.case_id for term in found}) if found else {}
    anew = [_anew(term, cases.get(term.case_id), promise, now) for term in found]
    moved = [term for before, term in zip(found, anew, strict=True) if term != before]
    if moved:
        repository.move_terms(db, moved)
        signing = [term for term in moved if term.kind is TermKind.SIGN]
        limits = {term.order_id: term.due_at for term in signing if term.order_id}
        repository.note_sign_limits(db, limits)
        _say_signing(db, limits, reason, now)


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


def _anew(term: Term, case: Case | None, promise: Promise, now: datetime) -> Term:
    ruled = promise.ruled(term.kind, term.complexity or ANY_COMPLEXITY, term.started_at, case)
    calendar = promise.calendar_for(term.kind, term.unit_code, case)
    due = policy.due_at(term.started_at, ruled.limit, calendar).at
    if due == term.due_at or due < now:
        return term
    near_from = max(term.started_at, due - promise.remind_before)
    if term.near_at is None or near_from > now:
        return replace(term, due_at=due, next_step_at=near_from, near_at=None)
    return replace(term, due_at=due, next_step_at=policy.next_step_at(due, policy.Lamp.YELLOW))


def _say_signing(
    db: Connection, limits: Mapping[UUID, datetime], reason: MoveReason, now: datetime
) -> None:
    for clock in repository.resolving(db, limits):
        same = {"due_before": clock.due_at, "provisional_before": clock.provisional}
        told = {"provisional": clock.provisional, "explanation": clock.digest, **same}
        told["reason"] = reason
        sign_by = limits[clock.order_id] if clock.order_id else None
        say(db, DueDateMoved(**facts(clock), **told, occurred_at=now, sign_by=sign_by))


def _signing(event: OrderDispatched, case: Case, promise: Promise, now: datetime) -> Term:
    begun = max(event.occurred_at, now)
    about = (TermKind.SIGN, event.complexity)
    return replace(_term(case, about, promise, begun, event.unit_code), order_id=event.order_id)


def _term(
    case: Case,
    about: tuple[TermKind, str],
    promise: Promise,
    begun: datetime,
    unit: str | None = None,
) -> Term:
    kind, complexity = about
    limit = promise.ruled(kind, complexity, begun, case).limit
    due = policy.due_at(begun, limit, promise.calendar_for(kind, unit, case)).at
    return Term(
        id=new_id(),
        case_id=case.case_id,
        kind=kind,
        complexity=complexity,
        order_id=None,
        unit_code=unit,
        started_at=begun,
        due_at=due,
        next_step_at=max(begun, due - promise.remind_before),
    )
