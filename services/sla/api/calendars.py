"""The endpoints for the calendar itself: everybody may know which days are worked."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from services.sla import policy
from services.sla.api.doors import Place, SlaDoor
from services.sla.handlers import under_notices
from services.sla.policy import Calendars, DayKind, Scope, WorkingCalendar
from services.sla.repository import calendar as calendars
from services.sla.repository import notices as kept
from shared.errors import Refused
from shared.http import ApiRoute, Code
from shared.http.demands import Audience, open_to

router = APIRouter(route_class=ApiRoute)

BUILT_IN = "built_in"


class DayView(BaseModel):
    """One day of a year; the name is that of the holiday which turns it."""

    day: date
    kind: DayKind
    name: str
    hours: str = ""
    """When it is worked, where that is local and other than usual."""
    notice_id: UUID | None = None
    """The signed notice that turns it, which may be that of another year."""
    notice: str = ""
    """Its title."""


class ScopeView(BaseModel):
    """Who has days or hours of its own: a region, or a unit with that of its node."""

    region: str
    unit: str

    @classmethod
    def all_of(cls, days: Calendars) -> list[Self]:
        """Return everybody, regions before their units."""
        return [cls(region=each.region, unit=each.unit) for each in sorted(days.local)]


class YearView(BaseModel):
    """A year as it is counted by, and whose notice says so."""

    year: int
    region: str
    """Whose calendar it is: that of a region, empty for the country,"""
    unit: str
    """or of a unit of this node."""
    home: str
    """The region of this node."""
    scopes: list[ScopeView]
    provisional: bool
    """No notice of it is published: weekends and the fixed statutory days are taken."""
    source: str
    """`built_in`, `notice` or `statutory`."""
    notice_id: UUID | None
    title: str
    digest: str
    calendar_version: str
    working_days: int
    opens: str
    days: list[DayView]


class YearLine(BaseModel):
    """What is known of one year."""

    year: int
    provisional: bool
    source: str
    title: str
    working_days: int


class CalendarView(BaseModel):
    """Which years there are, and by which calendar is counted."""

    calendar_version: str
    changed_at: datetime | None
    region: str
    """The region of this node."""
    scopes: list[ScopeView]
    years: list[YearLine]


class Whose(BaseModel):
    """Whose calendar is asked for; the node's own if nothing is said."""

    region: Place | None = None
    unit: Code | None = Field(default=None, description="of this node")

    def scope(self, home: str) -> Scope:
        """Return it as the policy knows it."""
        return Scope(policy.place_of(self.region) if self.region else home, self.unit or "")


@router.get("/calendar")
@open_to(Audience.EVERYBODY, "says nothing of a case")
def list_years(door: SlaDoor) -> CalendarView:
    """List the years of the calendar, and where each is from."""
    with door.unit.transaction() as db:
        counted = under_notices(db, door.settings.promise)
        found = kept.signed_notices(db)
    calendar = counted.calendar
    signed = {each.issued.year: each for each in found if not each.issued.scope.is_local}
    years = range(calendar.first.year, calendar.days[-1].year + 1)
    changed = [each.signed.at for each in found if each.signed]
    return CalendarView(
        calendar_version=calendar.version,
        changed_at=max(changed, default=None),
        region=counted.home,
        scopes=ScopeView.all_of(counted.days),
        years=[
            YearLine(
                year=year,
                provisional=year not in calendar.published,
                source=_source(calendar, year, year in signed),
                title=signed[year].issued.title if year in signed else "",
                working_days=len(calendar.working_days_of(year)),
            )
            for year in years
        ],
    )


@router.get("/calendar/{year}")
@open_to(Audience.EVERYBODY, "says nothing of a case")
def show_year(
    year: Annotated[int, Path(ge=1, le=9999)], door: SlaDoor, asked: Annotated[Whose, Query()]
) -> YearView:
    """Show every day of a year, and which notice turns it."""
    scope = asked.scope(door.settings.promise.home)
    with door.unit.transaction() as db:
        days = under_notices(db, door.settings.promise).days
        found = kept.signed_notices(db)
    calendar, layers = days.of(scope), days.layers_of(scope)
    signed = [each for each in found if not each.issued.scope.is_local]
    local = [each for each in found if each.issued.scope in layers]
    if not calendar.first.year <= year <= calendar.days[-1].year:
        raise Refused("outside_calendar", field="year")
    own = next((each for each in signed if each.issued.year == year), None)
    names, off = _named(year, signed)
    return YearView(
        year=year,
        region=scope.region,
        unit=scope.unit,
        home=door.settings.promise.home,
        scopes=ScopeView.all_of(days),
        provisional=year not in calendar.published,
        source=_source(calendar, year, own is not None),
        notice_id=own.notice_id if own else None,
        title=own.issued.title if own else "",
        digest=own.digest if own else "",
        calendar_version=calendar.version,
        working_days=len(calendar.working_days_of(year)),
        opens=str(policy.usual_hours(calendar, year)),
        days=[
            DayView(
                day=each.day,
                kind=each.kind,
                name=each.name,
                hours=each.hours,
                **(_said_by(each.notice, local) or _turned_by(each.day, signed)),
            )
            for each in policy.year_of(calendar, year, off, names)
        ],
    )


def _said_by(title: str, local: Sequence[kept.KeptNotice]) -> dict[str, Any]:
    """Return the local notice with this title; of several that are called so the narrowest."""
    titled = [each for each in local if title and each.issued.title == title]
    if not titled:
        return {}
    return {"notice_id": titled[-1].notice_id, "notice": title}


def _named(
    year: int, signed: Sequence[kept.KeptNotice]
) -> tuple[Mapping[date, str], frozenset[date]]:
    named: dict[date, tuple[str, bool]] = {}
    if year not in {each.issued.year for each in signed}:
        package = {each.year: each for each in calendars.packaged_notices()}.get(year)
        off = (package or policy.presumed_notice(year)).off
        names = calendars.packaged_names(year) if package else policy.statutory_names(year)
        named = {day: (name, day in off) for day, name in names.items()}
    for each in signed:
        named |= {one.day: (one.name, one.off) for one in each.issued.days}
    days = {day: name for day, (name, _off) in named.items() if day.year == year}
    return days, frozenset(day for day, (_name, off) in named.items() if off)


def _turned_by(day: date, signed: Sequence[kept.KeptNotice]) -> dict[str, Any]:
    turning = [each for each in signed if any(one.day == day for one in each.issued.days)]
    if not turning:
        return {}
    return {"notice_id": turning[-1].notice_id, "notice": turning[-1].issued.title}


def _source(calendar: WorkingCalendar, year: int, is_signed: bool) -> str:
    if is_signed:
        return "notice"
    return BUILT_IN if year in calendar.published else "statutory"
