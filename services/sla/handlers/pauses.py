"""A unit waits for the person, or was given more time: its resolve clock rests, or runs longer.

Neither moves the promise to the person. Where a new limit lies behind that promise, the fact
says so, and the person is told before the promise is broken. No notice of the calendar is signed
between the counting of a limit and its commit: it would find the clock too early.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from services.sla import policy, repository
from services.sla.handlers.clocks import (
    Promise,
    facts,
    running,
    say_lamp,
    under_notices,
    with_rows,
)
from services.sla.handlers.custody import clocks_of_order
from services.sla.policy import ClockKind, Rest, Rule
from services.sla.policy.explanation import step
from services.sla.repository import Clock
from shared.events.dispatch import ExtensionDecided, MaterialsAsked, MaterialsReceived
from shared.events.sla import (
    ClockPaused,
    ClockResumed,
    DueDateMoved,
    MoveReason,
    PauseReason,
    ResumeReason,
)
from shared.outbox import say


def pause(db: Connection, event: MaterialsAsked, promise: Promise) -> None:
    """Let the clock of a unit rest until it has what it asked for, or until the cap."""
    owed = _resolving(db, event)
    book = with_rows(db, promise, owed).book
    for clock in owed:
        row = book.row_of(clock.limit_set, clock.limit_row)
        rest = Rest(clock.due_at, clock.paused_at, clock.pauses)
        if (row is None or row.rests) and policy.may_rest(rest, event.occurred_at, promise.pauses):
            _rest(db, clock, event, promise)


def _rest(db: Connection, clock: Clock, event: MaterialsAsked, promise: Promise) -> None:
    calendar = under_notices(db, promise, hold=True).calendar
    cap = policy.due_at(event.occurred_at, promise.pauses.cap, calendar).at
    until = min(cap, event.answer_by)
    resting = replace(
        clock, paused_at=event.occurred_at, pauses=clock.pauses + 1, next_step_at=until
    )
    repository.rest_clock(db, resting)
    told = {"reason": PauseReason.MATERIALS, "until": until}
    say(db, ClockPaused(**facts(resting), **told, occurred_at=event.occurred_at))


def resume(db: Connection, event: MaterialsReceived, promise: Promise) -> None:
    """Let the clock run on with the working time that was left."""
    for clock in _resolving(db, event):
        if clock.paused_at is not None:
            run_on(db, clock, event.occurred_at, promise, ResumeReason.RECEIVED)


def run_on(
    db: Connection, clock: Clock, at: datetime, promise: Promise, reason: ResumeReason
) -> None:
    """End the rest of a clock, at its cap where this moment lies behind it, and say so."""
    assert clock.paused_at is not None, "it rests"  # noqa: S101
    counted = under_notices(db, promise, hold=True)
    until = min(at, clock.next_step_at or at)
    due = policy.due_after_rest(clock.due_at, clock.paused_at, until, counted.calendar)
    rested = step(Rule.RESTED, _local(clock.paused_at), _local(until))
    moved = _moved(clock, due, at, counted, rested)
    repository.move_clock(db, moved)
    told = {"reason": reason, "provisional": moved.provisional}
    say(db, ClockResumed(**facts(moved), **told, occurred_at=at))
    say_lamp(db, moved, clock.lamp, at)


def extend(db: Connection, event: ExtensionDecided, promise: Promise) -> None:
    """Move the limit of a unit that was given more time."""
    if not event.granted:
        return
    for clock in _resolving(db, event):
        counted = under_notices(db, promise, hold=True)
        due = policy.due_extended(clock.due_at, event.days, counted.calendar)
        longer = step(Rule.EXTENDED, _local(clock.due_at), _local(due), event.days)
        moved = _moved(clock, due, event.occurred_at, counted, longer)
        repository.move_clock(db, moved)
        _say_extended(db, clock, moved, event)
        say_lamp(db, moved, clock.lamp, event.occurred_at)


def _say_extended(db: Connection, before: Clock, moved: Clock, event: ExtensionDecided) -> None:
    say(
        db,
        DueDateMoved(
            **facts(moved),
            occurred_at=event.occurred_at,
            due_before=before.due_at,
            provisional=moved.provisional,
            provisional_before=before.provisional,
            reason=MoveReason.EXTENSION,
            explanation=moved.digest,
            days=event.days,
            because=event.because,
            promise_due_at=_promised(db, moved),
        ),
    )


def _moved(
    clock: Clock, due: datetime, at: datetime, promise: Promise, step_: policy.Step
) -> Clock:
    unsure = clock.provisional or policy.is_unsure(clock.due_at, due, promise.calendar)
    steps = (*clock.steps, step_.as_record())
    moved = replace(clock, due_at=due, steps=steps, provisional=unsure)
    if step_.rule is Rule.EXTENDED and clock.paused_at is not None:
        return moved
    warns = promise.warns_before(clock)
    lamp = policy.lamp_at(due, at, warns)
    following = policy.next_step_at(due, lamp, warns)
    missed_at = clock.missed_at if policy.is_missed(due, at) else None
    return replace(moved, paused_at=None, lamp=lamp, next_step_at=following, missed_at=missed_at)


def _promised(db: Connection, clock: Clock) -> datetime | None:
    citizen = running(db, clock.case_id, {ClockKind.CITIZEN})
    passed = [each.due_at for each in citizen if each.due_at < clock.due_at]
    return passed[0] if passed else None


def _resolving(
    db: Connection, event: MaterialsAsked | MaterialsReceived | ExtensionDecided
) -> list[Clock]:
    owed = clocks_of_order(db, event.case_id, event.order_id)
    return [clock for clock in owed if clock.kind is ClockKind.RESOLVE]


def _local(at: datetime) -> datetime:
    return policy.local_time(at)
