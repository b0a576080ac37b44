"""What a unit owes while it has an order: contact and resolve, from dispatch on."""

from uuid import UUID

from sqlalchemy import Connection

from services.sla import repository
from services.sla.handlers.clocks import Promise, Subject, running, start, stop
from services.sla.policy import ClockKind, Complexity
from services.sla.repository import Clock
from shared.events.dispatch import ContactLogged, OrderDispatched, OrderFinished, OrderReturned
from shared.events.sla import StopReason

OF_AN_ORDER = {ClockKind.CONTACT, ClockKind.RESOLVE}


def start_custody_clocks(db: Connection, event: OrderDispatched, promise: Promise) -> None:
    """Start what the unit owes from dispatch on, signed or not: contact and resolve."""
    repository.lock_case(db, event.case_id)
    complexity = Complexity(event.complexity)

    for kind in (ClockKind.CONTACT, ClockKind.RESOLVE):
        subject = Subject(
            event.case_id, kind, event.round, complexity, event.order_id, event.unit_code
        )
        start(db, subject, event.occurred_at, promise)


def meet_contact(db: Connection, event: ContactLogged) -> None:
    """Stop the contact clock if the person was reached; a vain attempt meets nothing."""
    if event.reached:
        met = _of_order(db, event.case_id, event.order_id, {ClockKind.CONTACT})
        stop(db, met, event.occurred_at, StopReason.MET)


def end_custody(db: Connection, event: OrderReturned | OrderFinished) -> None:
    """Stop the clocks of an order that the unit no longer holds."""
    returned = isinstance(event, OrderReturned)
    reason = StopReason.RETURNED if returned else StopReason.MET

    ended = _of_order(db, event.case_id, event.order_id, OF_AN_ORDER)
    stop(db, ended, event.occurred_at, reason)


def _of_order(db: Connection, case_id: UUID, order_id: UUID, kinds: set[ClockKind]) -> list[Clock]:
    return [clock for clock in running(db, case_id, kinds) if clock.order_id == order_id]
