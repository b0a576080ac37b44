"""The working calendar: the vectors of the field, its edges, and what holds for every day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sla.policy import (
    DEFAULT_HOURS,
    Notice,
    OutsideCalendar,
    WorkingHours,
    build_calendar,
)
from services.sla.repository.calendar import load_calendar, packaged_notices
from tests.unit.sla.calendars import CALENDAR, SOME, STARTS, at

DAYS = st.dates(date(2004, 1, 1), date(2035, 1, 1))
COUNTS = st.integers(1, 400)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-02-13", ("2026-02-14", "2026-02-25", "2026-02-27", "2026-03-05")),
        ("2026-02-14", ("2026-02-24", "2026-02-26", "2026-02-28", "2026-03-06")),
        ("2026-02-20", ("2026-02-24", "2026-02-26", "2026-02-28", "2026-03-06")),
        ("2026-04-30", ("2026-05-06", "2026-05-08", "2026-05-11", "2026-05-18")),
        ("2026-05-08", ("2026-05-09", "2026-05-12", "2026-05-14", "2026-05-21")),
        ("2026-09-30", ("2026-10-08", "2026-10-10", "2026-10-13", "2026-10-20")),
        ("2025-09-27", ("2025-09-28", "2025-09-30", "2025-10-10", "2025-10-16")),
        ("2025-12-31", ("2026-01-04", "2026-01-06", "2026-01-08", "2026-01-15")),
    ],
)
def test_working_days_are_counted_as_the_notices_say(
    start: str, expected: tuple[str, ...]
) -> None:
    day = date.fromisoformat(start)

    reached = [CALENDAR.add_working_days(day, n).isoformat() for n in (1, 3, 5, 10)]

    assert reached == list(expected)


TOTALS = {
    **{2004: 252, 2005: 250, 2006: 251, 2007: 249, 2008: 251, 2009: 250, 2010: 250, 2011: 250},
    **{2012: 249, 2013: 250, 2014: 250, 2015: 249, 2016: 250, 2017: 249, 2018: 250, 2019: 250},
    **{2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248},
}
"""Working days by year; the last four also stand in the facts of the field (5.8)."""


@pytest.mark.parametrize(("year", "count"), TOTALS.items())
def test_a_published_year_has_as_many_working_days_as_its_notice_leaves(
    year: int, count: int
) -> None:
    days = [day for day in CALENDAR.days if day.year == year]

    assert len(days) == count
    assert days == [day for day in _all_of(year) if chinese_calendar.is_workday(day)]


def _all_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=each) for each in range(366 - bool(year % 4))]


def test_a_year_without_a_notice_has_weekends_and_statutory_days_off() -> None:
    calendar = build_calendar((), DEFAULT_HOURS, 2027, 2027)

    assert not calendar.is_working_day(date(2027, 1, 1))
    assert not calendar.is_working_day(date(2027, 10, 1))
    assert not calendar.is_working_day(date(2027, 10, 2))
    assert calendar.is_working_day(date(2027, 10, 4))
    assert calendar.provisional_years(date(2027, 3, 1), date(2027, 3, 1)) == (2027,)


def test_a_notice_of_the_next_year_may_name_days_of_this_december() -> None:
    new_year = Notice(
        2028, frozenset({date(2027, 12, 31)}), frozenset({date(2027, 12, 26)}), "test"
    )

    calendar = load_calendar(DEFAULT_HOURS, notices=[new_year])

    assert not calendar.is_working_day(date(2027, 12, 31))
    assert calendar.is_working_day(date(2027, 12, 26))


def test_an_imported_notice_replaces_the_packaged_one_of_its_year() -> None:
    amended = Notice(2026, frozenset({date(2026, 1, 1)}), frozenset(), "test")

    calendar = load_calendar(DEFAULT_HOURS, notices=[amended])

    assert calendar.is_working_day(date(2026, 2, 16))
    assert calendar.first_difference(CALENDAR) == date(2026, 1, 2)
    assert calendar.version != CALENDAR.version


def test_the_version_names_the_last_notice_and_not_how_far_ahead_is_presumed() -> None:
    assert CALENDAR.version == load_calendar(DEFAULT_HOURS, last_year=2060).version
    assert CALENDAR.version.startswith(f"CN-{max(CALENDAR.published)}-")


def test_other_working_hours_are_another_version() -> None:
    longer = load_calendar(WorkingHours.parse("08:30-12:00,13:00-17:30"))

    assert longer.version != CALENDAR.version
    assert longer.first_difference(CALENDAR) == CALENDAR.first


def test_a_calendar_does_not_differ_from_itself() -> None:
    assert CALENDAR.first_difference(load_calendar(DEFAULT_HOURS)) is None


def test_a_notice_that_calls_a_day_both_off_and_worked_is_refused() -> None:
    day = frozenset({date(2027, 2, 6)})

    with pytest.raises(ValueError, match="2027-02-06"):
        Notice(2027, day, day, "test")


def test_every_packaged_year_from_2004_has_its_notice() -> None:
    years = [notice.year for notice in packaged_notices()]

    assert years == list(range(2004, years[-1] + 1))
    assert years[-1] >= 2026


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2100, 1, 1)])
def test_a_day_outside_the_index_is_an_error_not_a_guess(day: date) -> None:
    with pytest.raises(OutsideCalendar):
        CALENDAR.add_working_days(day, 1)


def test_a_count_beyond_the_index_is_an_error() -> None:
    with pytest.raises(OutsideCalendar):
        CALENDAR.add_working_days(CALENDAR.days[-1], 1)


def test_a_count_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="starts at 1"):
        CALENDAR.add_working_days(date(2026, 3, 2), 0)
    with pytest.raises(ValueError, match="starts at 1"):
        CALENDAR.add_working_minutes(at("2026-03-02 10:00"), 0)


def test_a_day_off_has_no_opening() -> None:
    with pytest.raises(ValueError, match="no working day"):
        CALENDAR.opening(date(2004, 1, 1))


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.add_working_minutes(datetime(2026, 3, 2, 10), 60)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-03-02 10:00", 60, "2026-03-02 11:00"),
        ("2026-03-02 11:30", 60, "2026-03-02 13:30"),
        ("2026-03-02 12:30", 60, "2026-03-02 14:00"),
        ("2026-03-02 07:00", 60, "2026-03-02 10:00"),
        ("2026-03-02 09:00", 180, "2026-03-02 12:00"),
        ("2026-03-02 09:00", 181, "2026-03-02 13:01"),
        ("2026-03-02 09:00", 420, "2026-03-02 17:00"),
        ("2026-03-02 17:00", 60, "2026-03-03 10:00"),
        ("2026-03-02 23:59", 60, "2026-03-03 10:00"),
        ("2026-02-14 16:00", 120, "2026-02-24 10:00"),
        ("2026-02-20 00:00", 960, "2026-02-26 11:00"),
        ("2026-12-31 16:30", 60, "2027-01-04 09:30"),
        ("2026-03-02 10:00:30.000001", 1, "2026-03-02 10:01:30.000001"),
    ],
)
def test_working_minutes_run_only_in_working_hours(start: str, minutes: int, end: str) -> None:
    assert CALENDAR.add_working_minutes(at(start), minutes) == at(end)


def test_instants_come_back_in_utc() -> None:
    assert CALENDAR.add_working_minutes(at("2026-03-02 10:00"), 60).tzinfo is UTC
    assert CALENDAR.opening(date(2026, 3, 2)) == datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert CALENDAR.closing(date(2026, 3, 2)) == datetime(2026, 3, 2, 9, tzinfo=UTC)


@SOME
@given(DAYS, COUNTS)
def test_counting_back_gives_the_days_that_were_added(day: date, n: int) -> None:
    reached = CALENDAR.add_working_days(day, n)

    assert CALENDAR.is_working_day(reached)
    assert len(CALENDAR.working_days_between(day, reached)) == n


@SOME
@given(DAYS, COUNTS, st.integers(0, 60))
def test_a_later_start_is_never_due_earlier(day: date, n: int, later: int) -> None:
    then = day + timedelta(days=later)

    assert CALENDAR.add_working_days(day, n) <= CALENDAR.add_working_days(then, n)


@SOME
@given(DAYS, st.integers(1, 200), st.integers(1, 200))
def test_working_days_may_be_added_in_two_parts(day: date, one: int, two: int) -> None:
    parts = CALENDAR.add_working_days(CALENDAR.add_working_days(day, one), two)

    assert parts == CALENDAR.add_working_days(day, one + two)


@SOME
@given(DAYS, st.integers(1, 40))
def test_the_index_agrees_with_walking_day_by_day(day: date, n: int) -> None:
    walked, left = day, n
    while left:
        walked += timedelta(days=1)
        left -= CALENDAR.is_working_day(walked)

    assert CALENDAR.add_working_days(day, n) == walked


@SOME
@given(
    STARTS,
    st.integers(1, 5000),
    st.integers(1, 5000),
)
def test_working_minutes_may_be_added_in_two_parts(start: datetime, one: int, two: int) -> None:
    parts = CALENDAR.add_working_minutes(CALENDAR.add_working_minutes(start, one), two)

    assert parts == CALENDAR.add_working_minutes(start, one + two)


@pytest.mark.parametrize(
    "text", ["", "09:00", "12:00-09:00", "09:00-12:00,11:00-17:00", "09:00-25:00", "nine-five"]
)
def test_working_hours_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- the sentence differs, the type is the promise
        WorkingHours.parse(text)


def test_working_hours_are_read_as_they_are_written() -> None:
    text = "08:30-12:00,14:00-17:30"

    assert str(WorkingHours.parse(text)) == text


def test_a_calendar_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        CALENDAR.version = "another"  # type: ignore[misc]
    assert replace(CALENDAR, version="another").version == "another"
