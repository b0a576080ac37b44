"""Calendars of regions and units: festivals, half days, openings, hours; and what always holds."""

from dataclasses import replace
from datetime import date

import pytest

from services.sla.policy import (
    DEFAULT_HOURS,
    NATION,
    ZONE,
    BadNotice,
    Calendars,
    ClockKind,
    DayKind,
    EndRule,
    Finding,
    IssuedNotice,
    Limit,
    LimitUnit,
    NamedDay,
    Rule,
    Scope,
    StartRule,
    WeekRow,
    WorkingCalendar,
    build_calendar,
    changes,
    due_at,
    due_extended,
    findings,
    whose,
    year_of,
)
from services.sla.policy.local import MOST_KEPT, local_calendar
from tests.unit.sla.calendars import CALENDAR, at
from tests.unit.sla.local import (
    COUNTY,
    ELSEWHERE,
    FESTIVAL,
    HALF_DAY,
    HOURS_OF_UNIT,
    LONG_LUNCH,
    MORNING,
    REGION,
    SATURDAYS,
    UNIT,
    WORKING_HOURS,
    calendars,
    festival,
    of_unit,
)


def due(start: str, limit: Limit, calendar: WorkingCalendar) -> str:
    return due_at(at(start), limit, calendar).at.astimezone(ZONE).strftime("%m-%d %H:%M")


def test_a_festival_is_off_in_its_region_and_its_make_up_day_is_worked() -> None:
    known = calendars(festival())

    there = known.of(COUNTY)

    assert known.of(ELSEWHERE) is known.national
    assert due("2026-07-10 10:00", Limit(5), there) == "07-20 17:00"
    assert due("2026-07-10 10:00", Limit(5), known.national) == "07-17 17:00"
    assert there.is_working_day(date(2026, 7, 18))
    assert not there.is_working_day(date(2026, 7, 13))


def test_working_hours_skip_the_closed_half_of_a_half_day() -> None:
    there = calendars(festival(HALF_DAY)).of(REGION)

    assert due("2026-03-09 10:00", WORKING_HOURS, there) == "03-10 11:00"
    assert due("2026-03-09 10:00", WORKING_HOURS, CALENDAR) == "03-09 15:00"
    assert due("2026-03-06 10:00", Limit(1), there) == "03-09 12:00"
    assert due("2026-03-09 13:00", Limit(1), there) == "03-11 17:00"


def test_a_day_off_that_is_worked_counts_with_its_own_spans() -> None:
    opened = NamedDay(date(2026, 7, 12), "开放日", off=False, hours=MORNING)
    there = calendars(festival(opened)).of(REGION)

    assert due("2026-07-10 16:00", Limit(1), there) == "07-12 12:00"
    assert due("2026-07-10 16:00", WORKING_HOURS, there) == "07-12 12:00"


def test_a_unit_that_opens_on_saturdays_counts_them_and_not_those_of_a_holiday() -> None:
    there = calendars(SATURDAYS).of(UNIT)

    assert due("2026-03-06 10:00", Limit(1), there) == "03-07 12:00"
    assert due("2026-02-27 10:00", Limit(1), there) == "02-28 17:00"
    assert not there.is_working_day(date(2026, 10, 3))
    assert there.is_working_day(date(2026, 10, 10))
    assert there.hours_on(date(2026, 10, 10)) == DEFAULT_HOURS


def test_a_unit_with_a_long_lunch_counts_by_its_spans() -> None:
    there = calendars(of_unit(WeekRow((0, 1, 2, 3, 4), LONG_LUNCH, date(2026, 1, 1)))).of(UNIT)

    assert due("2026-03-02 11:00", WORKING_HOURS, there) == "03-03 09:00"
    assert due("2026-03-02 13:00", WORKING_HOURS, there) == "03-03 09:30"
    assert due("2026-03-02 17:15", Limit(1), there) == "03-03 17:30"
    assert there.hours_on(date(2026, 2, 14)) == LONG_LUNCH, "a make-up day is a whole day"


def test_a_unit_goes_before_its_region_and_that_before_the_country() -> None:
    open_there = (NamedDay(date(2026, 7, 13), "照常办公", off=False),)
    known = calendars(festival(), replace(SATURDAYS, days=open_there))

    assert known.of(UNIT).is_working_day(date(2026, 7, 13))
    assert not known.of(COUNTY).is_working_day(date(2026, 7, 13))
    assert known.layers_of(UNIT) == (REGION, UNIT)
    assert known.layers_of(replace(UNIT, unit="RSJ")) == (REGION,)


