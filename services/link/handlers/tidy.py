"""Throw away what is kept no longer."""

from datetime import datetime

from sqlalchemy import Connection

from services.link.repository.links import forget_refused_before


def tidy(db: Connection, before: datetime, limit: int) -> int:
    """Forget what was not believed before an instant; return how much."""
    return forget_refused_before(db, before, limit)
