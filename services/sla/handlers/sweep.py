"""Time passed: change the lamps whose moment has come, and say what was missed."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from services.sla import policy, repository
from services.sla.handlers.clocks import Promise, facts, with_rows
from services.sla.handlers.pauses import run_on
from services.sla.policy import Lamp
from services.sla.repository import Clock
from shared.events.sla import DeadlineMissed, LampChanged, ResumeReason
from shared.outbox import say


def sweep(db: Connection, now: datetime, promise: Promise, limit: int) -> int:
    """Change the lamps whose time has come and say what was missed; return how many clocks.

    A clock that has rested as long as it may runs on.
    """
    found = repository.clocks_with_a_step_due(db, now, limit)
    for clock in found:
        if clock.paused_at is not None:
            run_on(db, clock, now, promise, ResumeReason.CAP_OVER)
    due = [clock for clock in found if clock.paused_at is None]
    counted = with_rows(db, promise, due)
    shown = [_at(clock, now, counted) for clock in due]
    if shown:
        repository.show_lamps(db, shown)
    for before, clock in zip(due, shown, strict=True):
        if clock.lamp is not before.lamp:
            say(db, LampChanged(**facts(clock), occurred_at=now))
        if clock.missed_at != before.missed_at:
            say(db, DeadlineMissed(**facts(clock), occurred_at=now))
    return len(found)


def _at(clock: Clock, now: datetime, promise: Promise) -> Clock:
    warns = promise.warns_before(clock)
    lamp = policy.lamp_at(clock.due_at, now, warns)
    return replace(
        clock,
        lamp=lamp,
        next_step_at=policy.next_step_at(clock.due_at, lamp, warns),
        missed_at=clock.missed_at or (now if lamp is Lamp.RED else None),
    )
