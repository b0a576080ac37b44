"""Time passes over clocks: lamps turn, limits are missed, steps of ladders are taken, rests end.

Whatever happens to a clock first lets time pass up to that moment, so that the outcome is the same
whether the sweep was there all the time or comes hours later.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import Connection

from services.sla import policy, repository
from services.sla.handlers.clocks import Promise, facts, say_lamp, standing_of, under_notices
from services.sla.policy import REMINDERS, ClockKind, LadderRow, Lamp, Rule, StepKind
from services.sla.policy.explanation import step
from services.sla.policy.ladders import Step
from services.sla.repository import Case, Clock, Taken
from shared.events import sla as events
from shared.events.sla import (
    ClockResumed,
    DeadlineMissed,
    LampChanged,
    ResumeReason,
    StepTaken,
)
from shared.outbox import say

MESSAGES = UUID("6d1f5a2e-7c3b-5e0a-9a44-2f0b8c1d7e93")
FOLDED_WITHIN = timedelta(minutes=10)
"""What one part is told within such a span of the clock is one message."""


@dataclass(frozen=True, slots=True)
class Climbed:
    """A step that a clock takes; of a supervision slip also until when it is answered."""

    clock: Clock
    step: Step
    answer_by: datetime | None


def pass_time(
    db: Connection, clocks: Sequence[Clock], until: datetime, promise: Promise
) -> list[Clock]:
    """Do what a moment brings to these locked clocks, write it, and return them as they stand."""
    if not clocks:
        return []
    awake = [_awake(db, clock, until, promise) for clock in clocks]
    counted = under_notices(db, promise)
    shown = [_lit(clock, until, counted) for clock in awake]
    for before, clock in zip(awake, shown, strict=True):
        if clock.lamp is not before.lamp:
            say(db, LampChanged(**facts(clock), occurred_at=until))
        if clock.missed_at != before.missed_at:
            say(db, DeadlineMissed(**facts(clock), occurred_at=until))
    climbed = _climb(db, shown, until, counted)
    repository.show_lamps(db, climbed)
    return climbed


def bring_to(db: Connection, clock: Clock, at: datetime, promise: Promise) -> Clock:
    """Let time pass over one clock up to the moment of what happens to it."""
    if clock.next_step_at is None or clock.next_step_at > at:
        return clock
    held = repository.lock_clock(db, clock.id)
    if held.next_step_at is None or held.next_step_at > at:
        return held
    return pass_time(db, [held], at, promise)[0]


def run_on(
    db: Connection, clock: Clock, at: datetime, promise: Promise, reason: ResumeReason
) -> Clock:
    """End the rest of a clock, at its cap where this moment lies behind it, and say so."""
    assert clock.paused_at is not None, "it rests"  # noqa: S101
    counted = under_notices(db, promise, hold=True)
    until = min(at, clock.next_step_at or at)
    calendar = counted.calendar_of(clock)
    due = policy.due_after_rest(clock.due_at, clock.paused_at, until, calendar)
    rested = step(Rule.RESTED, policy.local_time(clock.paused_at), policy.local_time(until))
    moved = move_limit(db, clock, (due, until, rested), counted)
    repository.move_clock(db, moved)
    told = {"reason": reason, "provisional": moved.provisional}
    say(db, ClockResumed(**facts(moved), **told, occurred_at=at))
    say_lamp(db, moved, clock.lamp, at)
    return moved


def move_limit(
    db: Connection, clock: Clock, to: tuple[datetime, datetime, policy.Step], promise: Promise
) -> Clock:
    """Return a clock with its limit at another moment, as it stands at `to[1]`; `to[2]` says why.

    One that rests and was given more time rests on.
    """
    due, at, step_ = to
    unsure = clock.provisional or policy.is_unsure(clock.due_at, due, promise.calendar_of(clock))
    steps = (*clock.steps, step_.as_record())
    moved = replace(clock, due_at=due, steps=steps, provisional=unsure)
    if step_.rule is Rule.EXTENDED and clock.paused_at is not None:
        return moved
    lamp = policy.lamp_at(due, at, promise.warns_before(clock))
    missed_at = clock.missed_at if policy.is_missed(due, at) else None
    shown = replace(moved, paused_at=None, lamp=lamp, missed_at=missed_at)
    case = repository.cases_of(db, [clock.case_id]).get(clock.case_id)
    return replace(shown, next_step_at=promise.following(shown, case))


def _awake(db: Connection, clock: Clock, until: datetime, promise: Promise) -> Clock:
    if clock.paused_at is None:
        return clock
    return run_on(db, clock, until, promise, ResumeReason.CAP_OVER)


def _lit(clock: Clock, now: datetime, counted: Promise) -> Clock:
    lamp = policy.lamp_at(clock.due_at, now, counted.warns_before(clock))
    missed_at = clock.missed_at or (now if lamp is Lamp.RED else None)
    return replace(clock, lamp=lamp, missed_at=missed_at)


def _climb(
    db: Connection, clocks: Sequence[Clock], until: datetime, counted: Promise
) -> list[Clock]:
    """Take every step of these clocks that is due by a moment, the oldest first."""
    cases = repository.cases_of(db, {clock.case_id for clock in clocks})
    climbed, taken = [], list[Climbed]()
    for clock in clocks:
        case = cases.get(clock.case_id)
        ladder = counted.ladder_of(clock, case)
        times = counted.times_of(clock, case)
        steps = policy.steps_until(ladder, standing_of(clock), until, times)
        taken += [
            Climbed(clock, each, _answer_by(each, clock, (case, until), counted)) for each in steps
        ]
        higher = replace(clock, level=steps[-1].row.level if steps else clock.level)
        climbed.append(replace(higher, next_step_at=counted.following(higher, case)))
    _take(db, sorted(taken, key=lambda each: each.step.at), until)
    return climbed


def _take(db: Connection, taken: Sequence[Climbed], now: datetime) -> None:
    if not taken:
        return
    repository.add_steps(db, [_as_taken(each.clock, each.step, now) for each in taken])
    for each in taken:
        clock, step, row = each.clock, each.step, each.step.row
        told = StepTaken(
            **facts(clock),
            occurred_at=now,
            step=events.StepKind(row.step),
            level=row.level,
            whom=events.Whom(row.whom),
            step_due_at=step.due_at,
            late=policy.is_late(step, now),
            row=row.code,
            answer_by=each.answer_by,
            message_id=_message_of(clock, row, now) if row.step in REMINDERS else None,
        )
        say(db, told)


def _answer_by(
    step: Step, clock: Clock, seen: tuple[Case | None, datetime], counted: Promise
) -> datetime | None:
    case, now = seen
    if step.row.step is not StepKind.SUPERVISE:
        return None
    kind = ClockKind.SUPERVISION
    limit = counted.ruled(kind, clock.complexity, now, case).limit
    return policy.due_at(now, limit, counted.calendar_for(kind, clock.unit_code, case)).at


def _as_taken(clock: Clock, step: Step, now: datetime) -> Taken:
    return Taken(
        clock_id=clock.id,
        level=step.row.level,
        case_id=clock.case_id,
        row=step.row.code,
        step=step.row.step,
        whom=step.row.whom,
        due_at=step.due_at,
        taken_at=now,
        late=policy.is_late(step, now),
    )


def _message_of(clock: Clock, row: LadderRow, now: datetime) -> UUID:
    """Return the id of the one message that tells this part of all that falls together."""
    span = int(now.timestamp() // FOLDED_WITHIN.total_seconds())
    return uuid5(MESSAGES, f"{row.whom} {clock.unit_code or ''} {row.step} {span}")
