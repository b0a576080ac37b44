"""What the endpoints of notices take and answer."""

import base64
import binascii
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.sla.api.doors import Place
from services.sla.handlers import Forecast
from services.sla.policy import (
    BadNotice,
    Change,
    Finding,
    Found,
    Heading,
    IssuedNotice,
    NamedDay,
    NoticeState,
    Scope,
    WeekRow,
    WorkingHours,
)
from services.sla.policy.issued import (
    FIRST_YEAR,
    LAST_YEAR,
    LONGEST_NAME,
    MOST_DAYS,
    MOST_WEEKS,
)
from services.sla.repository.notices import Hand, KeptNotice
from services.sla.repository.recomputes import Recompute
from shared.errors import Refused
from shared.http import Code, Day, ShortText

LONGEST_CONTENT = 180_000
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Spans = Annotated[str, Field(min_length=1, max_length=120)]
"""`09:00-12:00,13:00-17:00`."""
HolidayName = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DayBody(_Body):
    """A day that the notice turns; a local one may say when it is worked."""

    date: Day
    name: ShortText
    off: bool
    hours: Spans | None = None


class WeekBody(_Body):
    """When somebody opens on some weekdays; without hours they are days off."""

    weekdays: list[Annotated[int, Field(ge=1, le=7)]] = Field(min_length=1, max_length=7)
    """1 is Monday."""
    hours: Spans | None = None
    since: Day
    until: Day | None = None
    """The last day on which it holds; until further notice if empty."""

    def row(self) -> WeekRow:
        """Return it as the policy knows it; Refused names what cannot be hours."""
        days = tuple(sorted({each - 1 for each in self.weekdays}))
        return WeekRow(days, hours_of(self.hours, "weeks"), self.since, self.until)


class NoticeBody(_Body):
    """A notice, day by day: of the country, or of a region or a unit of this node."""

    year: Year
    title: ShortText
    number: ShortText | None = None
    issued_on: Day | None = None
    region: Place | None = None
    unit: Code | None = None
    days: list[DayBody] = Field(default_factory=list, max_length=MOST_DAYS)
    weeks: list[WeekBody] = Field(default_factory=list, max_length=MOST_WEEKS)

    def issued(self) -> IssuedNotice:
        """Return it as the policy knows it; Refused names what contradicts itself."""
        days = tuple(
            NamedDay(each.date, each.name, each.off, hours_of(each.hours, "days"))
            for each in self.days
        )
        head = (self.year, self.title, self.number or "", self.issued_on)
        scope, weeks = Scope(self.region or "", self.unit or ""), [row.row() for row in self.weeks]
        try:
            return IssuedNotice(*head, days, scope, tuple(weeks))
        except BadNotice as error:
            raise Refused(error.code, error.detail, field=error.field) from error


class FileBody(_Body):
    """A notice in a file, and what the file does not say of it."""

    content: Annotated[str, Field(min_length=1, max_length=LONGEST_CONTENT)]
    """The bytes of a JSON, CSV or xlsx file, in Base64."""
    year: Year | None = None
    title: ShortText | None = None
    number: ShortText | None = None
    issued_on: Day | None = None
    region: Place | None = None
    """Whose notice it is, if it is a local one: a region's, by its code,"""
    unit: Code | None = None
    """or a unit's of this node."""

    @property
    def data(self) -> bytes:
        """The file; Refused if this is no Base64."""
        try:
            return base64.b64decode(self.content, validate=True)
        except binascii.Error as error:
            raise Refused("notice_unreadable", field="content") from error

    @property
    def heading(self) -> Heading:
        """What is said beside the file."""
        head = (self.year, self.title or "", self.number or "", self.issued_on)
        return Heading(*head, Scope(self.region or "", self.unit or ""))


def hours_of(text: str | None, field: str) -> WorkingHours | None:
    """Read the spans of a day; Refused names the field where they are none."""
    try:
        return WorkingHours.of(text or "")
    except ValueError as error:
        raise Refused("notice_spans", field=field) from error


class DigestBody(_Body):
    """Which notice was looked at: another one is not reviewed or signed by mistake."""

    digest: Digest


class ReasonBody(_Body):
    """Why."""

    reason: ShortText


class HandView(BaseModel):
    """Who did a step, and when."""

    by: str
    name: str
    at: datetime

    @classmethod
    def of(cls, hand: Hand | None) -> Self | None:
        """Return a step as it is told."""
        return None if hand is None else cls(by=hand.by, name=hand.name, at=hand.at)


class NoticeDayView(BaseModel):
    """A day that a notice turns."""

    date: date
    name: str
    off: bool
    hours: str = ""


