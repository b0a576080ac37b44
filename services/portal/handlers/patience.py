"""Make those wait who guess: every attempt counts before it is looked at, a good one is undone.

So attempts at the same moment cannot share one look at the count.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.portal import repository
from services.portal.policy import Patience, wait_after
from services.portal.repository import Failures


@dataclass(frozen=True, slots=True)
class Failed:
    """Wrong, or too often wrong: then `wait` is when to try again."""

    wait: timedelta
    login: str = ""
    """Whose account was tried, where there is one of that login."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """An attempt that may be looked at, counted as a failure until it is known to be none."""

    at: datetime
    of_account: str
    of_address: str
    before: Failures
    """Of the address, before this attempt."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Under which keys an attempt counts, and how patient each is."""

    of_account: str
    of_address: str
    with_account: Patience
    with_address: Patience


def admit(db: Connection, keys: Keys, now: datetime) -> Admitted | Failed:
    """Count an attempt, or say how long to wait; one who waits is not counted again."""
    patience = {keys.of_account: keys.with_account, keys.of_address: keys.with_address}
    held = repository.hold_failures(db, patience, now)
    wait = max(_wait(held[key], patience[key], now) for key in patience)
    if wait > timedelta(0):
        return Failed(wait)
    forgotten = max(each.forgotten for each in patience.values())
    repository.count_attempt(db, patience, now, now - forgotten)
    return Admitted(now, keys.of_account, keys.of_address, held[keys.of_address])


def forgive(db: Connection, admitted: Admitted) -> None:
    """It was right: the account begins anew, the address has one failure less."""
    repository.forget_failures(db, [admitted.of_account])
    repository.take_back_failure(db, admitted.of_address, admitted.before, admitted.at)


def _wait(failures: Failures, patience: Patience, now: datetime) -> timedelta:
    wait = wait_after(failures.count, patience)
    if not wait or now - failures.failed_at >= patience.forgotten:
        return timedelta(0)
    return max(failures.failed_at + wait - now, timedelta(0))
