"""The promise to the person: from acceptance to the result, and until the person was told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.sla import policy, repository
from services.sla.handlers.clocks import (
    Promise,
    Subject,
    facts,
    running,
    start,
    stop,
    with_rows,
)
from services.sla.handlers.recompute import catch_up
from services.sla.policy import ClockKind, Complexity
from services.sla.repository import Case, Clock
from shared.errors import NotYet
from shared.events.dispatch import CaseFinished
from shared.events.intake import CaseAccepted
from shared.events.notify import MessageDelivered, Purpose
from shared.events.review import CaseReopened
from shared.events.sla import ClockResumed, StopReason
from shared.outbox import say


def start_citizen_clocks(db: Connection, events: Sequence[CaseAccepted], promise: Promise) -> None:
    """Start the promises to these persons: the resolve limit, from acceptance.

    Where an appeal was right it counts from the registration: the person has waited since then.
    """
    known = repository.lock_told(db, [_told(event) for event in events])
    start(db, [_promised(event, known[event.case_id]) for event in events], promise)


def _told(event: CaseAccepted) -> Case:
    told = {name: getattr(event, name) for name in ("region", "channel", "item_code")}
    return Case(event.case_id, 0, 1, 0, accepted_at=_counts_from(event), **told)


def _counts_from(event: CaseAccepted) -> datetime:
    return event.counts_from or event.occurred_at


def _promised(event: CaseAccepted, case: Case) -> Subject:
    begun = (Complexity(event.complexity), _counts_from(event))
    return Subject(event.case_id, ClockKind.CITIZEN, 1, *begun, case=case)


def meet_promise(db: Connection, event: CaseFinished, promise: Promise) -> None:
    """Stop the citizen clock, and a leg that ended here; start the one for telling the person."""
    case = repository.lock_case(db, event.case_id)
    citizen = _citizen_clock(db, event.case_id)
    if case.reopened_round < event.round:
        raise NotYet(f"round {event.round} has not been opened here")

    met = running(db, event.case_id, {ClockKind.CITIZEN, ClockKind.LEG})
    stop(db, met, event.occurred_at, StopReason.MET)
    subject = Subject(
        event.case_id,
        ClockKind.FEEDBACK,
        event.round,
        Complexity(citizen.complexity),
        event.occurred_at,
        unit_code=event.unit_code,
        case=case,
    )
    start(db, [subject], promise)
    repository.note_rounds(db, replace(case, finished_round=event.round))


def meet_feedback(db: Connection, event: MessageDelivered) -> None:
    """Stop the feedback clock of the round whose result the person was told."""
    if event.purpose is not Purpose.RESULT:
        return
    case = repository.lock_case(db, event.case_id)
    if case.finished_round < event.round:
        raise NotYet(f"round {event.round} has not finished here")

    feedback = running(db, event.case_id, {ClockKind.FEEDBACK})
    told = [clock for clock in feedback if clock.round == event.round]
    stop(db, told, event.occurred_at, StopReason.MET)


def resume_promise(db: Connection, event: CaseReopened, promise: Promise, node: str) -> None:
    """Let the citizen clock run on towards its old limit: a reopening restarts nothing.

    Where the calendar changed while it stood, the limit is the one that this calendar gives.
    """
    case = repository.lock_case(db, event.case_id)
    if case.finished_round < event.round - 1:
        raise NotYet(f"round {event.round - 1} has not finished here")
    citizen = _citizen_clock(db, event.case_id)

    warns = with_rows(db, promise, [citizen]).warns_before(citizen)
    lamp = policy.lamp_at(citizen.due_at, event.occurred_at, warns)
    step = policy.next_step_at(citizen.due_at, lamp, warns)
    resumed = replace(citizen, lamp=lamp, next_step_at=step)
    repository.resume_clock(db, resumed)
    repository.note_rounds(db, replace(case, reopened_round=event.round))
    say(db, ClockResumed(**facts(resumed), occurred_at=event.occurred_at))
    catch_up(db, resumed, case, promise, (node, event.occurred_at))


def _citizen_clock(db: Connection, case_id: UUID) -> Clock:
    for clock in repository.clocks_of_case(db, case_id):
        if clock.kind is ClockKind.CITIZEN:
            return clock
    raise NotYet("the case has not been accepted here")
