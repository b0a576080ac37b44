"""How many limits will be missed, from the unit's own past; nothing in it that one cannot recount.

Of the past clocks of a unit and kind those are taken that were still running at the same part of
their time as the one in question; the share of them that missed is what is expected of it. Where
a unit has few of them, the share of all units counts as `OF_ALL` more, so that two cases of bad
luck are no forecast, and a unit without a past gets that of the house.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

STEPS = 60
"""The time of a clock is cut into so many equal parts; the last one ends at its limit.

With a third of them a clock is taken for younger than it is: measured, a tenth too few breaches.
"""
PAST = timedelta(days=90)
"""How far back one looks."""
OF_ALL = 8
"""For how many clocks of its own the share of all units counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How many clocks of a unit and kind ended so: in this step in time, or missed."""

    unit: str
    kind: str
    step: int
    missed: bool
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A clock that runs towards a limit which has not passed."""

    unit: str
    kind: str
    started_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Alike:
    """Past clocks that had come as far as one in question, and how many of them missed."""

    count: int
    missed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What is expected of the running clocks of a unit and kind until some moment."""

    unit: str
    kind: str
    running: int
    expected: float
    alike: Alike
    """Of the clock in the middle, by how far they have come: the evidence."""


class Past:
    """What became of the clocks of the past, by unit and kind and how far they came."""

    def __init__(self, ended: Iterable[Ended]) -> None:
        self._own = defaultdict[tuple[str, str], Counter[int]](Counter)
        self._all = defaultdict[str, Counter[int]](Counter)
        for each in ended:
            step = STEPS if each.missed else each.step
            self._own[each.unit, each.kind][step] += each.count
            self._all[each.kind][step] += each.count

    def alike(self, unit: str, kind: str, step: int) -> Alike:
        """Return the clocks of a unit that had not ended before this step."""
        return _from(self._own.get((unit, kind), Counter()), step)

    def risk(self, unit: str, kind: str, step: int) -> float:
        """Return how likely a clock that has come to this step misses its limit, 0 to 1."""
        own, house = self.alike(unit, kind, step), _from(self._all.get(kind, Counter()), step)
        # Of nothing nobody knows anything: one of two, until something has ended.
        share = (house.missed + 1) / (house.count + 2)
        return (own.missed + OF_ALL * share) / (own.count + OF_ALL)


def _from(steps: Mapping[int, int], step: int) -> Alike:
    count = sum(n for ended, n in steps.items() if ended >= step)
    return Alike(count, steps.get(STEPS, 0))


def step_of(started_at: datetime, due_at: datetime, at: datetime) -> int:
    """Return in which step of its time a clock is at a moment, from 0 to the last one."""
    whole = due_at - started_at
    if whole <= timedelta():
        return STEPS - 1
    return min(STEPS - 1, max(0, int(STEPS * ((at - started_at) / whole))))


def forecasts(
    past: Past, running: Iterable[Running], now: datetime, until: datetime
) -> list[Forecast]:
    """Return what is expected until a moment, the most breaches first."""
    groups = defaultdict[tuple[str, str], list[int]](list)
    for clock in running:
        if clock.due_at < until:
            step = step_of(clock.started_at, clock.due_at, now)
            groups[clock.unit, clock.kind].append(step)
    found = [_forecast(past, unit, kind, steps) for (unit, kind), steps in groups.items()]
    return sorted(found, key=lambda each: (-each.expected, each.unit, each.kind))


def _forecast(past: Past, unit: str, kind: str, steps: Sequence[int]) -> Forecast:
    middle = sorted(steps)[len(steps) // 2]
    return Forecast(
        unit=unit,
        kind=kind,
        running=len(steps),
        expected=sum(past.risk(unit, kind, step) for step in steps),
        alike=past.alike(unit, kind, middle),
    )
