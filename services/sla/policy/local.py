"""Local calendars: what regions and units work otherwise than the country, laid over it.

Layers lie over each other from the country to the unit. What the narrowest layer says of a day by
its date counts; where none names the day, what the narrowest says of its weekday. So a unit that
opens on Saturdays is closed on those of a holiday, unless it opens on that very day.
"""

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from types import MappingProxyType

from services.sla.policy.calendar import WorkingCalendar, clock_of, local_time, midnight_of
from services.sla.policy.hours import MICROSECONDS_A_MINUTE, WorkingHours
from services.sla.policy.issued import IssuedNotice
from services.sla.policy.notices import SATURDAY
from services.sla.policy.scopes import Scope, WeekRow

MOST_KEPT = 64
"""Local calendars that a process keeps at a time; each takes a third of a megabyte."""


@dataclass(frozen=True, slots=True)
class LocalDay:
    """A day that a local notice turns, for what, and the title of the notice."""

    day: date
    name: str
    hours: WorkingHours | None
    """When it is worked; None for a day off."""
    notice: str
    opens: bool
    """Without the notice it would be off."""


@dataclass(frozen=True, slots=True)
class LocalWeek:
    """A row of weekdays, and whose notice says so."""

    row: WeekRow
    notice: str


@dataclass(frozen=True, slots=True, eq=False)
class LocalCalendar(WorkingCalendar):
    """The working days of a region or a unit, each with hours of its own."""

    hours_by_day: tuple[WorkingHours, ...]
    """Of each working day, at the same position as in `days`."""
    worked_before: "array[int]"
    """Working microseconds before each working day, and after the last one."""
    named: Mapping[date, LocalDay]
    """The days that local notices turn."""
    weeks: tuple[LocalWeek, ...]
    """Of two rows for one day the later one counts."""

    def hours_on(self, day: date) -> WorkingHours:
        """Return when a working day is worked; of a day off a ValueError."""
        return self.hours_by_day[self._position_of(day)]

    def is_made_up(self, day: date) -> bool:
        """Tell of a working day whether it is a weekend day that the country's notice turns."""
        return day.weekday() >= SATURDAY and day not in self.named and not self.week_of(day)

    def week_of(self, day: date) -> LocalWeek | None:
        """Return the row by which a day of its weekday is opened or not, if a local one is."""
        return _week_of(self.weeks, day, day.weekday())

    def opening(self, day: date) -> datetime:
        """Return the instant (UTC) at which work begins on a working day."""
        position = self._position_of(day)
        return self._at(position, self.hours_by_day[position].opens)

    def closing(self, day: date) -> datetime:
        """Return the instant (UTC) at which work ends on a working day."""
        position = self._position_of(day)
        return self._at(position, self.hours_by_day[position].closes)

    def add_working_minutes(self, instant: datetime, minutes: int) -> datetime:
        """Return the instant by which so many working minutes, at least 1, have passed."""
        if minutes < 1:
            raise ValueError("a count of working minutes starts at 1")
        return self.instant_worked(self.worked_by(instant) + minutes * MICROSECONDS_A_MINUTE)

    def worked_by(self, instant: datetime) -> int:
        """Return the working microseconds from the first day of the index up to an instant."""
        local = local_time(instant)
        if not self.is_working_day(local.date()):
            return self.worked_before[self.rank(local.date())]
        position = self.rank(local.date()) - 1
        clock = clock_of(local)
        return self.worked_before[position] + self.hours_by_day[position].worked_by(clock)

    def instant_worked(self, worked: int) -> datetime:
        """Return the earliest instant by which so many microseconds, at least 1, were worked."""
        position = self._within(bisect_left(self.worked_before, worked) - 1)
        left = worked - self.worked_before[position]
        return self._at(position, self.hours_by_day[position].clock_after(left))

    def days_later(self, instant: datetime, days: int) -> datetime:
        """Return the same place of the working day so many days later, or earlier below 0.

        The end of a day is the end of any other; what a shorter day does not have is its end.
        """
        worked = self.worked_by(instant)
        position = bisect_left(self.worked_before, worked) - 1
        left = worked - self.worked_before[position]
        there = self._within(position + days)
        is_end = left == self.hours_by_day[position].a_day
        a_day = self.hours_by_day[there].a_day
        clock = self.hours_by_day[there].clock_after(a_day if is_end else min(left, a_day))
        return self._at(there, clock)


@dataclass(frozen=True, slots=True, eq=False)
class Calendars:
    """The country's calendar, and those of whoever has local notices; built when asked for."""

    national: WorkingCalendar
    turned: Mapping[date, bool] = field(default_factory=dict)
    """Of each day that the country's notices name, whether it is worked."""
    local: Mapping[Scope, tuple[IssuedNotice, ...]] = field(default_factory=dict)
    """Local notices by whose they are, the earlier years first."""

    def of(self, scope: Scope) -> WorkingCalendar:
        """Return by which calendar somebody counts; who has no local days by the country's."""
        if not self.local:
            return self.national
        layers = self.layers_of(scope)
        return local_calendar(self, layers) if layers else self.national

    def version_of(self, scope: Scope) -> str:
        """Return the version of somebody's calendar without building it."""
        layers = self.layers_of(scope)
        return _version_of(self, layers) if layers else self.national.version

    def layers_of(self, scope: Scope) -> tuple[Scope, ...]:
        """Return whose local notices hold for somebody, the widest first."""
        return _layers_of(self, scope)


