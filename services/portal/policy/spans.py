"""Into which spans the board cuts what lies ahead and behind: hours, working days, days of age."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.portal.policy.days import CHINA, day_of

HOURS = 24
WORKING_DAYS = 5
LONGEST_REST = 40
"""No holiday is longer: behind so many days without work a day is taken for worked."""
AGES = (1, 3, 7, 30)
"""Where an age in days begins to be another one."""
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A time from `since` on, up to and without `until`."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Age:
    """How many days ago a limit passed: from `first` to `last`, None being without end."""

    first: int
    last: int | None
    since: datetime | None
    until: datetime


def hours_from(now: datetime) -> tuple[Span, ...]:
    """Return the present hour and those that follow, 24 in all."""
    begins = now.replace(minute=0, second=0, microsecond=0)
    return tuple(Span(begins + n * _HOUR, begins + (n + 1) * _HOUR) for n in range(HOURS))


def days_from(begins: datetime, works: Callable[[date], bool]) -> tuple[Span, ...]:
    """Return five spans, each up to the end of a working day; days off go with the next one."""
    spans, day = [], day_of(begins)
    for _n in range(WORKING_DAYS):
        day = _worked(day, works)
        ends = midnight(day + _DAY)
        spans.append(Span(begins, ends))
        begins, day = ends, day + _DAY
    return tuple(spans)


def ages_at(now: datetime) -> tuple[Age, ...]:
    """Return the ages of what is late, by whole days in China, the youngest first."""
    today, edges = day_of(now), (0, *AGES)
    begins = [midnight(today - timedelta(days=first - 1)) for first in edges[1:]]
    untils = [midnight(today + _DAY), *begins]
    lasts = [*(edge - 1 for edge in edges[1:]), None]
    sinces = [*begins, None]
    return tuple(map(Age, edges, lasts, sinces, untils))


def midnight(day: date) -> datetime:
    """Return the instant at which a day begins in China."""
    return datetime.combine(day, time(), CHINA)


def _worked(day: date, works: Callable[[date], bool]) -> date:
    return next(
        (later for n in range(LONGEST_REST) if works(later := day + timedelta(days=n))), day
    )
