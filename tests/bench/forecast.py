"""How good the forecast of breaches is: Brier score, calibration, expected against what came.

Run with `./dev bench forecast [--days 240] [--a-day 120] [--units 24] [--seed 7]`. The history is
made from a seed. A unit has a pace of its own, which drifts from month to month, and three kinds
of clocks with limits of one, three and five days; how long a clock runs is lognormal, a twelfth
of the work is forgotten until after its limit, and who sees a limit coming hurries in its last
fifth. Of all this the policy sees what the projection tells it: unit, kind, start, limit, end.

At noon of each of the last 60 days every running clock whose limit lies within 24 hours or three
days is forecast from the 90 days before, and compared with what became of it. Beside it: the share
of all units for this kind (base rate), the share of the unit whatever the time that is over, and
the same policy without the weight of all units.
"""

import argparse
import math
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import fmean
from time import perf_counter

from services.portal.policy.forecast import (
    PAST,
    Ended,
    Past,
    Running,
    forecasts,
    step_of,
)

BEGINS = datetime(2029, 1, 1, 4, tzinfo=UTC)
LIMITS = {"contact": 1, "citizen": 3, "resolve": 5}
USUAL = {"contact": 0.35, "citizen": 0.6, "resolve": 0.62}
SPREAD, FORGOTTEN, HURRY_FROM, HURRY = 0.55, 1 / 12, 0.8, 0.45
TESTED_DAYS = 60
HORIZONS = {"24 h": timedelta(hours=24), "3 d": timedelta(days=3)}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tale:
    """A clock with its end."""

    unit: str
    kind: str
    started_at: datetime
    due_at: datetime
    ended_at: datetime

    @property
    def missed(self) -> bool:
        """Whether it ended behind its limit."""
        return self.ended_at > self.due_at


Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the past at a moment: all of it, and plain shares that missed."""

    past: Past
    of_kinds: dict[str, float]
    of_units: dict[Key, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """A forecast of one clock, each way, and what became of it."""

    said: dict[str, float]
    missed: bool


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=240)
    parser.add_argument("--a-day", type=int, default=120)
    parser.add_argument("--units", type=int, default=24)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    tales = history(given.days, given.a_day, given.units, given.seed)
    missed = fmean(tale.missed for tale in tales)
    say(f"{len(tales):,} clocks of {given.units} units in {given.days} days; {missed:.1%} missed")
    for name, horizon in HORIZONS.items():
        tell(name, horizon, tales, given.days)


def history(days: int, a_day: int, units: int, seed: int) -> list[Tale]:
    """Return clocks; the busiest unit has a fifth of them, the quietest a few a month."""
    dice = random.Random(seed)  # noqa: S311  # to be the same in each run
    names = [f"U{n:03}" for n in range(units)]
    weights = [1 / (n + 1) for n in range(units)]
    pace = {name: dice.gauss(0, 0.35) for name in names}
    tales = []
    for day in range(days):
        if day % 30 == 0:
            pace = {name: each + dice.gauss(0, 0.08) for name, each in pace.items()}
        for unit in dice.choices(names, weights, k=a_day):
            kind = dice.choice(list(LIMITS))
            begun = BEGINS + day * DAY + timedelta(minutes=dice.randrange(24 * 60))
            tales.append(_tale(dice, unit, kind, begun, pace[unit]))
    return tales


def _tale(dice: random.Random, unit: str, kind: str, begun: datetime, pace: float) -> Tale:
    limit = LIMITS[kind] * DAY
    part = USUAL[kind] * math.exp(pace + dice.gauss(0, SPREAD))
    if part > HURRY_FROM:
        part = HURRY_FROM + (part - HURRY_FROM) * HURRY
    if dice.random() < FORGOTTEN:
        part = max(part, 1 + dice.expovariate(1))
    return Tale(unit, kind, begun, begun + limit, begun + part * limit)


def tell(name: str, horizon: timedelta, tales: Sequence[Tale], days: int) -> None:
    """Print what the forecasts of one horizon are worth."""
    asked, expected, took = list[Asked](), list[tuple[float, int]](), 0.0
    for day in range(days - TESTED_DAYS - LIMITS["resolve"], days - LIMITS["resolve"]):
        now = BEGINS + day * DAY
        running = [t for t in tales if t.started_at <= now < min(t.ended_at, t.due_at)]
        due = [t for t in running if t.due_at < now + horizon]
        past = known(tales, now)
        asked += [Asked(_said(past, tale, now), tale.missed) for tale in due]
        begun = perf_counter()
        told = forecasts(past.past, map(_running, running), now, now + horizon)
        took += perf_counter() - begun
        expected.append((sum(each.expected for each in told), sum(t.missed for t in due)))
    say(f"\nwithin {name}: {len(asked):,} forecasts, {fmean(a.missed for a in asked):.1%} missed")
    for way in asked[0].said:
        brier = fmean((each.said[way] - each.missed) ** 2 for each in asked)
        say(f"  Brier {brier:.4f}  {way}")
    off = fmean(abs(said - came) for said, came in expected)
    said, came = fmean(s for s, _ in expected), fmean(c for _, c in expected)
    say(f"  a day {said:.1f} expected, {came:.1f} came, {off:.1f} apart in the mean")
    say(f"  {1000 * took / len(expected):.1f} ms for all running clocks")
    _calibration(asked)


def known(tales: Sequence[Tale], now: datetime) -> Known:
    """Return what the projection tells at a moment."""
    counts = defaultdict[tuple[str, str, int, bool], int](int)
    for tale in tales:
        if now - PAST <= tale.due_at < now:
            step = step_of(tale.started_at, tale.due_at, tale.ended_at)
            counts[tale.unit, tale.kind, step, tale.missed] += 1
    ended = [
        Ended(unit=unit, kind=kind, step=step, missed=missed, count=count)
        for (unit, kind, step, missed), count in counts.items()
    ]
    of_kinds, of_units = defaultdict[str, list[Ended]](list), defaultdict[Key, list[Ended]](list)
    for each in ended:
        of_kinds[each.kind].append(each)
        of_units[each.unit, each.kind].append(each)
    return Known(
        Past(ended),
        {kind: _share(those) for kind, those in of_kinds.items()},
        {key: _share(those) for key, those in of_units.items()},
    )


def _share(ended: Sequence[Ended]) -> float:
    missed = sum(each.count for each in ended if each.missed)
    return (missed + 1) / (sum(each.count for each in ended) + 2)


def _said(known: Known, tale: Tale, now: datetime) -> dict[str, float]:
    step = step_of(tale.started_at, tale.due_at, now)
    own = known.past.alike(tale.unit, tale.kind, step)
    base = known.of_kinds[tale.kind]
    return {
        "this": known.past.risk(tale.unit, tale.kind, step),
        "without the weight of all units": (own.missed + 1) / (own.count + 2),
        "share of the unit, whatever is over": known.of_units.get((tale.unit, tale.kind), base),
        "share of all units (base rate)": base,
    }


def _running(tale: Tale) -> Running:
    return Running(unit=tale.unit, kind=tale.kind, started_at=tale.started_at, due_at=tale.due_at)


def _calibration(asked: Sequence[Asked]) -> None:
    tenths = defaultdict[int, list[Asked]](list)
    for each in asked:
        tenths[min(9, int(10 * each.said["this"]))].append(each)
    for _tenth, those in sorted(tenths.items()):
        said, came = fmean(a.said["this"] for a in those), fmean(a.missed for a in those)
        say(f"  said {said:5.1%}, came {came:5.1%}  ({len(those):,})")


if __name__ == "__main__":
    main()
