"""What is owed beside an order: a slip answered, a meeting held in time.

Each begins once, however often it is told, and its end before its beginning ends nothing.
"""

from collections.abc import Callable

from sqlalchemy import Connection

from services.sla import repository
from services.sla.handlers.clocks import Promise, Subject, running, start
from services.sla.handlers.stopping import stop
from services.sla.policy import ClockKind, Complexity
from services.sla.repository import Clock
from shared.events.base import CaseEvent
from shared.events.dispatch import MeetingCalled, MeetingCancelled, MeetingHeld
from shared.events.review import SupervisionAnswered, SupervisionOrdered, SupervisionReached
from shared.events.sla import StopReason


def start_supervision_clock(
    db: Connection, event: SupervisionOrdered | SupervisionReached, promise: Promise, node: str
) -> None:
    """Start what is owed for a slip that this node has to answer, itself or by its unit."""
    to_us = isinstance(event, SupervisionReached) or event.to_node == node
    if not to_us or event.answer_by is None or event.answer_by <= event.occurred_at:
        return
    case = repository.lock_case(db, event.case_id)
    known = repository.clocks_of_case(db, event.case_id)
    subject = Subject(
        event.case_id,
        ClockKind.SUPERVISION,
        case.reopened_round,
        _complexity(known),
        event.occurred_at,
        event.supervision_id,
        event.unit_code if isinstance(event, SupervisionOrdered) else None,
        until=event.answer_by,
        case=case,
    )
    _start_once(db, subject, known, promise)


def end_supervision_clock(db: Connection, event: SupervisionAnswered, promise: Promise) -> None:
    """Stop it with the answer."""
    met = (StopReason.MET, promise)
    _stop(db, event, ClockKind.SUPERVISION, met, lambda one: one.order_id == event.supervision_id)


def start_meeting_clock(db: Connection, event: MeetingCalled, promise: Promise) -> None:
    """Start what who called it owes: to hold it in time; moving it moves no limit."""
    case = repository.lock_case(db, event.case_id)
    known = repository.clocks_of_case(db, event.case_id)
    subject = Subject(
        event.case_id,
        ClockKind.MEETING,
        event.serial,
        _complexity(known),
        event.occurred_at,
        event.meeting_id,
        case=case,
    )
    _start_once(db, subject, known, promise)


def end_meeting_clock(
    db: Connection, event: MeetingHeld | MeetingCancelled, promise: Promise
) -> None:
    """Stop it when the round was held, or will not be."""
    is_met = isinstance(event, MeetingHeld)
    reason = StopReason.MET if is_met else StopReason.RETURNED
    serial = event.serial if isinstance(event, MeetingHeld) else None
    _stop(
        db,
        event,
        ClockKind.MEETING,
        (reason, promise),
        lambda one: one.order_id == event.meeting_id and serial in (None, one.round),
    )


def _start_once(db: Connection, subject: Subject, known: list[Clock], promise: Promise) -> None:
    key = (subject.kind, subject.order_id)
    rounds = [clock.round for clock in known if (clock.kind, clock.order_id) == key]
    is_slip = subject.kind is ClockKind.SUPERVISION
    if rounds if is_slip else subject.round in rounds:
        return
    start(db, [subject], promise)


def _stop(
    db: Connection,
    event: CaseEvent,
    kind: ClockKind,
    how: tuple[StopReason, Promise],
    is_meant: Callable[[Clock], bool],
) -> None:
    mine = [clock for clock in running(db, event.case_id, {kind}) if is_meant(clock)]
    stop(db, mine, event.occurred_at, *how)


def _complexity(known: list[Clock]) -> Complexity:
    return Complexity(known[0].complexity) if known else Complexity.ORDINARY
