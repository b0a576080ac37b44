"""The published calendar: the notices that `chinesecalendar` carries, as the policy's index."""

from collections.abc import Iterable
from datetime import date

from chinese_calendar import constants

from services.sla.policy.calendar import WorkingCalendar, build_calendar
from services.sla.policy.hours import WorkingHours
from services.sla.policy.notices import Notice

FIRST_YEAR = 2004
YEARS_AHEAD = 10
SOURCE = "chinesecalendar"


def packaged_notices() -> tuple[Notice, ...]:
    """Return one notice per year that the package knows; each new edition of it adds one."""
    off: dict[int, set[date]] = {}
    on: dict[int, set[date]] = {}
    for day in constants.holidays:
        off.setdefault(day.year, set()).add(day)
    for day in constants.workdays:
        on.setdefault(day.year, set()).add(day)
    return tuple(
        Notice(year, frozenset(off[year]), frozenset(on.get(year, ())), SOURCE)
        for year in sorted(off)
    )


def load_calendar(
    hours: WorkingHours,
    first_year: int = FIRST_YEAR,
    last_year: int | None = None,
    notices: Iterable[Notice] = (),
) -> WorkingCalendar:
    """Build the index; `notices` (imported ones) replace the package's of the same year.

    Without a last year it reaches ten years past the last notice.
    """
    known = (*packaged_notices(), *notices)
    ahead = max(notice.year for notice in known) + YEARS_AHEAD
    return build_calendar(known, hours, first_year, last_year or ahead)
