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
)
from services.sla.handlers.custody import clocks_of_order
from services.sla.handlers.passing import bring_to, move_limit, run_on
from services.sla.policy import ClockKind, Rest, Rule
from services.sla.policy.explanation import step
from services.sla.repository import Clock
from shared.events.dispatch import ExtensionDecided, MaterialsAsked, MaterialsReceived
from shared.events.sla import (
    ClockPaused,
    DueDateMoved,
    MoveReason,
    PauseReason,
    ResumeReason,
)
from shared.outbox import say


def pause(db: Connection, event: MaterialsAsked, promise: Promise) -> None:
    """Let the clock of a unit rest until it has what it asked for, or until the cap."""
    for owed in _resolving(db, event):
        clock = bring_to(db, owed, event.occurred_at, promise)
        counted = under_notices(db, promise, hold=True)
        row = counted.book.row_of(clock.limit_set, clock.limit_row)
        rest = Rest(clock.due_at, clock.paused_at, clock.pauses)
        if (row is None or row.rests) and policy.may_rest(rest, event.occurred_at, promise.pauses):
            _rest(db, clock, event, counted)


def _rest(db: Connection, clock: Clock, event: MaterialsAsked, counted: Promise) -> None:
    cap = policy.due_at(event.occurred_at, counted.pauses.cap, counted.calendar_of(clock)).at
    until = min(cap, event.answer_by)
    resting = replace(
        clock, paused_at=event.occurred_at, pauses=clock.pauses + 1, next_step_at=until
    )
    repository.rest_clock(db, resting)
    told = {"reason": PauseReason.MATERIALS, "until": until}
    say(db, ClockPaused(**facts(resting), **told, occurred_at=event.occurred_at))


def resume(db: Connection, event: MaterialsReceived, promise: Promise) -> None:
    """Let the clock run on with the working time that was left."""
    for owed in _resolving(db, event):
        clock = bring_to(db, owed, event.occurred_at, promise)
        if clock.paused_at is not None:
            run_on(db, clock, event.occurred_at, promise, ResumeReason.RECEIVED)


def extend(db: Connection, event: ExtensionDecided, promise: Promise) -> None:
    """Move the limit of a unit that was given more time."""
    if not event.granted:
        return
    for owed in _resolving(db, event):
        counted = under_notices(db, promise, hold=True)
        clock = bring_to(db, owed, event.occurred_at, promise)
        due = policy.due_extended(clock.due_at, event.days, counted.calendar_of(clock))
        ends = policy.local_time(clock.due_at), policy.local_time(due)
        longer = step(Rule.EXTENDED, *ends, event.days)
        moved = move_limit(db, clock, (due, event.occurred_at, longer), counted)
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


def _promised(db: Connection, clock: Clock) -> datetime | None:
    citizen = running(db, clock.case_id, {ClockKind.CITIZEN})
    passed = [each.due_at for each in citizen if each.due_at < clock.due_at]
    return passed[0] if passed else None


def _resolving(
    db: Connection, event: MaterialsAsked | MaterialsReceived | ExtensionDecided
) -> list[Clock]:
    owed = clocks_of_order(db, event.case_id, event.order_id)
    return [clock for clock in owed if clock.kind is ClockKind.RESOLVE]
