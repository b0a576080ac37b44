"""The signed versions of the limits with their ladders, and which of them decides for a case."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.sla.policy.calendar import local_time
from services.sla.policy.ladders import LadderTable
from services.sla.policy.limit_sets import (
    BY_ORDER,
    BY_SIGNATURE,
    LimitRow,
    LimitTable,
    Matter,
)
from services.sla.policy.limits import Complexity, Limit, Limits

BUILT_IN = 0
"""The number of the set that the settings of a node make; it was never signed."""
NAMED = -1
"""In the place of a number: whoever asked said how long, so that no version moves it."""


@dataclass(frozen=True, slots=True)
class LimitSet:
    """A signed version: from when it is in force, and whether open cases move to it."""

    number: int
    title: str
    live_from: datetime
    moves: bool
    table: LimitTable
    ladders: LadderTable | None = None
    """None where those that come with the program count."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """A limit and what says so: the set, its row."""

    limit: Limit
    number: int = BUILT_IN
    title: str = ""
    row: LimitRow | None = None

    @property
    def code(self) -> str | None:
        """The code of the row; None where the settings of the node decide."""
        return self.row.code if self.row else None


@dataclass(frozen=True, slots=True)
class LimitBook:
    """Every signed version, the oldest first: numbers and moments rise together."""

    sets: tuple[LimitSet, ...] = ()
    moved_to: int = BUILT_IN
    """The number of the last version to which open cases were moved."""

    def set_for(self, accepted_at: datetime) -> LimitSet | None:
        """Return by which version a case is counted that was accepted then.

        A case keeps the version of its acceptance, until one has come that moves open cases.
        """
        for each in reversed(self.sets):
            if each.live_from <= accepted_at or (each.moves and each.number <= self.moved_to):
                return each
        return None

    def row_of(self, number: int | None, code: str | None) -> LimitRow | None:
        """Return a row by its set and code."""
        if number is None or code is None:
            return None
        found = next((each for each in self.sets if each.number == number), None)
        return found.table.by_code.get(code) if found else None


def ruled_by(
    chosen: LimitSet | None, limits: Limits, kind: str, matter: Matter, at: datetime
) -> Ruled:
    """Return the limit of what begins at a moment under a version, else by the node's settings.

    Only what a unit owes with its order counts from a signature: a promise or a leg that takes
    the same row counts from its own fact.
    """
    if chosen is not None:
        seen = matter if kind in BY_ORDER else replace(matter, urgency="")
        row = chosen.table.find(kind, seen, local_time(at).date())
        if row is not None:
            return Ruled(_counted(row.limit, kind), chosen.number, chosen.title, row)
    return Ruled(_counted(limits.built_in(kind, Complexity(matter.complexity)), kind))


def _counted(limit: Limit, kind: str) -> Limit:
    return limit if kind in BY_SIGNATURE else limit.from_fact


def warns_before(row: LimitRow | None, otherwise: timedelta) -> timedelta:
    """Return how long before its limit the lamp of a row is yellow."""
    if row is None or row.warn_minutes is None:
        return otherwise
    return timedelta(minutes=row.warn_minutes)
