"""The rota as a page shows it: rows of posts, columns of days, and what a form begins with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Self
from uuid import uuid4

from pydantic import BaseModel, ConfigDict

from services.portal.pages.dates import WEEKDAY_NAMES, WEEKDAYS
from services.portal.pages.language import later as _
from shared.http.moments import FIRST_YEAR, LAST_YEAR

DUTIES: Mapping[str, str] = MappingProxyType(
    {
        "coordinator": _("协调员"),
        "chief_representative": _("首席代表"),
        "disposal_officer": _("处置专员"),
    }
)
TURNS: Mapping[str, str] = MappingProxyType({"day": _("每天轮一次"), "week": _("每周轮一次")})
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Person(_Told):
    """One who can be on duty."""

    login: str
    name: str
    unit_code: str
    duties: tuple[str, ...]
    active: bool


class Post(_Told):
    """Where somebody must be on duty, and when."""

    kind: str
    unit_code: str
    unit_name: str
    opens: time
    closes: time
    weekdays: tuple[int, ...]
    open_on: tuple[date, ...]
    closed_on: tuple[date, ...]

    @property
    def key(self) -> str:
        """As addresses name it."""
        return f"{self.kind}/{self.unit_code}"


class Span(_Told):
    """From one moment to another."""

    begins: datetime
    ends: datetime


class DutyDay(_Told):
    """A post on a day."""

    kind: str
    unit_code: str
    day: date
    is_open: bool
    person: str | None
    substitutes: tuple[str, ...]
    there: str | None
    gaps: tuple[Span, ...]
    local: tuple[time, ...] | None = None
    """By a local notice: from when to when it is open, empty where it is closed."""


class Absence(Span):
    """When a person is away."""

    absence_id: str
    login: str
    ground: str | None


class Gap(Span):
    """When nobody is on duty although the door is open."""

    kind: str
    unit_name: str


class OnDuty(Span):
    """Who is on duty now, or at the next opening today."""

    kind: str
    unit_code: str
    unit_name: str
    login: str | None
    name: str | None
    phone: str | None
    instead_of: str | None


class Ended(_Told):
    """A unit out of use with orders that are still open."""

    code: str
    title: str
    valid_until: date | None
    successor_titles: tuple[str, ...]
    open_orders: int


class Told(_Told):
    """What the API told for one page."""

    people: tuple[Person, ...] = ()
    posts: tuple[Post, ...] = ()
    days: tuple[DutyDay, ...] = ()
    absences: tuple[Absence, ...] = ()
    gaps: tuple[Gap, ...] = ()
    now: tuple[OnDuty, ...] = ()
    ended: tuple[Ended, ...] = ()

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Self:
        """Return what an answer holds."""
        return cls.model_validate(body)


@dataclass(frozen=True, slots=True)
class Row:
    """A post with its days."""

    post: Post
    days: Sequence[DutyDay]


def week_of(text: str, today: date) -> date:
    """Return the Monday of the week of a day; this week where it is none."""
    day = _day(text) or today
    return day - (day.isoweekday() - 1) * DAY


def month_of(text: str, today: date) -> tuple[date, date]:
    """Return the first and the last day of a month, `2030-01`; of this one where it is none."""
    first = (_day(f"{text}-01") or today).replace(day=1)
    following = (first + 31 * DAY).replace(day=1)
    return first, following - DAY


def rota_values(
    told: Told, asked: Mapping[str, str], span: tuple[date, date], now: datetime
) -> dict[str, Any]:
    """Return what the template shows."""
    first, last = span
    is_month = bool(asked.get("month"))
    chosen = asked.get("of") or (told.posts[0].key if told.posts else "")
    rows = _rows(told, chosen if is_month else None)
    return {
        "rota": told,
        "rows": rows,
        "dates": [first + each * DAY for each in range((last - first).days + 1)],
        "is_month": is_month,
        "of": chosen,
        "names": {person.login: person.name for person in told.people},
        "earlier": _beside(first, is_month=is_month, by=-1),
        "later": _beside(first, is_month=is_month, by=1),
        "shown": {"month": f"{first:%Y-%m}", "of": chosen} if is_month else {"week": str(first)},
        "edit": _edited(told, asked),
        "away": asked.get("away", ""),
        "today": now.date(),
        "duties": DUTIES,
        "turn_choices": list(TURNS.items()),
        "duty_choices": list(DUTIES.items()),
        "weekdays": list(enumerate(WEEKDAYS, 1)),
        "weekday_choices": [(str(nth), each) for nth, each in enumerate(WEEKDAY_NAMES, 1)],
        "units_of": {each.login: each.unit_code for each in told.people},
        "everywhere": [
            (f"{each.unit_code}/{each.login}", each.name) for each in told.people if each.active
        ],
        "everybody": [(each.login, each.name) for each in told.people if each.active],
        "weeks": _weeks(rows[0].days) if is_month and rows else [],
        "key": uuid4().hex,
    }


def people_for(told: Told, kind: str) -> list[tuple[str, str]]:
    """Return who does a kind of duty, as a form offers them."""
    return [(each.login, each.name) for each in told.people if each.active and kind in each.duties]


def _rows(told: Told, only: str | None) -> list[Row]:
    return [
        Row(post, [day for day in told.days if f"{day.kind}/{day.unit_code}" == post.key])
        for post in told.posts
        if only is None or post.key == only
    ]


def _weeks(days: Sequence[DutyDay]) -> list[list[DutyDay | None]]:
    """Return the days of a month by week, Monday first, with room for those of other months."""
    before = days[0].day.isoweekday() - 1 if days else 0
    cells = [*[None] * before, *days]
    cells += [None] * (-len(cells) % len(WEEKDAYS))
    return [cells[at : at + len(WEEKDAYS)] for at in range(0, len(cells), len(WEEKDAYS))]


def _edited(told: Told, asked: Mapping[str, str]) -> dict[str, Any] | None:
    post = next((each for each in told.posts if each.key == asked.get("post")), None)
    day = _day(asked.get("day", ""))
    if post is None or day is None:
        return None
    found = (each for each in told.days if each.day == day and each.kind == post.kind)
    known = next((each for each in found if each.unit_code == post.unit_code), None)
    crew = () if known is None or known.person is None else (known.person, *known.substitutes)
    names = ("person", "substitute_1", "substitute_2")
    values = dict(zip(names, (*crew, "", "", "")[:3], strict=True))
    return {"post": post, "day": day, "people": people_for(told, post.kind), "values": values}


def _beside(first: date, *, is_month: bool, by: int) -> dict[str, str]:
    if not is_month:
        return {"week": str(first + by * WEEK)}
    other = first - DAY if by < 0 else first + 31 * DAY
    return {"month": f"{other:%Y-%m}"}


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # One year within what the API takes: a week or a month may reach over its end.
    return day if FIRST_YEAR < day.year < LAST_YEAR else None
