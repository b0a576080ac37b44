"""When a card is told of, when it counts as known, and when the one before it may end (ADR 17)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique

TOLD_AGAIN = timedelta(days=1)
"""What nobody acknowledged is told once more: the other side may have been put back."""
SETTLES = timedelta(minutes=1)
"""What was sealed for the card before is posted by then: a transaction is shorter."""


@unique
class Hindrance(StrEnum):
    """Why a card cannot end yet."""

    UNACKNOWLEDGED = "unacknowledged"
    """Neighbours that have not said that they know the new one."""
    PERSONS = "persons"
    """Persons of cases on offer here that only the old one opens."""
    FILES = "files"
    """Neighbours of which files are awaited that may be sealed for the old one."""
    TOKENS = "tokens"
    """What was signed within the node before it was renewed may still be on its way."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What may still need the old card of a node."""

    renewed_at: datetime
    acknowledged: Mapping[str, datetime | None]
    """Neighbour → since when it is known to have the new card."""
    persons: int
    files_since: Mapping[str, datetime]
    """Neighbour → when the oldest file was offered that is awaited of it."""


def is_told(told: bool, told_at: datetime | None, acknowledged: bool, now: datetime) -> bool:
    """Tell whether a neighbour need not be told of a card now."""
    if acknowledged:
        return True
    return told and told_at is not None and abs(now - told_at) < TOLD_AGAIN


def may_answer(placed_at: datetime | None, now: datetime) -> bool:
    """Tell whether nothing can be sealed for the card before any more."""
    return placed_at is not None and now >= placed_at + SETTLES


def hindrances(found: UnderWay, now: datetime) -> Mapping[Hindrance, Collection[str]]:
    """Return why a card cannot end yet, and of whom or how many; nothing if it can."""
    missing = sorted(peer for peer, at in found.acknowledged.items() if at is None)
    awaited = sorted(
        peer for peer, at in found.files_since.items() if _is_before(at, found.acknowledged, peer)
    )
    persons = [str(found.persons)] if found.persons else []
    settles = [] if now >= found.renewed_at + SETTLES else [f"{SETTLES.total_seconds():.0f} s"]
    told = {
        Hindrance.UNACKNOWLEDGED: missing,
        Hindrance.PERSONS: persons,
        Hindrance.FILES: awaited,
        Hindrance.TOKENS: settles,
    }
    return {why: about for why, about in told.items() if about}


def _is_before(offered: datetime, known: Mapping[str, datetime | None], peer: str) -> bool:
    since = known.get(peer)
    return peer in known and (since is None or offered <= since)
