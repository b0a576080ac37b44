"""Which days units of this node work otherwise than the country: told once by each calendar."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from services.sla import policy
from services.sla.handlers.clocks import Promise, under_notices
from services.sla.policy import Scope, WorkingCalendar
from services.sla.repository import calendar as calendars
from shared.events.local import LocalDay
from shared.events.sla import LocalYearTold
from shared.outbox import say


def tell_local_days(db: Connection, promise: Promise, now: datetime) -> None:
    """Tell the other services what is local this year and the next, once each."""
    counted = under_notices(db, promise)
    this_year = policy.local_time(now).year
    for unit in sorted(_units(counted)):
        whose = Scope(counted.home, unit)
        version = counted.days.version_of(whose)
        for year in (this_year, this_year + 1):
            if calendars.note_local_told(db, year, unit, version):
                days = tuple(_days(counted.days.of(whose), counted.days.national, year))
                say(db, LocalYearTold(occurred_at=now, year=year, unit_code=unit, days=days))


def _units(counted: Promise) -> set[str]:
    """Return the units of this node with a notice of their own; empty for what its region has."""
    mine = {each.unit for each in counted.days.local if each.region == counted.home}
    return (mine - {""}) | ({""} if counted.days.layers_of(Scope(counted.home)) else set())


def _days(calendar: WorkingCalendar, national: WorkingCalendar, year: int) -> Iterator[LocalDay]:
    for day, hours, opens in policy.days_apart(calendar, national, year):
        yield LocalDay(day=day, hours=str(hours or ""), opens=opens and hours is not None)
