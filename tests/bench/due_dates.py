"""How many due dates one core computes: the index, a plain bisect, a walk day by day.

Run with `python -m tests.bench.due_dates`. Every way is checked against the others first; the
ratios are of one run, so they hold on a busy machine too.
"""

import gc
import sys
from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from time import process_time
from typing import Any, TypeVar

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


def say_ratios(rates: list[float], *others: str) -> None:
    """Print how many times faster the first rate is than each other one."""
    for other, name in zip(rates[1:], others, strict=True):
        sys.stdout.write(f"{'':<4}index : {name:<31}{rates[0] / other:>15.2f} x\n")


def main() -> None:
    """Compare the ways, then time whole due dates with their explanation and digest."""
    compare_days()
    compare_minutes()
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
