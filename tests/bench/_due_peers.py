"""The same working days and hours, told to libraries that others count by.

Import it only when `requirements-bench.lock` is installed. Every peer is given the days off as a
list, weekends included, and works on all others: so make-up weekends are worked by each of them.
"""

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import ModuleType
from typing import Any

import pytz

from services.sla.policy import DEFAULT_HOURS, ZONE, WorkingCalendar

for _name in ("Angle", "Epoch", "Sun"):
    # Astronomy that has no wheels: workalendar asks for it at import, for other calendars alone.
    _module = ModuleType(f"pymeeus.{_name}")
    setattr(_module, _name, object)
    sys.modules.setdefault(_module.__name__, _module)

import businesstimedelta  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from workalendar.core import Calendar  # noqa: E402

AddDay = Callable[[date, int], date]
AddMinutes = Callable[[datetime, int], datetime]
EVERY_DAY = "1111111"
WEEK = "Mon Tue Wed Thu Fri Sat Sun"
(MORNING, NOON), (AFTERNOON, EVENING) = (
    tuple(time(minutes // 60, minutes % 60) for minutes in span) for span in DEFAULT_HOURS.spans
)


class ListedDays(Calendar):
    """A calendar of workalendar whose days off are listed, weekends among them."""

    def __init__(self, off: list[date]) -> None:
        super().__init__()
        self._off: dict[int, list[tuple[date, str]]] = {}
        for day in off:
            self._off.setdefault(day.year, []).append((day, "off"))

    def get_weekend_days(self) -> tuple[int, ...]:
        """Return no day of the week: each is off only where the list says so."""
        return ()

    def get_calendar_holidays(self, year: int) -> list[tuple[date, str]]:
        """Return the days off of a year, as workalendar asks for them."""
        return self._off.get(year, [])


def days_off(calendar: WorkingCalendar, first: date, last: date) -> list[date]:
    """Return the days, first to last, that nobody works."""
    all_days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in all_days if not calendar.is_working_day(day)]


def ways_to_add_days(off: list[date], n: int) -> Mapping[str, AddDay]:
    """Return how each peer adds working days to a day, by its name."""
    business = np.busdaycalendar(weekmask=EVERY_DAY, holidays=off)
    custom = pd.offsets.CustomBusinessDay(n, weekmask=WEEK, holidays=off)
    listed = ListedDays(off)

    def by_numpy(day: date, n: int) -> date:
        found = np.busday_offset(day, n, roll="backward", busdaycal=business)
        made: date = found.item()
        return made

    def by_pandas(day: date, _n: int) -> date:
        made: date = (pd.Timestamp(day) + custom).date()
        return made

    def by_workalendar(day: date, n: int) -> date:
        made: date = listed.add_working_days(day, n)
        return made

    return {
        "numpy busday_offset": by_numpy,
        "pandas CustomBusinessDay": by_pandas,
        "workalendar subclass": by_workalendar,
    }


def days_by_numpy_at_once(off: list[date]) -> Callable[[list[date], int], list[date]]:
    """Return how numpy adds working days to many days in one call."""
    business = np.busdaycalendar(weekmask=EVERY_DAY, holidays=off)

    def add(days: list[date], n: int) -> list[date]:
        many = np.array(days, dtype="datetime64[D]")
        made: list[date] = np.busday_offset(many, n, "backward", busdaycal=business).tolist()
        return made

    return add


def ways_to_add_minutes(off: list[date], minutes: int) -> Mapping[str, AddMinutes]:
    """Return how each peer that knows hours adds working ones to an instant, by its name."""
    zone = pytz.timezone(str(ZONE))
    week = list(range(7))
    rules = businesstimedelta.Rules(
        [
            businesstimedelta.WorkDayRule(MORNING, EVENING, week, tz=zone),
            businesstimedelta.LunchTimeRule(NOON, AFTERNOON, week, tz=zone),
            businesstimedelta.HolidayRule(dict.fromkeys(off, "off"), tz=zone),
        ]
    )
    delta = businesstimedelta.BusinessTimeDelta(rules, seconds=minutes * 60)
    begin, end = [MORNING, AFTERNOON], [NOON, EVENING]
    custom = pd.offsets.CustomBusinessHour(
        minutes // 60, weekmask=WEEK, holidays=off, start=begin, end=end
    )

    def by_delta(instant: datetime, _minutes: int) -> datetime:
        made: datetime = instant + delta
        return made.astimezone(UTC)

    def by_pandas(instant: datetime, _minutes: int) -> datetime:
        local: Any = pd.Timestamp(instant.astimezone(ZONE).replace(tzinfo=None)) + custom
        made: datetime = local.to_pydatetime()
        return made.replace(tzinfo=ZONE).astimezone(UTC)

    return {"businesstimedelta": by_delta, "pandas CustomBusinessHour": by_pandas}
