"""Which promise of a case is shown: the one to the person, and the most urgent of the house."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

SEVERITY = {"green": 0, "yellow": 1, "red": 2}
CITIZEN = "citizen"
OF_A_PART = "co_handle"
"""Of a unit that helps: charged to it alone, it is no clock of who holds the case."""
CALLBACK, CENTRE_CALLBACK = "callback", "centre_callback"
"""Of who calls the person back: nobody works on the case any more."""
NOT_SHOWN = frozenset({CITIZEN, OF_A_PART, CALLBACK, CENTRE_CALLBACK})
"""Clocks that are never the most urgent of the house."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a case as far as it is shown."""

    kind: str
    due_at: datetime
    lamp: str
    provisional: bool
    running: bool
    on_time: bool | None
    version: int


@dataclass(frozen=True, slots=True)
class Promises:
    """The clocks of a case in one row; each None where no such clock is known or runs.

    The citizen clock is shown stopped too, with whether it was kept; its lamp only while it runs.
    """

    citizen: Clock | None
    custody: Clock | None
    lamp: str | None
    next_due_at: datetime | None


def promises(clocks: Sequence[Clock]) -> Promises:
    """Choose what is shown; of several custody clocks the worst lamp, then the earliest limit."""
    citizen = _last(clock for clock in clocks if clock.kind == CITIZEN)
    running = [clock for clock in clocks if clock.running and clock.kind not in NOT_SHOWN]
    custody = min(running, key=_urgency, default=None)
    shown = [clock for clock in (citizen, custody) if clock is not None and clock.running]
    worst = max(shown, key=lambda clock: SEVERITY[clock.lamp], default=None)
    return Promises(
        citizen=citizen,
        custody=custody,
        lamp=worst.lamp if worst else None,
        next_due_at=min((clock.due_at for clock in shown + running), default=None),
    )


def callback_due(clocks: Sequence[Clock], kind: str) -> datetime | None:
    """Return until when somebody calls the person back; None where nobody has to."""
    owed = (clock.due_at for clock in clocks if clock.running and clock.kind == kind)
    return min(owed, default=None)


def _urgency(clock: Clock) -> tuple[int, datetime, str]:
    return -SEVERITY[clock.lamp], clock.due_at, clock.kind


def _last(clocks: Iterable[Clock]) -> Clock | None:
    return max(clocks, key=lambda clock: clock.version, default=None)
