"""Time passed: change lamps, say what was missed, take the steps of the ladders."""

from datetime import datetime

from sqlalchemy import Connection

from services.sla import repository
from services.sla.handlers.clocks import Promise
from services.sla.handlers.passing import pass_time


def sweep(db: Connection, now: datetime, promise: Promise, limit: int) -> int:
    """Change lamps and take steps whose time has come; return of how many clocks.

    A clock that has rested as long as it may runs on.
    """
    found = repository.clocks_with_a_step_due(db, now, limit)
    pass_time(db, found, now, promise)
    return len(found)
