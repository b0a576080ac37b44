"""What one case adds to the rollups: the board is the sum of this over all cases.

The projector adds the difference between before and after, so a board costs nothing to read and
cannot drift from the cases it counts.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from services.portal.policy.days import day_of
from services.portal.policy.status import Status


@unique
class Dimension(StrEnum):
    """What is counted, and by what."""

    STATUS = "status"
    LAMP = "lamp"
    """Of open cases."""
    CHANNEL = "channel"
    UNIT_OPEN = "unit_open"
    UNIT_YELLOW = "unit_yellow"
    UNIT_RED = "unit_red"
    REGISTERED_ON = "registered_on"
    FINISHED_ON = "finished_on"
    """By the day of the last result, while it stands."""
    ON_TIME_ON = "on_time_on"
    """Of those, the promise to the person was kept."""
    LEVEL = "level"
    """Of every evaluation, not of a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A case as far as it is counted."""

    status: Status
    channel: str | None
    lamp: str | None
    unit: str | None
    registered_at: datetime | None
    finished_at: datetime | None
    on_time: bool | None


def tallies(case: Counted) -> Counter[tuple[str, str]]:
    """Return what a case adds; nothing before its registration has been heard."""
    if case.registered_at is None:
        return Counter()
    counted = [
        (Dimension.STATUS, case.status.value),
        (Dimension.REGISTERED_ON, day_of(case.registered_at).isoformat()),
    ]
    if case.channel is not None:
        counted.append((Dimension.CHANNEL, case.channel))
    counted += _open(case) if case.status.is_open else _finished(case)
    return Counter((dimension.value, key) for dimension, key in counted)


def _open(case: Counted) -> list[tuple[Dimension, str]]:
    counted = [] if case.lamp is None else [(Dimension.LAMP, case.lamp)]
    if case.unit is None:
        return counted
    counted.append((Dimension.UNIT_OPEN, case.unit))
    if case.lamp == "yellow":
        counted.append((Dimension.UNIT_YELLOW, case.unit))
    if case.lamp == "red":
        counted.append((Dimension.UNIT_RED, case.unit))
    return counted


def _finished(case: Counted) -> list[tuple[Dimension, str]]:
    if case.finished_at is None:
        return []
    day = day_of(case.finished_at).isoformat()
    counted = [(Dimension.FINISHED_ON, day)]
    return [*counted, (Dimension.ON_TIME_ON, day)] if case.on_time else counted
