"""How far behind the sweep is, for those who watch the node."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.sla import repository


def sweep_lag(db: Connection, now: datetime) -> timedelta:
    """Return how long the oldest lamp whose time has come waits; nothing, if none does."""
    step = repository.next_step_due(db)
    return max(now - step, timedelta()) if step else timedelta()
