"""Supervising: a tier asks one below it, and nobody else, what keeps a case."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum, unique

ANSWER_WITHIN = timedelta(days=1)
"""Unless the one who orders it gives more time, or less."""


@unique
class Where(StrEnum):
    """Where a case is, seen from one node."""

    UNKNOWN = "unknown"
    HERE = "here"
    ABOVE = "above"
    BELOW = "below"


def where_is(via: str | None, below: Collection[str], *, known: bool) -> Where:
    """Tell where a case is from the neighbour that told of its holder; None is this node itself.

    A neighbour to which there is no link any more cannot be asked: it counts as above.
    """
    if not known:
        return Where.UNKNOWN
    if via is None:
        return Where.HERE
    return Where.BELOW if via in below else Where.ABOVE


def supervision_due(asked: datetime | None, now: datetime) -> datetime | None:
    """Return by when an answer is expected; None for a moment that has passed."""
    due = now + ANSWER_WITHIN if asked is None else asked
    return due if due > now else None
