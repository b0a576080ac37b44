"""How long a sign-in holds, and how long one who fails must wait before the next try."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lives."""

    idle: timedelta
    """Without a request."""
    absolute: timedelta
    """From the sign-in, however busy."""
    half: timedelta = timedelta(minutes=5)
    """From the password to the code of the second factor."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many failures cost nothing, and how the wait grows after them."""

    free: int
    first: timedelta
    longest: timedelta
    forgotten: timedelta
    """After so long without a failure the count begins anew."""


@dataclass(frozen=True, slots=True)
class SessionRules:
    """What holds for sessions at a node."""

    node: str
    limits: Limits
    second_factor_roles: frozenset[str] = frozenset()
    """Who has one of these roles has a second factor, or gets one before anything else."""


def is_over(started_at: datetime, seen_at: datetime, now: datetime, limits: Limits) -> bool:
    """Tell whether a session has ended; exactly at a limit it still holds."""
    return now > seen_at + limits.idle or now > started_at + limits.absolute


def wait_after(failures: int, patience: Patience) -> timedelta:
    """Return how long to wait after the last of so many failures; each one doubles it."""
    beyond = failures - patience.free
    if beyond < 0:
        return timedelta(0)
    # Beyond 2**20 the longest wait is reached whatever it is, and the number stays small.
    wait: timedelta = patience.first * 2 ** min(beyond, 20)
    return min(wait, patience.longest)
