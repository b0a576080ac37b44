"""Local notices for tests: a festival, a half day, hours of a unit; and calendars with them."""

from datetime import date

from services.sla.policy import (
    DEFAULT_HOURS,
    Calendars,
    EndRule,
    IssuedNotice,
    Limit,
    LimitUnit,
    NamedDay,
    Scope,
    StartRule,
    WeekRow,
    WorkingHours,
)
from services.sla.repository.calendar import load_calendars

REGION, COUNTY = Scope("15"), Scope("150221")
UNIT = Scope("150221", "SCJGJ")
ELSEWHERE = Scope("340000")
FESTIVAL = "关于那达慕放假的通知"
HOURS_OF_UNIT = "关于调整窗口服务时间的通知"
MORNING = WorkingHours.parse("09:00-12:00")
LONG_LUNCH = WorkingHours.parse("08:30-11:30,14:30-17:30")

HALF_DAY = NamedDay(date(2026, 3, 9), "妇女节", off=False, hours=MORNING)
"""A Monday on which only the morning is worked."""
WORKING_HOURS = Limit(4, LimitUnit.WORKING_HOUR, StartRule.INSTANT, EndRule.SAME_CLOCK_TIME)


def festival(*more: NamedDay) -> IssuedNotice:
    """Monday and Tuesday off, the Saturday after it made up."""
    days = (
        NamedDay(date(2026, 7, 13), "那达慕", off=True),
        NamedDay(date(2026, 7, 14), "那达慕", off=True),
        NamedDay(date(2026, 7, 18), "那达慕", off=False),
    )
    return IssuedNotice(2026, FESTIVAL, "", None, (*days, *more), REGION)


def of_unit(*weeks: WeekRow, days: tuple[NamedDay, ...] = ()) -> IssuedNotice:
    return IssuedNotice(2026, HOURS_OF_UNIT, "", None, days, UNIT, weeks)


def calendars(*notices: IssuedNotice) -> Calendars:
    return load_calendars(DEFAULT_HOURS, [(each, "test") for each in notices])


SATURDAYS = of_unit(WeekRow((5,), MORNING, date(2026, 3, 1)))
