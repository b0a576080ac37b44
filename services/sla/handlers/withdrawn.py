"""A person withdraws a case: no clock runs for it any more; or takes that back: the rest runs.

A withdrawal keeps no promise and breaks none. What was missed before it stays missed, so that
nobody gains by having one withdrawn that is late.
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
    standing_of,
    under_notices,
)
from services.sla.handlers.passing import move_limit
from services.sla.handlers.stopping import stop_withdrawn
from services.sla.handlers.terms import end_all_terms
from services.sla.policy import ClockKind, Rule
from services.sla.policy.explanation import step
from services.sla.repository import Case, Clock
from shared.events.dispatch import CaseFinished
from shared.events.intake import CaseWithdrawn
from shared.events.sla import TAKEN_BACK, WITHDRAWN, ClockResumed
from shared.outbox import say

OWED = set(ClockKind) - {ClockKind.SUPERVISION, ClockKind.FEEDBACK}
"""A supervision slip is between offices, and who has a result is told it."""
OF_PROMISE = {ClockKind.CITIZEN, ClockKind.LEG, ClockKind.RECTIFY}


def stop_all(db: Connection, event: CaseWithdrawn, promise: Promise) -> None:
    """Stop what runs for a case that its person has withdrawn, unless it goes on by now."""
    if not event.accepted:
        return
    case = repository.lock_case(db, event.case_id)
    if case.reopened_round > event.round:
        return
    stop_withdrawn(db, running(db, event.case_id, OWED), event.occurred_at, promise)
    end_all_terms(db, event)


def end_promise(db: Connection, event: CaseFinished, promise: Promise) -> None:
    """Stop the same where dispatch tells of the end before intake does of the withdrawal."""
    ended = running(db, event.case_id, OF_PROMISE)
    stop_withdrawn(db, ended, event.occurred_at, promise)


def take_up_again(
    db: Connection, citizen: Clock, case: Case, at: datetime, promise: Promise
) -> None:
    """Let the promise run on with the working time that was left when the case was withdrawn.

    One that had passed by then, or was kept by an explanation, stays as it is.
    """
    if citizen.stop_reason != WITHDRAWN or citizen.stopped_at is None:
        return
    counted = under_notices(db, promise, hold=True)
    moved = _rested(db, citizen, case, at, counted)
    ladder, times = counted.climb_of(moved, case)
    moved = replace(moved, level=policy.passed_over(ladder, standing_of(moved), at, times))
    moved = replace(moved, next_step_at=counted.following(moved, case))
    repository.move_clock(db, moved)
    repository.resume_clock(db, moved)
    told = {"reason_detail": TAKEN_BACK, "provisional": moved.provisional}
    say(db, ClockResumed(**facts(moved), **told, occurred_at=at))
    say_lamp(db, moved, citizen.lamp, at)


def _rested(db: Connection, clock: Clock, case: Case, at: datetime, counted: Promise) -> Clock:
    since = clock.stopped_at or at
    due, is_late = clock.due_at, policy.is_missed(clock.due_at, since)
    if not is_late:
        calendar = counted.calendar_of(clock, case)
        due = policy.due_after_rest(clock.due_at, since, at, calendar)
    rested = step(Rule.RESTED, policy.local_time(since), policy.local_time(at))
    moved = move_limit(db, clock, (due, at, rested), counted)
    return replace(moved, stopped_at=None, stop_reason=None)
