"""What a notice would change, and what looks wrong about it: for those who review and sign it.

A finding is a warning: law and practice have exceptions, and whoever signs decides. What no
notice can mean is refused when it is taken down (`notices`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum, unique
from types import MappingProxyType

from services.sla.policy.calendar import WorkingCalendar
from services.sla.policy.hours import WorkingHours
from services.sla.policy.issued import IssuedNotice
from services.sla.policy.local import LocalCalendar, LocalDay
from services.sla.policy.notices import SATURDAY, STATUTORY_DAYS

# Days off by law for each holiday (Regulation of 2024, in force from 2025; before it, the eve of
# the Spring Festival and 2 May were none).
BY_LAW: Mapping[str, int] = MappingProxyType(
    {"元旦": 1, "春节": 4, "清明": 1, "劳动节": 2, "端午": 1, "中秋": 1, "国庆节": 3}
)
BY_LAW_SINCE, BEFORE = 2025, 11
"""From which year on the law gives so many, and how many it gave in all before."""


@unique
class Finding(StrEnum):
    """What looks wrong."""

    MAKE_UP_ON_WEEKDAY = "make_up_on_weekday"
    """A make-up working day that is worked anyway."""
    OFF_ON_WEEKEND_ALONE = "off_on_weekend_alone"
    """A day off that is off anyway, and next to no other day off of the notice."""
    OTHER_YEAR = "other_year"
    """A day of the year before or after."""
    STATUTORY_DAY_WORKED = "statutory_day_worked"
    """A day that the law gives off, and the notice does not."""
    HOLIDAY_SHORT = "holiday_short"
    """A holiday with fewer days off than the law gives it."""
    DAYS_UNEVEN = "days_uneven"
    """Weekdays off less make-up days are not as many as the days the law gives."""


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: about which day or holiday, and how many there are and should be."""

    finding: Finding
    about: str
    count: int = 0
    expected: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A day that would be worked and is not, or the other way round, or at other hours."""

    day: date
    works: bool
    name: str
    hours: str = ""
    """When it is worked, where that is local."""


def changes(
    before: WorkingCalendar, after: WorkingCalendar, issued: IssuedNotice
) -> tuple[Change, ...]:
    """Return the days that the notice turns, in their order; past the earlier index none.

    Of a local one, which may turn each Saturday for years, those of its own year.
    """
    last = before.first + timedelta(days=len(before.ranks) - 1)
    turned = set(before.days) ^ set(after.days)
    if issued.scope.is_local:
        turned = {
            day
            for day in _days_of(issued.year)
            if day in turned or _hours_on(before, day) != _hours_on(after, day)
        }
    return tuple(_change(after, day, issued) for day in sorted(turned) if day <= last)


def _change(after: WorkingCalendar, day: date, issued: IssuedNotice) -> Change:
    hours = _hours_on(after, day) if issued.scope.is_local else None
    works = after.is_working_day(day)
    return Change(day, works, issued.name_of(day), str(hours) if hours else "")


def _hours_on(calendar: WorkingCalendar, day: date) -> WorkingHours | None:
    return calendar.hours_on(day) if calendar.is_working_day(day) else None


def findings(issued: IssuedNotice) -> tuple[Found, ...]:
    """Return what looks wrong about a notice, the single days first; law binds the country's."""
    if issued.scope.is_local:
        return tuple(_of_days(issued))
    return (*_of_days(issued), *_of_law(issued), *_of_holidays(issued), *_of_sum(issued))


def _of_days(issued: IssuedNotice) -> Iterator[Found]:
    off = {each.day for each in issued.days if each.off}
    for each in issued.days:
        is_weekend = each.day.weekday() >= SATURDAY
        if not each.off and not is_weekend and each.hours is None:
            yield Found(Finding.MAKE_UP_ON_WEEKDAY, each.day.isoformat())
        if each.off and is_weekend and not _neighbours(each.day) & off:
            yield Found(Finding.OFF_ON_WEEKEND_ALONE, each.day.isoformat())
        if each.day.year != issued.year:
            yield Found(Finding.OTHER_YEAR, each.day.isoformat())


