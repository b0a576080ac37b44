"""Time passed: change the lamps whose moment has come, and say what was missed."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from services.sla import policy, repository
from services.sla.handlers.clocks import Promise, facts
from services.sla.policy import Lamp
from services.sla.repository import Clock
from shared.events.sla import DeadlineMissed, LampChanged
from shared.outbox import say


def sweep(db: Connection, now: datetime, promise: Promise, limit: int) -> int:
    """Change the lamps whose time has come and say what was missed; return how many clocks."""
    due = repository.clocks_with_a_step_due(db, now, limit)
    shown = [_at(clock, now, promise) for clock in due]
    repository.show_lamps(db, shown)
    for before, clock in zip(due, shown, strict=True):
        if clock.lamp is not before.lamp:
            say(db, LampChanged(**facts(clock), occurred_at=now))
        if clock.missed_at != before.missed_at:
            say(db, DeadlineMissed(**facts(clock), occurred_at=now))
    return len(due)


def _at(clock: Clock, now: datetime, promise: Promise) -> Clock:
    lamp = policy.lamp_at(clock.due_at, now, promise.yellow_before)
    return replace(
        clock,
        lamp=lamp,
        next_step_at=policy.next_step_at(clock.due_at, lamp, promise.yellow_before),
        missed_at=clock.missed_at or (now if lamp is Lamp.RED else None),
    )
