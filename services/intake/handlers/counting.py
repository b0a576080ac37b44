"""How often something was asked for, counted before it is judged."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.intake.policy.guesses import retry_after
from services.intake.repository.wrong_codes import count_wrong


def too_often(
    db: Connection, most: Mapping[str, int], window: timedelta, at: datetime
) -> int | None:
    """Count one more under each key; return the seconds to wait if that was one too many.

    Those who ask at one moment wait for each other's count: the limit holds exactly.
    """
    known = count_wrong(db, list(most), at, at - window)
    waits = [retry_after(known[key], allowed + 1, window, at) for key, allowed in most.items()]
    return max((wait for wait in waits if wait), default=None)