def _of_law(issued: IssuedNotice) -> Iterator[Found]:
    off = {each.day for each in issued.days if each.off}
    for month, day in STATUTORY_DAYS:
        given = date(issued.year, month, day)
        if _was_law(given) and given not in off:
            yield Found(Finding.STATUTORY_DAY_WORKED, given.isoformat())


def _of_holidays(issued: IssuedNotice) -> Iterator[Found]:
    if issued.year < BY_LAW_SINCE:
        return
    days = _days_by_holiday(issued)
    for name, expected in BY_LAW.items():
        if days[name] < expected:
            yield Found(Finding.HOLIDAY_SHORT, name, days[name], expected)


def _of_sum(issued: IssuedNotice) -> Iterator[Found]:
    own = [each for each in issued.days if each.day.year == issued.year]
    off = sum(each.off and each.day.weekday() < SATURDAY for each in own)
    made_up = sum(not each.off and each.day.weekday() >= SATURDAY for each in own)
    expected = sum(BY_LAW.values()) if issued.year >= BY_LAW_SINCE else BEFORE
    if off - made_up != expected:
        yield Found(Finding.DAYS_UNEVEN, str(issued.year), off - made_up, expected)


def _days_by_holiday(issued: IssuedNotice) -> Counter[str]:
    # One name may stand for two holidays that meet, as 国庆节、中秋节 does.
    return Counter(
        name for each in issued.days if each.off for name in BY_LAW if name in each.name
    )


def _was_law(day: date) -> bool:
    return day.year >= BY_LAW_SINCE or (day.month, day.day) != (5, 2)


def _neighbours(day: date) -> set[date]:
    return {day - timedelta(days=1), day + timedelta(days=1)}


@unique
class DayKind(StrEnum):
    """What a day of a year is, for who looks at a calendar."""

    WORKED = "worked"
    WEEKEND = "weekend"
    OFF = "off"
    """Off though it is a weekday, or as a part of a holiday."""
    MAKE_UP = "make_up"
    """A weekend day that is worked."""
    SHORT = "short"
    """A working day that is worked less long than is usual there, as a half day is."""
    OPENING = "opening"
    """A day off that is worked by a local notice."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a calendar as it is shown."""

    day: date
    kind: DayKind
    name: str
    hours: str = ""
    """When it is worked, where that is other than usual."""
    notice: str = ""
    """The title of the local notice that says so."""


def year_of(
    calendar: WorkingCalendar, year: int, off: frozenset[date], names: Mapping[date, str]
) -> Sequence[Day]:
    """Return every day of a year; `off` are the days that notices give, `names` their holidays."""
    days = [Day(day, _kind(calendar, day, off), names.get(day, "")) for day in _days_of(year)]
    if not isinstance(calendar, LocalCalendar):
        return days
    usual = usual_hours(calendar, year)
    return [_locally(calendar, day, usual) for day in days]


def usual_hours(calendar: WorkingCalendar, year: int) -> WorkingHours:
    """Return the hours of most working days of a year; where none is worked, the country's."""
    counted = Counter(calendar.hours_on(day) for day in calendar.working_days_of(year))
    return counted.most_common(1)[0][0] if counted else calendar.hours


def _locally(calendar: LocalCalendar, day: Day, usual: WorkingHours) -> Day:
    hours = _hours_on(calendar, day.day)
    other = str(hours) if hours and hours != usual else ""
    local = calendar.named.get(day.day)
    if local is None:
        week = calendar.week_of(day.day)
        return replace(day, hours=other, notice=week.notice if week and not day.name else "")
    kind = _local_kind(local, usual)
    return Day(day.day, kind or day.kind, local.name, str(hours or ""), local.notice)


def _local_kind(local: LocalDay, usual: WorkingHours) -> DayKind | None:
    if local.hours is None:
        return DayKind.OFF
    if local.opens:
        return DayKind.OPENING
    return DayKind.SHORT if local.hours.a_day < usual.a_day else None


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=each) for each in range((date(year + 1, 1, 1) - first).days)]


def _kind(calendar: WorkingCalendar, day: date, off: frozenset[date]) -> DayKind:
    is_weekend = day.weekday() >= SATURDAY
    if calendar.is_working_day(day):
        return DayKind.MAKE_UP if calendar.is_made_up(day) else DayKind.WORKED
    return DayKind.OFF if day in off or not is_weekend else DayKind.WEEKEND
