"""How often a query code may be guessed, for one number and from one address."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class GuessLimits:
    """So many wrong codes in a window, then nothing until the window is over."""

    per_number: int
    per_address: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Wrong:
    """The wrong codes counted for one number or one address."""

    since: datetime
    wrong: int


def retry_after(counted: Wrong | None, most: int, window: timedelta, now: datetime) -> int | None:
    """Return the seconds to wait, at least 1; None while a guess is free.

    A window that ends exactly now is over.
    """
    if counted is None or counted.wrong < most:
        return None
    left = counted.since + window - now
    if left <= timedelta(0):
        return None
    return max(1, -(-left // timedelta(seconds=1)))
