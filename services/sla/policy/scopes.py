"""Whose calendar: the country's, a region's, or a unit's; and the weeks that each keeps by itself.

A region is named as a row of limits names a place: 150000 is 15. A unit is one of a node, for two
nodes may call a unit the same.
"""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from services.sla.policy.clocks import ClockKind
from services.sla.policy.hours import WorkingHours

DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """For whom days are named: for all, for a region, or for one unit of a node."""

    region: str = ""
    """The digits of its GB/T 2260 code that count; of a unit, those of its node."""
    unit: str = ""

    @property
    def is_local(self) -> bool:
        """Tell whether it is less than the country."""
        return bool(self.region or self.unit)

    def covers(self, other: "Scope") -> bool:
        """Tell whether what is named for this one holds for the other."""
        if self.unit:
            return self == other
        return other.region.startswith(self.region)


NATION = Scope()


def whose(kind: str, unit: str, region: str, home: str) -> Scope:
    """Return by whose calendar a clock of a node is counted; `region` is that of the matter.

    What a unit owes by its own; the promise to the person by the place of the matter, where that
    is one of the node, for its days off were no surprise to the person either. Else the node's.
    """
    if kind != ClockKind.CITIZEN:
        return Scope(home, unit)
    return Scope(region if region.startswith(home) else home)


@dataclass(frozen=True, slots=True)
class WeekRow:
    """When somebody opens on some weekdays, 0 being Monday; no hours are a day off.

    It holds from its first day to its last one, both included, or until further notice.
    """

    weekdays: tuple[int, ...]
    hours: WorkingHours | None
    since: date
    until: date | None = None

    def __str__(self) -> str:
        days = ",".join(str(each + 1) for each in self.weekdays)
        until = self.until.isoformat() if self.until else ""
        return f"week {days} {self.hours or 'off'} {self.since.isoformat()}..{until}"

    def holds(self, day: date) -> bool:
        """Tell whether the row is in force on a day, whichever weekday that is."""
        return self.since <= day and (self.until is None or day <= self.until)


def runs_of(weekdays: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return the first and the last day of each run of weekdays: 0,1,2,5 is 0–2 and 5–5."""
    numbered = enumerate(weekdays)
    runs = [
        [day for _, day in run] for _, run in groupby(numbered, lambda each: each[1] - each[0])
    ]
    return [(run[0], run[-1]) for run in runs]
