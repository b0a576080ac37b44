"""What sla does when it is woken: one function per use case, each inside one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from services.sla import policy, repository
from services.sla.policy import ClockKind, Complexity, Lamp, Limits, WorkingCalendar
from services.sla.repository import Clock
from shared.clock import new_id
from shared.errors import NotYet
from shared.events import words
from shared.events.dispatch import (
    CaseFinished,
    ContactLogged,
    OrderDispatched,
    OrderFinished,
    OrderReturned,
)
from shared.events.intake import CaseAccepted
from shared.events.notify import MessageDelivered, Purpose
from shared.events.review import CaseReopened
from shared.events.sla import (
    ClockResumed,
    ClockStarted,
    ClockStopped,
    DeadlineMissed,
    LampChanged,
    StopReason,
)
from shared.outbox import say


@dataclass(frozen=True, slots=True)
class Promise:
    """What the node promises: its limits, on its calendar, and how early a lamp warns."""

    limits: Limits
    calendar: WorkingCalendar
    yellow_before: timedelta


@dataclass(frozen=True, slots=True)
class Subject:
    """What a new clock is about."""

    case_id: UUID
    kind: ClockKind
    round: int
    complexity: Complexity
    order_id: UUID | None = None
    unit_code: str | None = None


def start_citizen_clock(db: Connection, event: CaseAccepted, promise: Promise) -> None:
    """Start the promise to the person: the resolve limit, from acceptance."""
    repository.lock_case(db, event.case_id)
    complexity = Complexity(event.complexity)

    subject = Subject(event.case_id, ClockKind.CITIZEN, 1, complexity)
    _start(db, subject, event.occurred_at, promise)


def start_custody_clocks(db: Connection, event: OrderDispatched, promise: Promise) -> None:
    """Start what the unit owes from dispatch on, signed or not: contact and resolve."""
    repository.lock_case(db, event.case_id)
    complexity = Complexity(event.complexity)

    for kind in (ClockKind.CONTACT, ClockKind.RESOLVE):
        subject = Subject(
            event.case_id, kind, event.round, complexity, event.order_id, event.unit_code
        )
        _start(db, subject, event.occurred_at, promise)


def meet_contact(db: Connection, event: ContactLogged) -> None:
    """Stop the contact clock if the person was reached; a vain attempt meets nothing."""
    if event.reached:
        running = _running(db, event.case_id, {ClockKind.CONTACT}, event.order_id)
        _stop(db, running, event.occurred_at, StopReason.MET)


def end_custody(db: Connection, event: OrderReturned | OrderFinished) -> None:
    """Stop the clocks of an order that the unit no longer holds."""
    returned = isinstance(event, OrderReturned)
    reason = StopReason.RETURNED if returned else StopReason.MET

    kinds = {ClockKind.CONTACT, ClockKind.RESOLVE}
    _stop(db, _running(db, event.case_id, kinds, event.order_id), event.occurred_at, reason)


def meet_promise(db: Connection, event: CaseFinished, promise: Promise) -> None:
    """Stop the citizen clock and start the one for telling the person."""
    case = repository.lock_case(db, event.case_id)
    citizen = _citizen_clock(db, event.case_id)
    if case.reopened_round < event.round:
        raise NotYet(f"round {event.round} has not been opened here")

    running = [citizen] if citizen.stopped_at is None else []
    _stop(db, running, event.occurred_at, StopReason.MET)
    subject = Subject(
        event.case_id,
        ClockKind.FEEDBACK,
        event.round,
        Complexity(citizen.complexity),
        unit_code=event.unit_code,
    )
    _start(db, subject, event.occurred_at, promise)
    repository.note_rounds(db, replace(case, finished_round=event.round))


def meet_feedback(db: Connection, event: MessageDelivered) -> None:
    """Stop the feedback clock of the round whose result the person was told."""
    if event.purpose is not Purpose.RESULT:
        return
    case = repository.lock_case(db, event.case_id)
    if case.finished_round < event.round:
        raise NotYet(f"round {event.round} has not finished here")

    running = [
        clock
        for clock in _running(db, event.case_id, {ClockKind.FEEDBACK})
        if clock.round == event.round
    ]
    _stop(db, running, event.occurred_at, StopReason.MET)


def resume_promise(db: Connection, event: CaseReopened, promise: Promise) -> None:
    """Let the citizen clock run on towards its old limit: a reopening restarts nothing."""
    case = repository.lock_case(db, event.case_id)
    if case.finished_round < event.round - 1:
        raise NotYet(f"round {event.round - 1} has not finished here")
    citizen = _citizen_clock(db, event.case_id)

    lamp = policy.lamp_at(citizen.due_at, event.occurred_at, promise.yellow_before)
    step = policy.next_step_at(citizen.due_at, lamp, promise.yellow_before)
    resumed = replace(citizen, lamp=lamp, next_step_at=step)
    repository.resume_clock(db, resumed)
    repository.note_rounds(db, replace(case, reopened_round=event.round))
    say(db, ClockResumed(**_facts(resumed), occurred_at=event.occurred_at))


def sweep(db: Connection, now: datetime, promise: Promise, limit: int) -> int:
    """Change the lamps whose time has come and say what was missed; return how many clocks."""
    due = repository.clocks_with_a_step_due(db, now, limit)
    for clock in due:
        lamp = policy.lamp_at(clock.due_at, now, promise.yellow_before)
        step = policy.next_step_at(clock.due_at, lamp, promise.yellow_before)
        repository.show_lamp(db, clock, lamp, step)
        _say_lamp(db, replace(clock, lamp=lamp), clock.lamp, now)
    return len(due)


def _say_lamp(db: Connection, clock: Clock, before: Lamp, now: datetime) -> None:
    if clock.lamp is not before:
        say(db, LampChanged(**_facts(clock), occurred_at=now))
    if clock.lamp is Lamp.RED and clock.missed_at is None:
        repository.mark_missed(db, clock.id, now)
        say(db, DeadlineMissed(**_facts(clock), occurred_at=now))


def _start(db: Connection, subject: Subject, at: datetime, promise: Promise) -> None:
    limit = promise.limits.limit_for(subject.kind, subject.complexity)
    due = policy.due_at(at, limit, promise.calendar)
    lamp = policy.lamp_at(due.at, at, promise.yellow_before)
    clock = Clock(
        id=new_id(),
        case_id=subject.case_id,
        kind=subject.kind,
        round=subject.round,
        order_id=subject.order_id,
        unit_code=subject.unit_code,
        complexity=subject.complexity,
        started_at=at,
        due_at=due.at,
        provisional=due.provisional,
        lamp=lamp,
        next_step_at=policy.next_step_at(due.at, lamp, promise.yellow_before),
        missed_at=None,
        stopped_at=None,
        stop_reason=None,
        steps=(),
        digest=due.digest,
    )
    repository.add_clock(db, clock, due)
    say(
        db,
        ClockStarted(
            **_facts(clock),
            occurred_at=at,
            started_at=at,
            provisional=due.provisional,
            explanation=due.digest,
        ),
    )


def _stop(db: Connection, running: Iterable[Clock], at: datetime, reason: StopReason) -> None:
    for clock in running:
        on_time = not policy.is_missed(clock.due_at, at)
        lamp = clock.lamp if on_time else Lamp.RED
        stopped = replace(clock, lamp=lamp)
        repository.stop_clock(db, stopped, at, reason)
        _say_lamp(db, stopped, clock.lamp, at)
        facts = _facts(stopped)
        say(db, ClockStopped(**facts, occurred_at=at, reason=reason, on_time=on_time))


def _running(
    db: Connection, case_id: UUID, kinds: set[ClockKind], order_id: UUID | None = None
) -> list[Clock]:
    repository.lock_case(db, case_id)
    return [
        clock
        for clock in repository.clocks_of_case(db, case_id)
        if clock.stopped_at is None
        and clock.kind in kinds
        and (order_id is None or clock.order_id == order_id)
    ]


def _citizen_clock(db: Connection, case_id: UUID) -> Clock:
    for clock in repository.clocks_of_case(db, case_id):
        if clock.kind is ClockKind.CITIZEN:
            return clock
    raise NotYet("the case has not been accepted here")


def _facts(clock: Clock) -> dict[str, object]:
    return {
        "case_id": clock.case_id,
        "clock_id": clock.id,
        "kind": words.ClockKind(clock.kind),
        "order_id": clock.order_id,
        "unit_code": clock.unit_code,
        "due_at": clock.due_at,
        "lamp": words.Lamp(clock.lamp),
    }
