"""What a unit owes while it has an order: contact and resolve, from dispatch on.

Where the limit says so it counts from the signature (`signing`); the clock runs from dispatch on.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.sla import repository
from services.sla.handlers.clocks import Promise, Subject, running, start, told_case
from services.sla.handlers.stopping import stop, stop_withdrawn
from services.sla.handlers.terms import end_sign_term, start_sign_terms
from services.sla.policy import ClockKind, Complexity, Signing
from services.sla.repository import Clock
from shared.events.dispatch import ContactLogged, OrderDispatched, OrderFinished, OrderReturned
from shared.events.sla import StopReason

OWED = (ClockKind.CONTACT, ClockKind.RESOLVE)


def start_custody_clocks(
    db: Connection, events: Sequence[OrderDispatched], promise: Promise, now: datetime
) -> None:
    """Start what the units owe from dispatch on, signed or not: contact and resolve."""
    told = [told_case(event.case_id, event.matter) for event in events]
    known = repository.lock_told(db, told)
    signing = start_sign_terms(db, events, known, promise, now)
    owed = [
        replace(_owed(event, kind, each), case=known[event.case_id])
        for event, each in zip(events, signing, strict=True)
        for kind in OWED
    ]
    start(db, owed, promise)


def _owed(event: OrderDispatched, kind: ClockKind, signing: Signing) -> Subject:
    return Subject(
        event.case_id,
        kind,
        event.round,
        Complexity(event.complexity),
        event.occurred_at,
        event.order_id,
        event.unit_code,
        signing.by,
        signing.at,
    )


def meet_contact(db: Connection, event: ContactLogged, promise: Promise) -> None:
    """Stop the contact clock if the person was reached; a vain attempt meets nothing."""
    if event.reached:
        owed = clocks_of_order(db, event.case_id, event.order_id)
        met = [clock for clock in owed if clock.kind is ClockKind.CONTACT]
        stop(db, met, event.occurred_at, StopReason.MET, promise)


def end_custody(db: Connection, event: OrderReturned | OrderFinished, promise: Promise) -> None:
    """Stop the clocks of an order that the unit no longer holds."""
    returned = isinstance(event, OrderReturned)
    reason = StopReason.RETURNED if returned else StopReason.MET

    ended = clocks_of_order(db, event.case_id, event.order_id)
    if isinstance(event, OrderFinished) and event.withdrawn:
        stop_withdrawn(db, ended, event.occurred_at, promise)
    else:
        stop(db, ended, event.occurred_at, reason, promise)
    end_sign_term(db, event)


def clocks_of_order(db: Connection, case_id: UUID, order_id: UUID | None) -> list[Clock]:
    """Lock the case and return what still runs of one of its orders; nothing without an order.

    A tracking clock stands for a report of the order, and of a case one order is in work.
    """
    owed = running(db, case_id, {ClockKind.CONTACT, ClockKind.RESOLVE, ClockKind.TRACKING})
    if order_id is None:
        return []
    return [each for each in owed if each.kind is ClockKind.TRACKING or each.order_id == order_id]
