"""The working calendar: an immutable index that answers in constant time which day comes next.

Days are local (Asia/Shanghai), instants are aware and come back in UTC. Counting is one look-up
of a day's rank and one of the day with the wanted rank, so its cost does not grow with n.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from services.sla.policy.hours import MICROSECONDS_A_MINUTE, WorkingHours
from services.sla.policy.notices import (
    SATURDAY,
    Notice,
    notices_in_force,
    version_of,
    working_days,
)

ZONE = ZoneInfo("Asia/Shanghai")


class OutsideCalendar(LookupError):
    """A day or a count lies outside the years of the index."""


@dataclass(frozen=True, slots=True, eq=False)
class WorkingCalendar:
    """The working days of some years and their hours; built by `build_calendar`.

    Two are the same only if they are one: what was counted under it is found by it at no cost.
    """

    version: str
    hours: WorkingHours
    published: frozenset[int]
    """The years whose notice is published; every other one is provisional."""
    first: date
    days: tuple[date, ...]
    midnights: tuple[datetime, ...]
    """The instant (UTC) at which each working day begins, at the same position as in `days`."""
    ranks: Sequence[int]
    """For each day from `first`: the number of working days up to and including it."""

    def add_working_days(self, day: date, n: int) -> date:
        """Return the nth working day after this day, n at least 1; the day itself never counts."""
        if n < 1:
            raise ValueError("a count of working days starts at 1")
        return self.days[self._within(self.rank(day) + n - 1)]

    def rank(self, day: date) -> int:
        """Return the number of working days from the index's first day up to and including it."""
        offset = day.toordinal() - self.first.toordinal()
        if not 0 <= offset < len(self.ranks):
            raise OutsideCalendar(f"{day} is outside the calendar {self.version}")
        return self.ranks[offset]

    def is_working_day(self, day: date) -> bool:
        """Tell whether this local day is worked, make-up weekends included."""
        rank = self.rank(day)
        return rank > 0 and self.days[rank - 1] == day

    def working_day_from(self, day: date) -> date:
        """Return this day when it is worked, else the next working day."""
        return day if self.is_working_day(day) else self.add_working_days(day, 1)

    def working_days_of(self, year: int) -> tuple[date, ...]:
        """Return the working days of a year that lies wholly within the calendar."""
        before = self.rank(date(year - 1, 12, 31)) if year > self.first.year else 0
        return self.days[before : self.rank(date(year, 12, 31))]

    def working_days_between(self, day: date, until: date) -> tuple[date, ...]:
        """Return the working days after `day`, up to and including `until`."""
        return self.days[self.rank(day) : self.rank(until)]

    def hours_on(self, day: date) -> WorkingHours:
        """Return when a working day is worked; of a day off a ValueError."""
        self._position_of(day)
        return self.hours

    def is_made_up(self, day: date) -> bool:
        """Tell of a working day whether it is a weekend day that the country's notice turns."""
        return day.weekday() >= SATURDAY

    def opening(self, day: date) -> datetime:
        """Return the instant (UTC) at which work begins on a working day."""
        return self._at(self._position_of(day), self.hours.opens)

    def closing(self, day: date) -> datetime:
        """Return the instant (UTC) at which work ends on a working day."""
        return self._at(self._position_of(day), self.hours.closes)

    def worked_by(self, instant: datetime) -> int:
        """Return the working microseconds from the first day of the index up to an instant."""
        local = local_time(instant)
        if not self.is_working_day(local.date()):
            return self.rank(local.date()) * self.hours.a_day
        before = (self.rank(local.date()) - 1) * self.hours.a_day
        return before + self.hours.worked_by(clock_of(local))

    def instant_worked(self, worked: int) -> datetime:
        """Return the earliest instant by which so many microseconds, at least 1, were worked."""
        days, left = divmod(worked - 1, self.hours.a_day)
        return self._at(self._within(days), self.hours.clock_after(left + 1))

    def days_later(self, instant: datetime, days: int) -> datetime:
        """Return the same place of the working day so many days later, or earlier below 0."""
        return self.instant_worked(self.worked_by(instant) + days * self.hours.a_day)

    def add_working_minutes(self, instant: datetime, minutes: int) -> datetime:
        """Return the instant by which so many working minutes, at least 1, have passed.

        A count that uses up a day ends at that day's closing, not at the next opening.
        """
        if minutes < 1:
            raise ValueError("a count of working minutes starts at 1")
        local = local_time(instant)
        position, worked = self.rank(local) - 1, 0
        if position >= 0 and self.days[position] == local.date():
            worked = self.hours.worked_by(clock_of(local))
        else:
            position += 1
        days, left = divmod(worked + minutes * MICROSECONDS_A_MINUTE - 1, self.hours.a_day)
        return self._at(self._within(position + days), self.hours.clock_after(left + 1))

    def provisional_years(self, first: date, last: date) -> tuple[int, ...]:
        """Return the unpublished years that the days first to last, both included, touch."""
        years = range(first.year, last.year + 1)
        return tuple(year for year in years if year not in self.published)

    def first_difference(self, other: "WorkingCalendar") -> date | None:
        """Return the first day that only one of the two works: due dates before it are unmoved."""
        if self.hours != other.hours:
            return min(self.first, other.first)
        return min(set(self.days) ^ set(other.days), default=None)

    def _position_of(self, day: date) -> int:
        if not self.is_working_day(day):
            raise ValueError(f"{day} is no working day")
        return self.rank(day) - 1

    def _within(self, position: int) -> int:
        if position >= len(self.days):
            raise OutsideCalendar(f"the calendar {self.version} ends on {self.days[-1]}")
        return position

    def _at(self, position: int, clock: int) -> datetime:
        return self.midnights[position] + timedelta(microseconds=clock)


def build_calendar(
    notices: Iterable[Notice], hours: WorkingHours, first_year: int, last_year: int
) -> WorkingCalendar:
    """Build the index of these years, both included; years without a notice are provisional."""
    in_force = notices_in_force(notices, first_year, last_year)
    first, last = date(first_year, 1, 1), date(last_year, 12, 31)
    days = tuple(working_days(in_force, first, last))
    steps = [0] * ((last - first).days + 1)
    for day in days:
        steps[(day - first).days] = 1
    return WorkingCalendar(
        version=version_of(in_force, str(hours)),
        hours=hours,
        published=frozenset(notice.year for notice in in_force if notice.published),
        first=first,
        days=days,
        midnights=tuple(map(midnight_of, days)),
        ranks=tuple(accumulate(steps)),
    )


def midnight_of(day: date) -> datetime:
    """Return the instant (UTC) at which a local day begins."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def local_time(instant: datetime) -> datetime:
    """Return the instant by the clock on the wall here; a naive one is a ValueError."""
    if instant.tzinfo is None:
        raise ValueError("an instant must know its time zone")
    return instant.astimezone(ZONE)


def clock_of(local: datetime) -> int:
    """Return the microseconds from the midnight before a local instant."""
    seconds = (local.hour * 60 + local.minute) * 60 + local.second
    return seconds * 1_000_000 + local.microsecond