@lru_cache(maxsize=4_096)
def _layers_of(calendars: Calendars, scope: Scope) -> tuple[Scope, ...]:
    return tuple(sorted(each for each in calendars.local if each.covers(scope)))


@lru_cache(maxsize=MOST_KEPT)
def local_calendar(calendars: Calendars, layers: tuple[Scope, ...]) -> LocalCalendar:
    """Lay local notices over the country's calendar, the widest first."""
    base = calendars.national
    notices = [each for layer in layers for each in calendars.local[layer]]
    rule = _Rule(base.hours, calendars.turned, notices)
    # Days and instants are those of the country's index: hundreds of calendars share them.
    known = {day: (day, midnight) for day, midnight in zip(base.days, base.midnights, strict=True)}
    opened = {day: hours for day in _days_of(base) if (hours := rule.hours_on(day))}
    spots = [known.get(day) or (day, midnight_of(day)) for day in opened]
    return LocalCalendar(
        version=_version_of(calendars, layers),
        hours=base.hours,
        published=base.published,
        first=base.first,
        days=tuple(day for day, _ in spots),
        midnights=tuple(midnight for _, midnight in spots),
        ranks=array("i", accumulate(day in opened for day in _days_of(base))),
        hours_by_day=tuple(opened.values()),
        worked_before=array("q", accumulate((h.a_day for h in opened.values()), initial=0)),
        named=MappingProxyType(rule.named()),
        weeks=rule.weeks,
    )


def days_apart(
    own: WorkingCalendar, national: WorkingCalendar, year: int
) -> Iterator[tuple[date, WorkingHours | None, bool]]:
    """Yield the days of a year that somebody works otherwise than the country, and when.

    None is a day off; the last word tells whether it is off in the country.
    """
    if own is national:
        return
    for offset in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
        day = date(year, 1, 1) + timedelta(days=offset)
        mine, theirs = _hours_of(own, day), _hours_of(national, day)
        if mine != theirs:
            yield day, mine, theirs is None


def _hours_of(calendar: WorkingCalendar, day: date) -> WorkingHours | None:
    return calendar.hours_on(day) if calendar.is_working_day(day) else None


class _Rule:
    """When somebody opens on a day, by the layers of their notices."""

    def __init__(
        self, usual: WorkingHours, turned: Mapping[date, bool], notices: Sequence[IssuedNotice]
    ) -> None:
        self._usual, self._turned = usual, turned
        self._days = {day.day: (day, each.title) for each in notices for day in each.days}
        self.weeks = tuple(LocalWeek(row, each.title) for each in notices for row in each.weeks)

    def hours_on(self, day: date) -> WorkingHours | None:
        """Return when a day is worked; None for a day off."""
        if day not in self._days:
            return self._without(day)
        named, _ = self._days[day]
        return None if named.off else named.hours or self._full(day)

    def named(self) -> dict[date, LocalDay]:
        """Return the days that are other than they would be if no local notice named them."""
        found = {}
        for day, (named, notice) in self._days.items():
            hours, plain = self.hours_on(day), self._without(day)
            if hours != plain:
                found[day] = LocalDay(day, named.name, hours, notice, opens=plain is None)
        return found

    def _without(self, day: date) -> WorkingHours | None:
        works = self._turned.get(day)
        if works is None:
            return self._by_week(day, day.weekday())
        return self._full(day) if works else None

    def _full(self, day: date) -> WorkingHours:
        """Return the hours of a day that is worked as a weekday: its own, else the next such."""
        first = day.weekday() if day.weekday() < SATURDAY else 0
        weekdays = (first, *range(SATURDAY))
        return next((h for each in weekdays if (h := self._by_week(day, each))), self._usual)

    def _by_week(self, day: date, weekday: int) -> WorkingHours | None:
        week = _week_of(self.weeks, day, weekday)
        if week is not None:
            return week.row.hours
        return self._usual if weekday < SATURDAY else None


def _week_of(weeks: Sequence[LocalWeek], day: date, weekday: int) -> LocalWeek | None:
    for each in reversed(weeks):
        if weekday in each.row.weekdays and each.row.holds(day):
            return each
    return None


def _days_of(base: WorkingCalendar) -> Iterator[date]:
    for offset in range(len(base.ranks)):
        yield base.first + timedelta(days=offset)


def _version_of(calendars: Calendars, layers: tuple[Scope, ...]) -> str:
    notices = (each for layer in layers for each in calendars.local[layer])
    text = "\n\n".join(each.text for each in notices)
    return f"{calendars.national.version}+{hashlib.sha256(text.encode()).hexdigest()[:12]}"
