"""Who is on duty: posts, shifts, absences and substitutes (S0-05, N24).

A post is a kind of duty at a unit with its hours and the weekdays on which it is open; single days
are opened or closed by name. Which days people work is the calendar's, and this knows none: the
hours of a post say when its door is open, no more.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum, unique
from itertools import pairwise

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
class Hours:
    """When a post is open: on weekdays from 1 (Monday) to 7, but for the days named."""

    opens: time
    closes: time
    weekdays: frozenset[int]
    open_on: frozenset[date] = frozenset()
    closed_on: frozenset[date] = frozenset()


def is_open(hours: Hours, day: date) -> bool:
    """Tell whether a post is open on a day; a day named counts before its weekday."""
    if day in hours.closed_on:
        return False
    return day in hours.open_on or day.isoweekday() in hours.weekdays


def span_of(hours: Hours, day: date) -> Span:
    """Return the hours of a day, open on it or not."""
    opens, closes = (datetime.combine(day, at, CHINA) for at in (hours.opens, hours.closes))
    return Span(opens, closes)


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
