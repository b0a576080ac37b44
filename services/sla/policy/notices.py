"""Notices: which days are worked, from the State Council's notice of each year.

A year has one notice in force: the later one replaces the earlier one, so an amended notice is
given in full. A notice may also name days of the neighbouring years (the last days of December
often stand in the next one); where two notices name one day, the later year's decides.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

# The days off by law whose date the Gregorian calendar fixes (Regulation of 2024, in force from
# 2025). The festivals of the lunar calendar and every make-up day become known with the notice.
STATUTORY_DAYS = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
STATUTORY_HOLIDAYS = {1: "元旦", 5: "劳动节", 10: "国庆节"}
"""By month."""
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Notice:
    """What one year's notice changes about plain weekends: days off and make-up working days."""

    year: int
    off: frozenset[date]
    on: frozenset[date]
    source: str
    published: bool = True

    def __post_init__(self) -> None:
        if self.off & self.on:
            days = ", ".join(sorted(day.isoformat() for day in self.off & self.on))
            raise ValueError(f"the notice of {self.year} calls days both off and worked: {days}")

    @property
    def text(self) -> str:
        """The canonical line that is digested; two nodes with equal days have equal lines."""
        off = " ".join(sorted(day.isoformat() for day in self.off))
        on = " ".join(sorted(day.isoformat() for day in self.on))
        return f"{self.year}|{off}|{on}"


def presumed_notice(year: int) -> Notice:
    """Return what is presumed of a year whose notice is not published: statutory days only."""
    off = frozenset(date(year, month, day) for month, day in STATUTORY_DAYS)
    return Notice(year, off, on=frozenset(), source="statutory", published=False)


def statutory_names(year: int) -> dict[date, str]:
    """Return for which holiday each presumed day of a year is off."""
    return {day: STATUTORY_HOLIDAYS[day.month] for day in presumed_notice(year).off}


def notices_in_force(notices: Iterable[Notice], first: int, last: int) -> tuple[Notice, ...]:
    """Return one notice per year, first to last inclusive; a missing year gets a presumed one."""
    in_force = {year: presumed_notice(year) for year in range(first, last + 1)}
    in_force.update((notice.year, notice) for notice in notices)
    return tuple(in_force[year] for year in sorted(in_force))


def works_by_name(notices: Iterable[Notice]) -> dict[date, bool]:
    """Return of each day that is named whether it is worked, notices given in order of year."""
    named: dict[date, bool] = {}
    for notice in notices:
        named.update(dict.fromkeys(notice.off, False))
        named.update(dict.fromkeys(notice.on, True))
    return named


def working_days(notices: Iterable[Notice], first: date, last: date) -> Iterator[date]:
    """Yield the working days, first to last inclusive, under notices given in order of year."""
    named = works_by_name(notices)
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if named.get(day, day.weekday() < SATURDAY):
            yield day


def version_of(notices: Iterable[Notice], hours: str) -> str:
    """Name the calendar after its last published notice and a digest of what was published.

    How far ahead years are presumed is left out: nodes started in different years still agree.
    """
    published = [notice for notice in notices if notice.published]
    last = max((notice.year for notice in published), default=0)
    text = "\n".join((hours, str(STATUTORY_DAYS), *(notice.text for notice in published)))
    return f"CN-{last}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
