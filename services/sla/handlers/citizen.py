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
    standing_of,
    start,
    under_notices,
)
from services.sla.handlers.recompute import catch_up
from services.sla.handlers.stopping import stop, stop_explained
from services.sla.handlers.withdrawn import end_promise, take_up_again
from services.sla.policy import ClockKind, Complexity
from services.sla.repository import Case, Clock
from shared.errors import NotYet
from shared.events.dispatch import CaseFinished, CaseTracked
from shared.events.intake import CaseAccepted
from shared.events.notify import MessageDelivered, Purpose
from shared.events.review import CaseReopened
from shared.events.sla import ClockResumed, StopReason
from shared.outbox import say


def start_citizen_clocks(db: Connection, events: Sequence[CaseAccepted], promise: Promise) -> None:
    """Start the promises to these persons: the resolve limit, from acceptance.

    Of a case that was split off a report from when that came, and where an appeal was right from
    the registration: nobody loses time by what the house did meanwhile.
    """
    known = repository.lock_told(db, [_told(event) for event in events])
    start(db, [_promised(event, known[event.case_id]) for event in events], promise)


def _told(event: CaseAccepted) -> Case:
    told = {name: getattr(event, name) for name in ("region", "channel", "item_code", "demand")}
    return Case(event.case_id, 0, 1, 0, accepted_at=_counted_from(event), **told)


def _counted_from(event: CaseAccepted) -> datetime:
    return event.promised_from or event.occurred_at


def _promised(event: CaseAccepted, case: Case) -> Subject:
    begun = (Complexity(event.complexity), _counted_from(event))
    return Subject(event.case_id, ClockKind.CITIZEN, 1, *begun, case=case)


def meet_promise(db: Connection, event: CaseFinished, promise: Promise) -> None:
    """Stop the citizen clock, and a leg that ended here; start the one for telling the person."""
    case = repository.lock_case(db, event.case_id)
    citizen = _citizen_clock(db, event.case_id)
    if case.reopened_round < event.round:
        raise NotYet(f"round {event.round} has not been opened here")
    if event.withdrawn:
        end_promise(db, event, promise)
        repository.note_rounds(db, replace(case, finished_round=event.round))
        return

    met = running(db, event.case_id, {ClockKind.CITIZEN, ClockKind.LEG, ClockKind.RECTIFY})
    stop(db, met, event.occurred_at, StopReason.MET, promise)
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


def meet_by_explanation(db: Connection, event: CaseTracked, promise: Promise) -> None:
    """Stop the promise, and a leg that goes on here: there is an answer, if not a result.

    What is promised from now on is the next word, on the day that the unit has named (S3-23).
    """
    case = repository.lock_case(db, event.case_id)
    if event.promise_kept:
        _citizen_clock(db, event.case_id)
    if event.promise_kept and case.reopened_round < event.round:
        raise NotYet(f"round {event.round} has not been opened here")
    kept = running(db, event.case_id, {ClockKind.CITIZEN, ClockKind.LEG})
    stop_explained(db, kept, event.occurred_at, promise)


def meet_feedback(db: Connection, event: MessageDelivered, promise: Promise) -> None:
    """Stop the feedback clock of the round whose result the person was told."""
    if event.purpose is not Purpose.RESULT:
        return
    case = repository.lock_case(db, event.case_id)
    if case.finished_round < event.round:
        raise NotYet(f"round {event.round} has not finished here")

    feedback = running(db, event.case_id, {ClockKind.FEEDBACK})
    told = [clock for clock in feedback if clock.round == event.round]
    stop(db, told, event.occurred_at, StopReason.MET, promise)


def resume_promise(db: Connection, event: CaseReopened, promise: Promise, node: str) -> None:
    """Let the citizen clock run on towards its old limit: a reopening restarts nothing.

    What begins is the time in which the result is put right; of a withdrawal that is taken back
    there is none. Where the calendar changed while the
    clock stood, its limit is the one that this calendar gives.
    """
    case = repository.lock_case(db, event.case_id)
    if case.finished_round < event.round - 1:
        raise NotYet(f"round {event.round - 1} has not finished here")
    if case.reopened_round >= event.round:
        return  # it runs already
    citizen = _citizen_clock(db, event.case_id)
    repository.note_rounds(db, replace(case, reopened_round=event.round))
    if event.taken_back:
        take_up_again(db, citizen, case, event.occurred_at, promise)
        return

    resumed = _resumed(citizen, case, event.occurred_at, under_notices(db, promise))
    repository.resume_clock(db, resumed)
    say(db, ClockResumed(**facts(resumed), occurred_at=event.occurred_at))
    _rectify(db, event, case, promise)
    catch_up(db, resumed, case, promise, (node, event.occurred_at))


def _rectify(db: Connection, event: CaseReopened, case: Case, promise: Promise) -> None:
    """Start what the unit owes whose result did not hold: to put it right."""
    known = repository.clocks_of_case(db, event.case_id)
    units = [clock.unit_code for clock in known if clock.kind is ClockKind.RESOLVE]
    begun = (event.round, Complexity(known[0].complexity), event.occurred_at)
    unit = units[-1] if units else None
    subject = Subject(event.case_id, ClockKind.RECTIFY, *begun, unit_code=unit, case=case)
    start(db, [subject], promise)


def _resumed(clock: Clock, case: Case, at: datetime, counted: Promise) -> Clock:
    """Return a clock that stood as it runs on: of what fell meanwhile nobody is reminded."""
    ladder, times = counted.ladder_of(clock, case), counted.times_of(clock, case)
    level = policy.passed_over(ladder, standing_of(clock), at, times)
    lamp = policy.lamp_at(clock.due_at, at, counted.warns_before(clock))
    shown = replace(clock, lamp=lamp, level=level)
    return replace(shown, next_step_at=counted.following(shown, case))


def _citizen_clock(db: Connection, case_id: UUID) -> Clock:
    for clock in repository.clocks_of_case(db, case_id):
        if clock.kind is ClockKind.CITIZEN:
            return clock
    raise NotYet("the case has not been accepted here")
