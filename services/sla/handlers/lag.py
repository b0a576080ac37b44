"""How far behind the sweep is and how the clocks stand, for those who watch the node."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.sla import repository
from services.sla.policy import Lamp


@dataclass(frozen=True, slots=True)
class Standing:
    """How the sweep and the clocks stand at a moment."""

    lag: timedelta
    to_catch_up: int
    """Clocks whose step has come and was not taken: what is left of a stop."""
    lamps: Mapping[Lamp, int]
    """Running clocks."""


def clock_standing(db: Connection, now: datetime) -> Standing:
    """Return how the sweep and the clocks stand."""
    to_catch_up = repository.count_steps_due(db, now)
    return Standing(sweep_lag(db, now), to_catch_up, repository.count_by_lamp(db))


def sweep_lag(db: Connection, now: datetime) -> timedelta:
    """Return how long the oldest lamp whose time has come waits; nothing, if none does."""
    step = repository.next_step_due(db)
    return max(now - step, timedelta()) if step else timedelta()