def test_weeks_hold_from_their_first_to_their_last_day_and_the_later_row_counts() -> None:
    summer = WeekRow((0, 1, 2, 3, 4), LONG_LUNCH, date(2026, 6, 1), date(2026, 9, 30))
    mondays = WeekRow((0,), None, date(2026, 7, 1), date(2026, 7, 31))
    there = calendars(of_unit(summer, mondays)).of(UNIT)

    found = [there.hours_on(date(2026, month, 2)) for month in (3, 6, 9)]
    assert found == [DEFAULT_HOURS, LONG_LUNCH, LONG_LUNCH]
    assert there.hours_on(date(2026, 10, 12)) == DEFAULT_HOURS
    assert [there.is_working_day(date(2026, 7, day)) for day in (5, 6, 7)] == [False, False, True]


def test_the_notice_of_a_later_year_goes_before_that_of_an_earlier_one() -> None:
    later = IssuedNotice(
        2027, "2027", "", None, (), UNIT, (WeekRow((5,), LONG_LUNCH, date(2027, 1, 1)),)
    )
    there = calendars(later, SATURDAYS).of(UNIT)

    assert there.hours_on(date(2026, 12, 19)) == MORNING
    assert there.hours_on(date(2027, 1, 9)) == LONG_LUNCH


@pytest.mark.parametrize(
    ("kind", "unit", "region", "expected"),
    [
        (ClockKind.RESOLVE, "SCJGJ", "150221", Scope("1502", "SCJGJ")),
        (ClockKind.LEG, "", "150221", Scope("1502")),
        (ClockKind.CITIZEN, "", "150221", Scope("150221")),
        (ClockKind.CITIZEN, "SCJGJ", "1503", Scope("1502")),
        ("search", "", "150221", Scope("1502")),
    ],
)
def test_a_unit_counts_by_its_own_days_and_a_promise_by_those_of_the_place(
    kind: str, unit: str, region: str, expected: Scope
) -> None:
    assert whose(kind, unit, region, "1502") == expected


def test_an_explanation_names_the_local_day_and_its_notice() -> None:
    opened = NamedDay(date(2026, 7, 12), "开放日", off=False, hours=MORNING)
    known = calendars(festival(HALF_DAY, opened), SATURDAYS)

    steps = due_at(at("2026-07-10 10:00"), Limit(5), known.of(UNIT)).steps

    told = [str(each) for each in steps if each.rule.startswith("local_")]
    assert told == [
        f"local_week 2026-07-11 2026-07-17 0 6|09:00-12:00|{HOURS_OF_UNIT}",
        f"local_opening 2026-07-12 2026-07-12 0 开放日|09:00-12:00|{FESTIVAL}",
        f"local_day_off 2026-07-13 2026-07-14 2 那达慕||{FESTIVAL}",
    ]
    assert Rule.MAKE_UP_DAY_COUNTED not in [each.rule for each in steps]
    assert steps[0].as_record()["notice"] == HOURS_OF_UNIT


def test_what_runs_by_the_clock_on_the_wall_names_no_local_day() -> None:
    wall = Limit(7 * 24, LimitUnit.HOUR, StartRule.INSTANT, EndRule.SAME_CLOCK_TIME)
    found = due_at(at("2026-07-10 10:00"), wall, calendars(festival()).of(REGION))

    assert [each.rule for each in found.steps] == [Rule.COUNTED, Rule.SAME_CLOCK_TIME]


def test_another_node_with_the_same_notices_computes_the_same_digest() -> None:
    notices = [festival(HALF_DAY), SATURDAYS]
    start = at("2026-07-10 10:00")

    here, there = calendars(*notices).of(UNIT), calendars(*reversed(notices)).of(UNIT)

    assert here is not there
    assert here.version == there.version != CALENDAR.version
    found = [due_at(start, Limit(3), each) for each in (here, there)]
    assert found[0].digest == found[1].digest
    without = due_at(start, Limit(3), calendars(SATURDAYS).of(UNIT))
    assert without.digest != found[0].digest


