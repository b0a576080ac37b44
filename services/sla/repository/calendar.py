"""The calendars: the notices of `chinesecalendar`, and by which notices and limits is counted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from chinese_calendar import constants
from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.sla.policy.calendar import WorkingCalendar, build_calendar
from services.sla.policy.hours import WorkingHours
from services.sla.policy.issued import IssuedNotice
from services.sla.policy.limit_book import LimitBook, LimitSet
from services.sla.policy.local import Calendars
from services.sla.policy.notices import Notice, notices_in_force, works_by_name
from services.sla.policy.scopes import Scope
from services.sla.repository.limit_sets import signed_sets
from services.sla.repository.notices import KeptNotice, signed_notices
from services.sla.tables import calendar, local_days_told, years_told

FIRST_YEAR = 2004
YEARS_AHEAD = 10
SOURCE = "chinesecalendar"
ONLY = 1
MOST_BUILT = 8
NAMES = {holiday.value: holiday.chinese for holiday in constants.Holiday}
"""What the package calls a holiday, and people."""

Digests = tuple[str, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Calendars that were built in this process, by the notices they are made of.

    A calendar never changes, so that whoever finds one here may use it; building takes moments.
    """

    hours: WorkingHours
    built: dict[Digests, Calendars] = field(default_factory=dict)
    national: dict[Digests, WorkingCalendar] = field(default_factory=dict)
    """The country's alone: what is local lies over one index, however often it changes."""
    signed: dict[tuple[UUID, ...], tuple[LimitSet, ...]] = field(default_factory=dict)
    """The signed versions of the limits that were read last; they never change."""

    def find(self, digests: Digests) -> Calendars | None:
        """Return the calendars of these notices, if they were built before."""
        return self.built.get(digests)

    def put(self, digests: Digests, notices: Iterable[KeptNotice]) -> Calendars:
        """Build calendars and keep them; the oldest ones go when there are many."""
        signed = [(each.issued, each.digest) for each in notices]
        country = tuple(digest for issued, digest in signed if not issued.scope.is_local)
        made = load_calendars(self.hours, signed, self.national.get(country))
        _keep(self.built, digests, made)
        _keep(self.national, country, made.national)
        return made


def _keep(shelf: dict[Digests, T], digests: Digests, made: T) -> None:
    while digests not in shelf and len(shelf) >= MOST_BUILT:
        shelf.pop(next(iter(shelf)), None)
    shelf[digests] = made


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


def packaged_names(year: int) -> dict[date, str]:
    """Return for which holiday the package names the days of a year."""
    named = {**constants.holidays, **constants.workdays}
    return {day: NAMES.get(name, name) for day, name in named.items() if day.year == year}


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


def load_calendars(
    hours: WorkingHours,
    signed: Iterable[tuple[IssuedNotice, str]],
    known: WorkingCalendar | None = None,
) -> Calendars:
    """Lay ready what is local over the country's calendar; each notice with its digest.

    `known` is the country's, where it was built before.
    """
    local: dict[Scope, list[IssuedNotice]] = {}
    notices = list[Notice]()
    for issued, digest in signed:
        if issued.scope.is_local:
            local.setdefault(issued.scope, []).append(issued)
        else:
            notices.append(issued.notice(digest))
    national = known or load_calendar(hours, notices=notices)
    if not local:
        return Calendars(national)
    years = (national.first.year, national.days[-1].year)
    turned = works_by_name(notices_in_force((*packaged_notices(), *notices), *years))
    by_year = {
        scope: tuple(sorted(each, key=lambda one: one.year)) for scope, each in local.items()
    }
    return Calendars(national, turned, by_year)


def counted_by(db: Connection, shelf: Shelf, *, hold: bool = False) -> tuple[Calendars, LimitBook]:
    """Return the calendars and the limits by which is counted now.

    With `hold` neither notice nor limits are signed until this transaction has ended.
    """
    c = calendar.c
    reading = select(c.digests, c.limit_sets, c.moved_to).where(c.only == ONLY)
    found = db.execute(reading.with_for_update(read=True) if hold else reading).one_or_none()
    digests: Digests = tuple(found.digests) if found else ()
    days = shelf.find(digests) or shelf.put(digests, signed_notices(db))
    if found is None:
        return days, LimitBook()
    return days, _book(db, shelf, tuple(found.limit_sets), found.moved_to)


def _book(db: Connection, shelf: Shelf, ids: tuple[UUID, ...], moved_to: int) -> LimitBook:
    if ids not in shelf.signed:
        shelf.signed.clear()
        shelf.signed[ids] = signed_sets(db, ids)
    return LimitBook(shelf.signed[ids], moved_to)


def hold_calendar(db: Connection) -> None:
    """Let nobody start a clock or sign another notice until this transaction has ended."""
    row = insert(calendar).values(only=ONLY, digests=[])
    db.execute(row.on_conflict_do_update(index_elements=[calendar.c.only], set_={"only": ONLY}))


def limit_by(db: Connection, ids: Iterable[UUID]) -> None:
    """Count by these signed versions of the limits from the commit on."""
    db.execute(calendar.update().where(calendar.c.only == ONLY).values(limit_sets=list(ids)))


def move_to(db: Connection, number: int) -> None:
    """Have open cases counted by this version of the limits from the commit on."""
    db.execute(calendar.update().where(calendar.c.only == ONLY).values(moved_to=number))


def count_by(db: Connection, digests: Iterable[str], now: datetime) -> None:
    """Count by these notices from the commit on."""
    changed = {"digests": list(digests), "changed_at": now}
    db.execute(calendar.update().where(calendar.c.only == ONLY).values(changed))


def note_told(db: Connection, year: int, version: str) -> bool:
    """Write by which calendar a year is told; False where it was told by that one before."""
    y = years_told.c
    telling = insert(years_told).values(year=year, calendar_version=version)
    anew = telling.on_conflict_do_update(
        index_elements=[y.year],
        set_={"calendar_version": telling.excluded.calendar_version},
        where=y.calendar_version != telling.excluded.calendar_version,
    )
    return db.scalar(anew.returning(y.year)) is not None


def note_local_told(db: Connection, year: int, unit: str, version: str) -> bool:
    """Write by which calendar what is local is told; False where that one was told before."""
    t = local_days_told.c
    row = {"year": year, "unit_code": unit, "calendar_version": version}
    telling = insert(local_days_told).values(row)
    anew = telling.on_conflict_do_update(
        index_elements=[t.year, t.unit_code],
        set_={"calendar_version": telling.excluded.calendar_version},
        where=t.calendar_version != telling.excluded.calendar_version,
    )
    return db.scalar(anew.returning(t.year)) is not None
