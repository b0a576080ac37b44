"""One month of the working calendar, day by day with its reason; and a limit to try on it."""

from calendar import Calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from services.portal.pages import calendar_words, limit_forms, rule_forms
from services.portal.pages.calendar_scopes import WHOSE, asked_of, names_for
from services.portal.pages.calendar_shown import DayShown, YearShown
from services.portal.pages.calendars import AT, whose_values
from services.portal.pages.calling import Answer, call, refused
from services.portal.pages.dates import CHINA
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.rendering import door_here, page
from shared.http.demands import Audience, demands
from shared.security.policy import Action

router = APIRouter()

HERE = f"{AT}/month"
YEAR_MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
MOST = 64
REFUSALS = {401: "not_signed_in", 403: "not_allowed", 404: "not_found"}
TRIED = ("start", "clock", "complexity", "demand", "urgency", "channel")
MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Tried:
    """What the box asks that tries a limit out."""

    start: Annotated[str, Query(max_length=MOST)] = ""
    clock: Annotated[str, Query(max_length=MOST)] = ""
    complexity: Annotated[str, Query(max_length=MOST)] = ""
    demand: Annotated[str, Query(max_length=MOST)] = ""
    urgency: Annotated[str, Query(max_length=MOST)] = ""
    channel: Annotated[str, Query(max_length=MOST)] = ""
    whose: Annotated[str, Query(pattern=WHOSE)] = ""

    @property
    def told(self) -> dict[str, str]:
        """What was filled in."""
        return {name: told for name in TRIED if (told := getattr(self, name))}


@router.get(HERE)
@demands(Action.NOTICE_READ, audience=Audience.STAFF)
async def month(
    request: Request,
    tried: Annotated[Tried, Depends()],
    month: Annotated[str, Query(pattern=YEAR_MONTH)] = "",
) -> Response:
    """Show a month, and what a limit would be that begins at some moment."""
    actor, door = staff_of(request), door_here(request)
    first = date.fromisoformat(f"{month}-01") if month else door.now().astimezone(CHINA).date()
    asked = asked_of(tried.whose)
    told = await call(request, "GET", f"/api/v1/calendar/{first.year}?{urlencode(asked)}")
    if not told.ok:
        raise refused(told, REFUSALS)
    answer = None
    if tried.told:
        query = urlencode(limit_forms.tried_query(tried.told) | asked)
        answer = await call(request, "GET", f"/api/v1/due-date?{query}")
    year = YearShown.model_validate(told.body)
    names = await names_for(request, year.home, wanted=any(each.unit for each in year.scopes))
    values = month_values(year, first.replace(day=1), tried.told, answer)
    values |= whose_values(year, names, tried.whose)
    return page(request, "admin/calendar_month.html", {"tools": tools_of(actor, door)} | values)


def month_values(
    year: YearShown, first: date, tried: Mapping[str, str], answer: Answer | None
) -> dict[str, Any]:
    """Return what the page of a month shows."""
    days = {each.day: each for each in year.days}
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    shown = [day for day in days.values() if day.day.month == first.month]
    found = answer.body if answer and answer.ok else None
    return {
        "year": year,
        "first": first,
        "weeks": _weeks(weeks, first, days),
        "turned": [day for day in shown if day.kind in calendar_words.DAY_MARKS or day.hours],
        "worked": sum(day.kind in calendar_words.WORKED for day in shown),
        "before": _named(first, -1),
        "after": _named(first, 1),
        "trying": {**limit_forms.TRYING, **tried},
        "tried": found,
        "due_month": found["due_date"][:7] if found else "",
        "tried_wrong": limit_forms.errors_of(answer) if answer and not answer.ok else {},
        "wording": calendar_words,
        "forms": limit_forms,
        "rule_forms": rule_forms,
    }


def _weeks(
    weeks: Sequence[Sequence[date]], first: date, days: Mapping[date, DayShown]
) -> list[list[DayShown | None]]:
    return [
        [days.get(day) if day.month == first.month else None for day in week] for week in weeks
    ]


def _named(first: date, by: int) -> str:
    year, month = divmod(first.year * MONTHS_A_YEAR + first.month - 1 + by, MONTHS_A_YEAR)
    return f"{year:04}-{month + 1:02}"
