"""A notice as it was issued, day by day with the names of the holidays.

What the calendar counts by is a `Notice`; this says also what it is called and what each day is
for. Two nodes that hold the same one hold the same canonical text, whatever file it came from.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, unique

from services.sla.policy.hours import WorkingHours
from services.sla.policy.notices import Notice
from services.sla.policy.scopes import DAYS_A_WEEK, NATION, Scope, WeekRow

FIRST_YEAR, LAST_YEAR = 2004, 2099
MOST_DAYS = 120
MOST_WEEKS = 14
LONGEST_NAME = 40
LONGEST_TITLE = 200
EDITION = "calendar notice, edition 1"
LOCAL_EDITION = "local calendar notice, edition 1"


@unique
class NoticeState(StrEnum):
    """Where a notice is on its way; only a signed one counts."""

    DRAFTED = "drafted"
    """Taken down; who signs has not been asked yet."""
    REVIEWED = "reviewed"
    """Somebody has gone through what it changes and put it up for signature."""
    ARRIVED = "arrived"
    """Signed by a tier above; here it counts as the node's setting says."""
    SIGNED = "signed"
    REPLACED = "replaced"
    """It counted until another one of the same year was signed."""
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({NoticeState.DRAFTED, NoticeState.REVIEWED, NoticeState.ARRIVED})
"""A notice about which something is still to be decided."""


class BadNotice(ValueError):
    """A notice that contradicts itself or cannot be read.

    `code` is stable, `field` the part to blame, and `detail` a date or a line number: never more
    of what was sent.
    """

    def __init__(self, code: str, field: str, detail: str = "") -> None:
        super().__init__(f"{code} {field} {detail}".strip())
        self.code = code
        self.field = field
        self.detail = detail


@dataclass(frozen=True, slots=True)
class NamedDay:
    """One day of a notice: off, or worked though it is a weekend, and for which holiday.

    A local notice may also say when it is worked: shorter than usual, or on a day off.
    """

    day: date
    name: str
    off: bool
    hours: WorkingHours | None = None

    def __str__(self) -> str:
        hours = f" {self.hours}" if self.hours else ""
        return f"{self.day.isoformat()} {'off' if self.off else 'on'} {self.name}{hours}"


@dataclass(frozen=True, slots=True)
class IssuedNotice:
    """The notice of one year for the country, a region or a unit; its days in their order."""

    year: int
    title: str
    number: str
    """The number of the document, empty where it is not known."""
    issued_on: date | None
    days: tuple[NamedDay, ...]
    scope: Scope = NATION
    weeks: tuple[WeekRow, ...] = ()
    """When it opens by the weekday; of two rows for one day the later one counts."""

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise BadNotice("notice_year", "year", f"{FIRST_YEAR}–{LAST_YEAR}")
        _check_texts(self)
        _check_days(self)
        _check_hours(self)
        for row in self.weeks:
            _check_week(row, self.year)
        object.__setattr__(self, "days", tuple(sorted(self.days, key=lambda each: each.day)))

    @property
    def text(self) -> str:
        """The canonical text that is digested: one line per fact, whatever the source was."""
        issued = self.issued_on.isoformat() if self.issued_on else ""
        head = (f"year {self.year}", f"title {self.title}", f"number {self.number}")
        told = (*head, f"issued {issued}", *map(str, self.weeks), *map(str, self.days))
        if not self.scope.is_local:
            return "\n".join((EDITION, *told))
        whose = (f"region {self.scope.region}", f"unit {self.scope.unit}")
        return "\n".join((LOCAL_EDITION, *whose, *told))

    @property
    def first_day(self) -> date:
        """The first day about which it says anything."""
        return min([each.day for each in self.days] + [row.since for row in self.weeks])

    def notice(self, source: str) -> Notice:
        """Return what of it the calendar counts by."""
        off = frozenset(each.day for each in self.days if each.off)
        on = frozenset(each.day for each in self.days if not each.off)
        return Notice(self.year, off, on, source)

    def name_of(self, day: date) -> str:
        """Return the holiday for which a day is named; empty for one that is not in it."""
        return next((each.name for each in self.days if each.day == day), "")


def is_line(text: str, longest: int) -> bool:
    """Tell whether a text is one line without signs that nobody sees, and not too long.

    The canonical text has one fact a line, so no fact may hold two.
    """
    is_plain = all(not unicodedata.category(sign).startswith("C") for sign in text)
    return len(text) <= longest and is_plain and len(text.splitlines()) <= 1


def _check_texts(issued: IssuedNotice) -> None:
    for field, text in (("title", issued.title), ("number", issued.number)):
        if not is_line(text, LONGEST_TITLE):
            raise BadNotice("notice_text", field, str(LONGEST_TITLE))
    if not all(is_line(each.name, LONGEST_NAME) for each in issued.days):
        raise BadNotice("notice_text", "days", str(LONGEST_NAME))


def _check_days(issued: IssuedNotice) -> None:
    fewest = 0 if issued.weeks else 1
    if not fewest <= len(issued.days) <= MOST_DAYS:
        raise BadNotice("notice_days", "days", str(MOST_DAYS))
    for day, times in Counter(each.day for each in issued.days).items():
        if times > 1:
            raise BadNotice("notice_day_twice", "days", day.isoformat())
        if not _is_near(day, issued.year):
            raise BadNotice("notice_day_far", "days", day.isoformat())


def _check_hours(issued: IssuedNotice) -> None:
    hourly = [each for each in issued.days if each.hours]
    if not issued.scope.is_local and (issued.weeks or hourly):
        raise BadNotice("notice_hours_national", "region")
    for each in hourly:
        if each.off:
            raise BadNotice("notice_hours_off", "days", each.day.isoformat())
    if len(issued.weeks) > MOST_WEEKS:
        raise BadNotice("notice_weeks", "weeks", str(MOST_WEEKS))


def _check_week(row: WeekRow, year: int) -> None:
    days = row.weekdays
    known = list(days) == sorted(set(days)) and set(days) <= set(range(DAYS_A_WEEK))
    if not days or not known or (row.until is not None and row.until < row.since):
        raise BadNotice("notice_week", "weeks", str(row))
    if not _is_near(row.since, year):
        raise BadNotice("notice_day_far", "weeks", row.since.isoformat())


def named_days(first: date, last: date, name: str, *, off: bool) -> Iterator[NamedDay]:
    """Yield the days first to last, both included; a range that runs backwards has none."""
    for offset in range((last - first).days + 1):
        yield NamedDay(first + timedelta(days=offset), name, off)


def _is_near(day: date, year: int) -> bool:
    return date(year - 1, 12, 1) <= day <= date(year + 1, 1, 31)
