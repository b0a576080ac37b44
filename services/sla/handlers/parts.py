"""What a unit owes for its part of another's order: its own clock, charged to it alone (N3)."""

from datetime import datetime

from sqlalchemy import Connection

from services.sla import policy, repository
from services.sla.handlers.clocks import Promise, Subject, running, start, under_notices
from services.sla.handlers.custody import clocks_of_order
from services.sla.handlers.stopping import stop
from services.sla.policy import ClockKind, Complexity, Limit, LimitKind, WorkingCalendar
from services.sla.repository import Clock
from shared.events.dispatch import (
    PartAnswered,
    PartDeclined,
    PartDissented,
    PartOpened,
    PartWithdrawn,
)
from shared.events.sla import StopReason

Ended = PartAnswered | PartDissented | PartDeclined | PartWithdrawn


def start_part_clock(db: Connection, event: PartOpened, promise: Promise, now: datetime) -> None:
    """Start what the unit owes; the lead's clock and the promise to the person run on unmoved.

    Where nobody said how long, the rows of the limits do, and it ends with the lead's own limit
    at the latest: what comes after that is of no use to the lead.
    """
    lead, case = _lead(db, event), repository.lock_case(db, event.case_id)
    counted = under_notices(db, promise, hold=True)
    complexity = Complexity(lead.complexity) if lead else Complexity.ORDINARY
    begun = max(event.occurred_at, now)
    calendar = counted.calendar_for(ClockKind.CO_HANDLE, event.unit_code, case)
    sign_within = counted.ruled(LimitKind.SIGN, complexity, begun, case).limit
    within = counted.ruled(ClockKind.CO_HANDLE, complexity, event.occurred_at, case).limit
    subject = Subject(
        event.case_id,
        ClockKind.CO_HANDLE,
        event.round,
        complexity,
        event.occurred_at,
        event.part_id,
        event.unit_code,
        policy.due_at(begun, sign_within, calendar).at,
        limit=Limit(event.days) if event.days else None,
        until=event.due_at or _at_the_latest(event, lead, within, calendar),
        case=case,
    )
    start(db, [subject], promise)


def end_part_clock(db: Connection, event: Ended, promise: Promise) -> None:
    """Stop the clock of a part: met by an answer or a dissent, else it charges nobody any more."""
    is_met = isinstance(event, PartAnswered | PartDissented)
    reason = StopReason.MET if is_met else StopReason.RETURNED
    owed = running(db, event.case_id, {ClockKind.CO_HANDLE})
    mine = [clock for clock in owed if clock.order_id == event.part_id]
    stop(db, mine, event.occurred_at, reason, promise)


def _lead(db: Connection, event: PartOpened) -> Clock | None:
    owed = clocks_of_order(db, event.case_id, event.order_id)
    return next((clock for clock in owed if clock.kind is ClockKind.RESOLVE), None)


def _at_the_latest(
    event: PartOpened, lead: Clock | None, within: Limit, calendar: WorkingCalendar
) -> datetime | None:
    if event.days is not None or lead is None or lead.due_at <= event.occurred_at:
        return None
    due = policy.due_at(event.occurred_at, within, calendar).at
    return lead.due_at if lead.due_at < due else None
