"""When a person may urge: while a result is owed, and not again before the last one has aged.

An urge is counted and seen; it moves no promise.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique

from services.intake.policy.progress import Progress, Status

ENDED = frozenset({Status.DECLINED, Status.FINISHED, Status.CLOSED, Status.WITHDRAWN})
"""Statuses in which nobody owes a result any more."""


@unique
class Objection(StrEnum):
    """Why nobody can urge now."""

    CASE_ENDED = "case_ended"
    URGED_LATELY = "urged_lately"


@dataclass(frozen=True, slots=True)
class UrgeRules:
    """How a node counts urges."""

    every: timedelta
    """So long after one urge there is no other one."""
    often_from: int
    """From this count on the leaders of the unit and the supervisors see it."""


def next_urge_at(progress: Progress, rules: UrgeRules) -> datetime | None:
    """Return from when on a case may be urged again; None where it was not urged this round."""
    return None if progress.urged_at is None else progress.urged_at + rules.every


def objection_to_urge(progress: Progress, now: datetime, rules: UrgeRules) -> Objection | None:
    """Say why a case may not be urged now; exactly when the interval is over it may."""
    if progress.status in ENDED:
        return Objection.CASE_ENDED
    following = next_urge_at(progress, rules)
    if following is not None and now < following:
        return Objection.URGED_LATELY
    return None