def test_who_has_no_local_days_counts_by_the_very_same_index() -> None:
    known = calendars(SATURDAYS)

    assert known.of(COUNTY) is known.national
    assert known.of(UNIT) is known.of(UNIT)
    assert known.of(Scope("1503")) is known.national


def test_so_many_local_calendars_are_kept_and_no_more() -> None:
    units = [Scope("1502", f"U{number}") for number in range(MOST_KEPT + 3)]
    short = build_calendar((), DEFAULT_HOURS, 2026, 2026)
    known = Calendars(short, {}, {each: (replace(SATURDAYS, scope=each),) for each in units})

    versions = {known.of(each).version for each in units}

    assert len(versions) == len(units)
    assert local_calendar.cache_info().currsize == MOST_KEPT


def test_a_longer_limit_ends_with_the_work_of_its_own_last_day() -> None:
    there = calendars(festival(HALF_DAY)).of(REGION)

    assert due_extended(at("2026-03-06 17:00"), 1, there) == at("2026-03-09 12:00")
    assert due_extended(at("2026-03-06 15:00"), 1, there) == at("2026-03-09 12:00")
    assert due_extended(at("2026-03-06 10:00"), 1, there) == at("2026-03-09 10:00")
    assert due_extended(at("2026-03-09 12:00"), 1, there) == at("2026-03-10 17:00")
    assert there.days_later(at("2026-03-10 17:00"), -1) == at("2026-03-09 12:00")
    assert there.days_later(at("2026-03-09 12:00"), 1) == at("2026-03-10 17:00")
    assert there.days_later(at("2026-03-10 10:00"), -1) == at("2026-03-09 10:00")
    assert there.days_later(at("2026-03-06 16:00"), 1) == at("2026-03-09 12:00")


def test_the_countrys_notice_says_nothing_of_hours() -> None:
    with pytest.raises(BadNotice, match="notice_hours_national"):
        replace(festival(HALF_DAY), scope=NATION)
    with pytest.raises(BadNotice, match="notice_week"):
        replace(SATURDAYS, weeks=(WeekRow((), MORNING, date(2026, 1, 1)),))


@pytest.mark.parametrize(
    "other",
    [
        replace(festival(), scope=COUNTY),
        replace(festival(), scope=UNIT),
        replace(festival(), weeks=SATURDAYS.weeks),
        festival(HALF_DAY),
        festival(replace(HALF_DAY, hours=LONG_LUNCH)),
    ],
    ids=["region", "unit", "weeks", "day", "hours"],
)
def test_whatever_is_local_in_a_notice_is_in_its_text(other: IssuedNotice) -> None:
    texts = {other.text, festival().text, festival(replace(HALF_DAY, hours=None)).text}

    assert len(texts) == 3


def test_what_a_local_notice_changes_is_shown_and_only_its_own_law_is_asked() -> None:
    known = calendars(festival(HALF_DAY))
    turned = changes(known.national, known.of(REGION), festival(HALF_DAY))

    assert [(each.day.day, each.works, each.hours) for each in turned] == [
        (9, True, "09:00-12:00"),
        (13, False, ""),
        (14, False, ""),
        (18, True, str(DEFAULT_HOURS)),
    ]
    assert findings(festival(HALF_DAY)) == ()
    odd = festival(replace(HALF_DAY, hours=None))
    assert [each.finding for each in findings(odd)] == [Finding.MAKE_UP_ON_WEEKDAY]


def test_a_year_shows_half_days_and_openings() -> None:
    opened = NamedDay(date(2026, 7, 12), "开放日", off=False, hours=MORNING)
    known = calendars(festival(HALF_DAY, opened), SATURDAYS)

    days = {each.day: each for each in year_of(known.of(UNIT), 2026, frozenset(), {})}

    half, open_, off, saturday = (
        days[day]
        for day in (
            date(2026, 3, 9),
            date(2026, 7, 12),
            date(2026, 7, 13),
            date(2026, 7, 11),
        )
    )
    assert (half.kind, half.name, half.hours) == (DayKind.SHORT, "妇女节", "09:00-12:00")
    assert (open_.kind, open_.notice) == (DayKind.OPENING, FESTIVAL)
    assert (off.kind, off.hours) == (DayKind.OFF, "")
    assert (saturday.kind, saturday.hours) == (DayKind.WORKED, "09:00-12:00")
