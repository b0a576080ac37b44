"""How often one account may look at persons in the clear, or search for somebody."""

from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in an hour, so many in a day."""

    per_hour: int
    per_day: int


@dataclass(frozen=True, slots=True)
class LookLimits:
    """Looks and searches count apart: who searches has not yet seen anybody."""

    looks: Limit
    searches: Limit


@dataclass(frozen=True, slots=True)
class Counted:
    """What one account did: how often, and when the first of each window was."""

    hour: int = 0
    hour_since: datetime | None = None
    day: int = 0
    day_since: datetime | None = None


def wait_after(counted: Counted, limit: Limit, now: datetime) -> int | None:
    """Return the seconds until the next one is free, at least 1; None while it is."""
    waits = []
    if counted.hour >= limit.per_hour:
        waits.append((counted.hour_since or now) + HOUR - now)
    if counted.day >= limit.per_day:
        waits.append((counted.day_since or now) + DAY - now)
    return max(1, -(-max(waits) // timedelta(seconds=1))) if waits else None
