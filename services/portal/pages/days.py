"""The days of the tiers below, in numbers they told themselves; a day nobody told is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from services.portal import repository
from services.portal.pages.nodes import node_name
from services.portal.policy import is_below
from shared.events.portal import DayCounted
from shared.http import NodeFacts
from shared.neighbours import below

DAYS = 7
NO_DAYS: Mapping[str, Any] = MappingProxyType({"reports": (), "dates": ()})
REMEMBERED = timedelta(days=60)
"""Who has told nothing for longer is shown as having told nothing."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one node; `told` is None where it is missing, `share` of the busiest day."""

    on: date
    told: DayCounted | None
    share: int


@dataclass(frozen=True, slots=True)
class Reporting:
    """What one node below told of its last days; `depth` counts the listed ones it lies in."""

    code: str
    name: str
    depth: int
    last: date | None
    days: Sequence[Day]

    @property
    def latest(self) -> DayCounted | None:
        """The last day of these that was told."""
        return next((day.told for day in reversed(self.days) if day.told), None)

    @property
    def missing(self) -> int:
        """How many of these days nobody has told."""
        return sum(day.told is None for day in self.days)


def days_below(db: Connection, node: NodeFacts, today: date) -> dict[str, Any]:
    """Return the last days of every node below, today not included."""
    first = today - timedelta(days=DAYS)
    return days_values(
        repository.told_days(db, first), repository.last_days(db, today - REMEMBERED), node, today
    )


def days_values(
    told: Sequence[DayCounted], last: Mapping[str, date], node: NodeFacts, today: date
) -> dict[str, Any]:
    """Return what is shown of the days; a neighbour that never told any has none."""
    codes = {each.code for each in below(node.neighbours)}
    codes |= {code for code in last if is_below(code, node.code)}
    dates = [today - timedelta(days=back) for back in range(DAYS, 0, -1)]
    known = {(each.node, each.day): each for each in told}
    most = max((each.registered for each in told if each.node in codes), default=0) or 1
    reports = [
        Reporting(
            code=code,
            name=node_name(node, code),
            depth=sum(is_below(code, other) for other in codes),
            last=last.get(code),
            days=[_day(on, known.get((code, on)), most) for on in dates],
        )
        for code in sorted(codes)
    ]
    return {"reports": reports, "dates": dates}


def _day(on: date, told: DayCounted | None, most: int) -> Day:
    return Day(on, told, 100 * told.registered // most if told else 0)
