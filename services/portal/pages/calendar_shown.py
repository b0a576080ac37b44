"""The working calendar and its notices as the API tells them to the pages."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.portal.pages import calendar_words
from services.portal.pages.calendar_scopes import ScopeShown
from services.portal.pages.dates import WEEKDAY_NAMES
from services.portal.pages.language import listed


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class DayShown(_Told):
    """One day of a year."""

    day: date
    kind: str
    name: str
    hours: str = ""
    notice_id: UUID | None = None
    notice: str = ""

    @property
    def spans(self) -> list[str]:
        """When it is worked, where that is other than usual, a span a line."""
        return self.hours.split(",") if self.hours else []


class YearShown(_Told):
    """A year as the API tells it."""

    year: int
    region: str = ""
    unit: str = ""
    home: str = ""
    scopes: list[ScopeShown] = []
    provisional: bool
    source: str
    notice_id: UUID | None
    title: str
    digest: str
    calendar_version: str
    working_days: int
    opens: str
    days: list[DayShown]


class HandShown(_Told):
    """Who did a step, and when."""

    by: str
    name: str
    at: datetime


class NoticeDay(_Told):
    """A day that a notice turns."""

    date: date
    name: str
    off: bool
    hours: str = ""


class WeekShown(_Told):
    """When somebody opens on some weekdays, 1 being Monday."""

    weekdays: list[int]
    hours: str
    since: date
    until: date | None = None

    @property
    def text(self) -> str:
        """The weekdays in words."""
        return listed(WEEKDAY_NAMES[each - 1] for each in self.weekdays)


class NoticeShown(_Told):
    """A notice as the API tells it."""

    notice_id: UUID
    year: int
    title: str
    number: str
    issued_on: date | None
    days: list[NoticeDay]
    region: str = ""
    unit: str = ""
    weeks: list[WeekShown] = []
    digest: str
    source: str
    from_node: str | None
    state: str
    drafted: HandShown | None
    reviewed: HandShown | None
    signed: HandShown | None
    ended: HandShown | None
    reason: str | None
    contradicts: UUID | None

    @property
    def scope(self) -> ScopeShown:
        """Whose it is."""
        return ScopeShown(region=self.region, unit=self.unit)


class Progress(_Told):
    """How far the running clocks have been gone through."""

    notice_id: UUID
    to_examine: int
    examined: int
    moved: int
    started_at: datetime
    ended_at: datetime | None
    limit_set: int | None = None

    @property
    def percent(self) -> int:
        """How much of it is done."""
        return min(100, self.examined * 100 // self.to_examine) if self.to_examine else 100


class Notices(_Told):
    """All notices, and what is under way."""

    items: list[NoticeShown] = []
    progress: Progress | None = None


class Change(_Told):
    """A day that would be worked and is not, or the other way round."""

    day: date
    works: bool
    name: str
    hours: str = ""


class Found(_Told):
    """Something that looks wrong."""

    finding: str
    about: str
    count: int
    expected: int

    @property
    def text(self) -> str:
        """The finding in words."""
        return calendar_words.FINDINGS[self.finding].format_map(self.model_dump())


class Moved(_Told):
    """A due date that would move."""

    case_id: UUID
    kind: str
    unit_code: str | None
    due_before: datetime
    due_at: datetime


class Report(_Told):
    """What a notice changes and moves."""

    was_provisional: bool
    changes: list[Change]
    findings: list[Found]
    running: int
    examined: int
    moves: dict[str, dict[str, int]]
    stays: int
    cases: list[Moved] | None
