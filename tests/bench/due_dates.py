"""How many due dates one core computes: the index, a plain bisect, a walk, and other libraries.

Run with `./dev bench due_dates [--no-peers]`. Every way is checked against ours first, on the same
inputs; the ratios are of one run, so they hold on a busy machine too. The libraries are installed
from `requirements-bench.lock`: numpy, pandas, workalendar and businesstimedelta.
"""

import argparse
import gc
import sys
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from time import process_time
from typing import Any, TypeVar

from backstop.checkout import ROOT, install
from services.sla.policy import DEFAULT_HOURS, ZONE, Limits, due_at
from services.sla.repository.calendar import load_calendar
from tests.unit.sla.local import SATURDAYS, UNIT, calendars, festival

T = TypeVar("T")
CALENDAR = load_calendar(DEFAULT_HOURS)
ORDINALS = [day.toordinal() for day in CALENDAR.days]
WORKED = frozenset(CALENDAR.days)
STARTS = [date(2024, 1, 1) + timedelta(days=offset) for offset in range(1000)]
INSTANTS = [datetime.combine(day, time(day.day % 24, 7), UTC) for day in STARTS]
MINUTES = 16 * 60
USED_UP = 14 * 60
"""Two whole days: many a count of them ends where a span does."""
EDGES = (time(8, 59, 59), time(9), time(12), time(12, 30), time(13), time(17))
CLOCKS = INSTANTS + [
    datetime.combine(day, clock, ZONE).astimezone(UTC) for day in STARTS for clock in EDGES
]
MOST_TOLD = 3
ROUNDS = 5


def day_by_bisect(day: date, n: int) -> date:
    """Search the sorted ordinals of all working days."""
    return date.fromordinal(ORDINALS[bisect_right(ORDINALS, day.toordinal()) + n - 1])


def day_by_walking(day: date, n: int) -> date:
    """Look at one day after the other."""
    while n:
        day += timedelta(days=1)
        n -= day in WORKED
    return day


def minutes_by_walking(instant: datetime, minutes: int) -> datetime:
    """Spend the minutes span by span, one day after the other."""
    local = instant.astimezone(ZONE)
    left = timedelta(minutes=minutes)
    day = local.date()
    while True:
        for begin, end in DEFAULT_HOURS.spans if day in WORKED else ():
            midnight = datetime.combine(day, time(), ZONE)
            since = max(midnight + timedelta(minutes=begin), local)
            room = midnight + timedelta(minutes=end) - since
            if room >= left:
                return (since + left).astimezone(UTC)
            left -= max(room, timedelta(0))
        day += timedelta(days=1)


def rate(name: str, run: Callable[[], list[Any]]) -> float:
    """Print and return how many a second of processor time the best of some rounds made."""
    seconds = []
    for _ in range(ROUNDS):
        gc.collect()
        began = process_time()
        made = len(run())
        seconds.append(process_time() - began)
    result = made / min(seconds)
    sys.stdout.write(f"{name:<42}{result:>14,.0f}/s\n")
    return result


def add_to_all(add: Callable[[T, int], T], starts: list[T], amount: int) -> list[T]:
    """Add the same amount to every start."""
    return [add(start, amount) for start in starts]


def compare_days() -> None:
    """Five working days from each start: ours against bisect and walking."""
    ways = (
        ("+ 5 working days, index", CALENDAR.add_working_days),
        ("+ 5 working days, plain bisect", day_by_bisect),
        ("+ 5 working days, day by day", day_by_walking),
    )
    for day in STARTS:
        assert len({add(day, 5) for _, add in ways}) == 1, f"the ways disagree on {day}"
    rates = [rate(name, partial(add_to_all, add, STARTS * 20, 5)) for name, add in ways]
    say_ratios(rates, "plain bisect", "day by day")


def compare_minutes() -> None:
    """Sixteen working hours from each instant: ours against walking."""
    ways = (
        ("+ 16 working hours, index", CALENDAR.add_working_minutes),
        ("+ 16 working hours, day by day", minutes_by_walking),
    )
    for instant in INSTANTS:
        assert len({add(instant, MINUTES) for _, add in ways}) == 1, f"disagree on {instant}"
    rates = [rate(name, partial(add_to_all, add, INSTANTS * 20, MINUTES)) for name, add in ways]
    say_ratios(rates, "day by day")


