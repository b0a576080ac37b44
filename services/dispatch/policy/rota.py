"""Who is on duty: posts, shifts, absences and substitutes (S0-05, N24).

A post is a kind of duty at a unit with its hours and the weekdays on which it is open; single days
are opened or closed by name. Of the days that nobody has named it follows the local notices of its
unit (ADR 55), unless it is open on every day of the week. The country's calendar it does not know:
the hours of a post say when its door is open, no more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum, unique
from itertools import pairwise
from typing import Self

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
DAY = timedelta(days=1)


@unique
class DutyKind(StrEnum):
    """What somebody is on duty as."""

    COORDINATOR = "coordinator"
    """Coordinator of the day (协调员), who makes units agree."""
    CHIEF_REPRESENTATIVE = "chief_representative"
    """Decides on the spot for the unit (首席代表)."""
    DISPOSAL_OFFICER = "disposal_officer"
    """Takes the unit's orders (处置专员)."""


@unique
class Turn(StrEnum):
    """When the next crew of a pattern has its turn."""

    DAY = "day"
    """On each day on which the post is open."""
    WEEK = "week"
    """On each Monday."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment to another, the end left out."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Crew:
    """A person and who stands in, the first one first."""

    person: str
    substitutes: tuple[str, ...] = ()

    @property
    def everybody(self) -> tuple[str, ...]:
        """All of them in the order in which they are called."""
        return (self.person, *self.substitutes)


@dataclass(frozen=True, slots=True)
class Shift:
    """When a crew is on duty."""

    span: Span
    crew: Crew


@dataclass(frozen=True, slots=True)
class Absence:
    """When a person is away."""

    person: str
    span: Span


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who is on duty, and whose place they take if it is not their own."""

    person: str
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class LocalDay:
    """What a local notice says of a day of a unit: when it is worked; None is a day off."""

    hours: tuple[time, time] | None
    opens: bool = False
    """In the country it is off."""

    @classmethod
    def parse(cls, hours: str, *, opens: bool) -> Self:
        """Read `09:00-12:00,13:00-17:00` from its first opening to its last closing."""
        if not hours:
            return cls(None)
        first, last = hours.partition("-")[0], hours.rpartition("-")[2]
        return cls((time.fromisoformat(first), time.fromisoformat(last)), opens)


EVERY_DAY = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True)
class Hours:
    """When a post is open: on weekdays from 1 (Monday) to 7, but for the days named.

    `local` are the days on which its unit works otherwise than the country.
    """

    opens: time
    closes: time
    weekdays: frozenset[int]
    open_on: frozenset[date] = frozenset()
    closed_on: frozenset[date] = frozenset()
    local: Mapping[date, LocalDay] = field(default_factory=dict)


def is_open(hours: Hours, day: date) -> bool:
    """Tell whether a post is open on a day: by its keeper, a local notice, or its weekday."""
    if day in hours.closed_on:
        return False
    if day in hours.open_on:
        return True
    by_weekday = day.isoweekday() in hours.weekdays
    local = local_day(hours, day)
    if local is None:
        return by_weekday
    return (by_weekday or local.opens) and _shared(hours, local) is not None


def local_day(hours: Hours, day: date) -> LocalDay | None:
    """Return the local day by which a post is open or closed; None where there is none."""
    named = day in hours.closed_on or day in hours.open_on
    return None if named or hours.weekdays == EVERY_DAY else hours.local.get(day)


def span_of(hours: Hours, day: date) -> Span:
    """Return the hours of a day, open on it or not; of a short day those that are its own."""
    local = local_day(hours, day)
    shared = _shared(hours, local) if local is not None else None
    opens, closes = shared or (hours.opens, hours.closes)
    return Span(datetime.combine(day, opens, CHINA), datetime.combine(day, closes, CHINA))


def _shared(hours: Hours, local: LocalDay) -> tuple[time, time] | None:
    if local.hours is None:
        return None
    opens, closes = max(hours.opens, local.hours[0]), min(hours.closes, local.hours[1])
    return (opens, closes) if opens < closes else None


def open_days(hours: Hours, first: date, last: date) -> Iterator[date]:
    """Yield the days from the first to the last on which a post is open."""
    for each in range((last - first).days + 1):
        day = first + each * DAY
        if is_open(hours, day):
            yield day


def may_be_listed(account_unit: str | None, unit: str, *, keeps_all: bool) -> bool:
    """Tell whether somebody whose account is of one unit can be on duty for a unit.

    Whose account is of no unit works for the whole node: who keeps the rota of one unit alone
    has no say about them.
    """
    return keeps_all if account_unit is None else account_unit == unit


def on_duty(shifts: Iterable[Shift], absences: Iterable[Absence], at: datetime) -> OnDuty | None:
    """Return who is on duty at a moment: the first of the crew who is not away."""
    shift, there = _manned(shifts, absences, at)
    if shift is None:
        return None
    first = shift.crew.person
    return OnDuty(there[0], None if there[0] == first else first)


def crew_there(
    shifts: Iterable[Shift], absences: Iterable[Absence], at: datetime
) -> tuple[str, ...]:
    """Return who of the crew on duty is not away, the first to be called first."""
    return _manned(shifts, absences, at)[1]


def gaps(shifts: Sequence[Shift], absences: Sequence[Absence], within: Span) -> list[Span]:
    """Return when nobody is on duty within a span, each stretch as long as it is."""
    spans = [*(each.span for each in shifts), *(each.span for each in absences)]
    bounds = {bound for span in spans for bound in (span.begins, span.ends)}
    cuts = sorted({within.begins, within.ends} | {at for at in bounds if _is_in(at, within)})
    found: list[Span] = []
    for begins, ends in pairwise(cuts):
        if on_duty(shifts, absences, begins) is not None:
            continue
        if found and found[-1].ends == begins:
            found[-1] = Span(found[-1].begins, ends)
        else:
            found.append(Span(begins, ends))
    return found


def shifts_by_pattern(
    hours: Hours, crews: Sequence[Crew], turn: Turn, first: date, last: date
) -> list[Shift]:
    """Return a shift for each open day from the first to the last, the crews taking turns."""
    monday = first - (first.isoweekday() - 1) * DAY
    return [
        Shift(
            span_of(hours, day),
            crews[(nth if turn is Turn.DAY else (day - monday).days // 7) % len(crews)],
        )
        for nth, day in enumerate(open_days(hours, first, last))
    ]


def _is_in(at: datetime, span: Span) -> bool:
    return span.begins <= at < span.ends


def _manned(
    shifts: Iterable[Shift], absences: Iterable[Absence], at: datetime
) -> tuple[Shift | None, tuple[str, ...]]:
    away = {each.person for each in absences if _is_in(at, each.span)}
    for shift in sorted(shifts, key=lambda each: each.span.begins):
        there = tuple(each for each in shift.crew.everybody if each not in away)
        if there and _is_in(at, shift.span):
            return shift, there
    return None, ()
