"""Time passed: change the lamps whose moment has come, and say what was missed."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from services.sla import policy, repository
from services.sla.handlers.clocks import Promise, say_lamp


def sweep(db: Connection, now: datetime, promise: Promise, limit: int) -> int:
    """Change the lamps whose time has come and say what was missed; return how many clocks."""
    due = repository.clocks_with_a_step_due(db, now, limit)
    for clock in due:
        lamp = policy.lamp_at(clock.due_at, now, promise.yellow_before)
        step = policy.next_step_at(clock.due_at, lamp, promise.yellow_before)
        repository.show_lamp(db, clock, lamp, step)
        say_lamp(db, replace(clock, lamp=lamp), clock.lamp, now)
    return len(due)