class WeekView(BaseModel):
    """When somebody opens on some weekdays, 1 being Monday; no hours are a day off."""

    weekdays: list[int]
    hours: str
    since: date
    until: date | None

    @classmethod
    def of(cls, row: WeekRow) -> Self:
        """Return it as it is told."""
        days, hours = [each + 1 for each in row.weekdays], str(row.hours or "")
        return cls(weekdays=days, hours=hours, since=row.since, until=row.until)


class NoticeView(BaseModel):
    """A notice and where it is on its way."""

    notice_id: UUID
    year: int
    title: str
    number: str
    issued_on: date | None
    days: list[NoticeDayView]
    region: str
    """Whose it is, if it is a local one: a region's, or a unit's with that of its node."""
    unit: str
    weeks: list[WeekView]
    digest: str
    source: str
    from_node: str | None
    state: NoticeState
    drafted: HandView | None
    reviewed: HandView | None
    signed: HandView | None
    ended: HandView | None
    reason: str | None
    contradicts: UUID | None = None
    """The notice of this node that counts for the same year, of one that came from above."""

    @classmethod
    def of(cls, kept: KeptNotice, contradicts: UUID | None = None) -> Self:
        """Return a notice as it is told."""
        days = [
            NoticeDayView(date=each.day, name=each.name, off=each.off, hours=str(each.hours or ""))
            for each in kept.issued.days
        ]
        return cls(
            notice_id=kept.notice_id,
            year=kept.issued.year,
            title=kept.issued.title,
            number=kept.issued.number,
            issued_on=kept.issued.issued_on,
            days=days,
            region=kept.issued.scope.region,
            unit=kept.issued.scope.unit,
            weeks=[WeekView.of(row) for row in kept.issued.weeks],
            digest=kept.digest,
            source=kept.source,
            from_node=kept.from_node,
            state=kept.state,
            drafted=HandView.of(kept.drafted),
            reviewed=HandView.of(kept.reviewed),
            signed=HandView.of(kept.signed),
            ended=HandView.of(kept.ended),
            reason=kept.reason,
            contradicts=contradicts,
        )


class ProgressView(BaseModel):
    """How far the running clocks have been gone through since notice or limits were signed."""

    notice_id: UUID
    to_examine: int
    examined: int
    moved: int
    started_at: datetime
    ended_at: datetime | None
    limit_set: int | None = None
    """The version of the limits to which open cases move; its id stands for that of a notice."""

    @classmethod
    def of(cls, done: Recompute | None, limit_set: int | None = None) -> Self | None:
        """Return it as it is told; None where there is none."""
        if done is None:
            return None
        told = {name: getattr(done, name) for name in cls.model_fields if name != "limit_set"}
        return cls(**told, limit_set=limit_set)


class NoticesView(BaseModel):
    """The notices, the newest first, and what is under way."""

    items: list[NoticeView]
    progress: ProgressView | None


class ChangeView(BaseModel):
    """A day that would be worked and is not, or the other way round, or at other hours."""

    day: date
    works: bool
    name: str
    hours: str = ""

    @classmethod
    def of(cls, change: Change) -> Self:
        """Return it as it is told."""
        return cls(day=change.day, works=change.works, name=change.name, hours=change.hours)


class FoundView(BaseModel):
    """Something that looks wrong about a notice."""

    finding: Finding
    about: str
    count: int
    expected: int

    @classmethod
    def of(cls, found: Found) -> Self:
        """Return it as it is told."""
        return cls(
            finding=found.finding, about=found.about, count=found.count, expected=found.expected
        )


class MoveView(BaseModel):
    """A due date that would move."""

    case_id: UUID
    kind: str
    unit_code: str | None
    due_before: datetime
    due_at: datetime
    provisional_before: bool
    provisional: bool


class ReportView(BaseModel):
    """What a notice changes and moves, before it is signed."""

    notice_id: UUID
    digest: str
    calendar_before: str
    calendar_after: str
    was_provisional: bool
    changes: list[ChangeView]
    findings: list[FoundView]
    running: int
    """Running clocks whose limit lies where the calendars differ."""
    examined: int
    """How many of them were computed for this report; all of them are when it is signed."""
    moves: dict[str, dict[str, int]]
    """By kind of clock: later, earlier, fixed (the day stays and is no longer provisional)."""
    stays: int
    """Limits that would have passed already, and stay as they were promised."""
    cases: list[MoveView] | None
    """The first of them; null for whoever may not see cases."""


def moves_of(told: Forecast, shown: set[UUID]) -> Sequence[MoveView]:
    """Return the listed moves of cases that are shown to whoever asks."""
    return [
        MoveView(
            case_id=each.clock.case_id,
            kind=each.clock.kind,
            unit_code=each.clock.unit_code,
            due_before=each.move.before,
            due_at=each.move.due.at,
            provisional_before=each.clock.provisional,
            provisional=each.move.due.provisional,
        )
        for each in told.listed
        if each.clock.case_id in shown
    ]
