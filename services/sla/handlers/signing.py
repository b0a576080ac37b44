"""A unit signs for its order: nobody waits for that, and what counts from a signature is counted.

Until then such a limit lies where it lies at the latest, at the end of the time for signing. So a
signature only brings it nearer, and one that comes later than that changes nothing (ADR 55).
"""

from dataclasses import replace

from sqlalchemy import Connection

from services.sla import policy, repository
from services.sla.handlers.clocks import (
    Promise,
    counted_anew,
    counted_from,
    facts,
    limit_of,
    say_lamp,
    told_from,
    under_notices,
)
from services.sla.handlers.passing import bring_to
from services.sla.handlers.terms import end_sign_term, remember_signature
from services.sla.policy import Promised
from services.sla.repository import Clock
from shared.events.dispatch import OrderSigned
from shared.events.sla import DueDateMoved, MoveReason
from shared.outbox import say


def hear_signature(db: Connection, event: OrderSigned, promise: Promise) -> None:
    """End the term of signing, and count from here what counts from a signature.

    Heard twice it is nothing; heard before the order it is kept for that.
    """
    repository.lock_case(db, event.case_id)
    end_sign_term(db, event)
    signed = repository.note_signature(db, event.order_id, event.occurred_at)
    if not signed:
        remember_signature(db, event)
    for owed in sorted(signed, key=lambda clock: clock.kind):
        unheard = counted_from(replace(owed, signed_at=None))
        if owed.stopped_at is None and counted_from(owed) != unheard:
            _count_from_here(db, owed, event, promise)


def _count_from_here(db: Connection, owed: Clock, event: OrderSigned, promise: Promise) -> None:
    now = event.occurred_at
    clock = bring_to(db, owed, now, promise)
    counted = under_notices(db, promise, hold=True)
    case = repository.cases_of(db, [clock.case_id]).get(clock.case_id)
    begun = (clock.started_at, limit_of(clock.limit_rule or ""), clock.due_at, clock.provisional)
    promised = Promised(*begun, changes=clock.steps, signing=clock.signing)
    due = policy.moved(promised, counted.calendar_of(clock, case), clock.paused_at or now).due
    moved = counted_anew(clock, due, (case, now), counted)
    repository.reclassify_clock(db, moved, due)
    _say_signed(db, clock, moved, event)
    say_lamp(db, moved, clock.lamp, now)


def _say_signed(db: Connection, before: Clock, moved: Clock, event: OrderSigned) -> None:
    say(
        db,
        DueDateMoved(
            **facts(moved),
            occurred_at=event.occurred_at,
            due_before=before.due_at,
            provisional=moved.provisional,
            provisional_before=before.provisional,
            reason=MoveReason.LIMITS,
            explanation=moved.digest,
            signed_at=event.occurred_at,
            counted_from=told_from(moved),
        ),
    )