def compare_with_peers() -> None:
    """Install the other libraries, tell them the same days off and hours, and count with them."""
    install("numpy, pandas, workalendar, businesstimedelta", ROOT / "requirements-bench.lock")
    from tests.bench import _due_peers as peers

    around = timedelta(days=60)
    off = peers.days_off(CALENDAR, STARTS[0] - around, STARTS[-1] + around)
    compare_days_with(peers.ways_to_add_days(off, 5), peers.days_by_numpy_at_once(off))
    used_up = peers.ways_to_add_minutes(off, USED_UP)
    agreements("+ 14 working hours", used_up, CALENDAR.add_working_minutes, CLOCKS, USED_UP)
    compare_minutes_with(peers.ways_to_add_minutes(off, MINUTES))


def compare_days_with(
    ways: Mapping[str, Callable[[date, int], date]],
    at_once: Callable[[list[date], int], list[date]],
) -> None:
    """Five working days from each start by other libraries, numpy also all in one call."""
    agreements("+ 5 working days", ways, CALENDAR.add_working_days, STARTS, 5)
    ours, many = partial(add_to_all, CALENDAR.add_working_days), STARTS * 20
    assert at_once(STARTS, 5) == ours(STARTS, 5), "numpy disagrees in one call"
    rates = [rate("+ 5 working days, index", partial(ours, many, 5))]
    rates += [rate(name, partial(add_to_all, add, STARTS, 5)) for name, add in ways.items()]
    rates.append(rate(f"numpy, {len(many):,} days in one call", partial(at_once, many, 5)))
    say_ratios(rates, *ways, "numpy, in one call")


def compare_minutes_with(ways: Mapping[str, Callable[[datetime, int], datetime]]) -> None:
    """Sixteen working hours from each instant by other libraries."""
    ours = CALENDAR.add_working_minutes
    agreements("+ 16 working hours", ways, ours, CLOCKS, MINUTES)
    rates = [rate("+ 16 working hours, index", partial(add_to_all, ours, INSTANTS * 20, MINUTES))]
    rates += [
        rate(name, partial(add_to_all, add, INSTANTS, MINUTES)) for name, add in ways.items()
    ]
    say_ratios(rates, *ways)


def agreements(
    what: str,
    ways: Mapping[str, Callable[[T, int], T]],
    ours: Callable[[T, int], T],
    starts: Sequence[T],
    amount: int,
) -> None:
    """Print on how many inputs each way agrees with ours, and of the first others why not."""
    for name, add in ways.items():
        both = [(start, add(start, amount), ours(start, amount)) for start in starts]
        other = [each for each in both if each[1] != each[2]]
        agreed = f"{len(both) - len(other):,} of {len(both):,}"
        sys.stdout.write(f"{what}, {name:<28}agrees on {agreed}\n")
        for start, theirs, mine in other[:MOST_TOLD]:
            sys.stdout.write(f"    from {shown(start)}: {shown(theirs)}, ours {shown(mine)}\n")
        if other and all(is_same_moment_of_work(theirs, mine) for _, theirs, mine in other):
            sys.stdout.write(
                "    in all: ours ends with the span used up, theirs as the next opens\n"
            )


def is_same_moment_of_work(theirs: object, mine: object) -> bool:
    """Tell whether no working time lies between the two: one more minute ends alike from both."""
    if not isinstance(theirs, datetime) or not isinstance(mine, datetime):
        return False
    ends = {CALENDAR.add_working_minutes(each, 1) for each in (theirs, mine)}
    return mine < theirs and len(ends) == 1


def shown(moment: object) -> str:
    """Return a day, or an instant by the clock on the wall here."""
    local = (
        moment.astimezone(ZONE).replace(tzinfo=None) if isinstance(moment, datetime) else moment
    )
    return str(local)


def say_ratios(rates: list[float], *others: str) -> None:
    """Print how many times faster the first rate is than each other one."""
    for other, name in zip(rates[1:], others, strict=True):
        sys.stdout.write(f"{'':<4}index : {name:<31}{rates[0] / other:>15.2f} x\n")


def main() -> None:
    """Compare the ways, then time whole due dates with their explanation and digest."""
    given = argparse.ArgumentParser(description=main.__doc__)
    given.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    with_peers = given.parse_args().peers
    compare_days()
    compare_minutes()
    if with_peers:
        compare_with_peers()
    limit = Limits().complex
    explain = "complex limit, explained and digested"
    rate(explain, lambda: [due_at(instant, limit, CALENDAR) for instant in INSTANTS * 20])
    local = calendars(festival(), SATURDAYS).of(UNIT)
    there = f"{explain}, of a unit"
    rate(there, lambda: [due_at(instant, limit, local) for instant in INSTANTS * 20])
    hours = partial(add_to_all, local.add_working_minutes, INSTANTS * 20, MINUTES)
    rate("+ 16 working hours, of a unit", hours)


if __name__ == "__main__":
    main()
