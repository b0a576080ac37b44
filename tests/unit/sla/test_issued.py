"""Notices as they are issued: what may stand in one, how it is read, what looks wrong about it."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sla.policy import (
    DEFAULT_HOURS,
    BadNotice,
    DayKind,
    Finding,
    Heading,
    IssuedNotice,
    NamedDay,
    changes,
    findings,
    notice_of_csv,
    notice_of_json,
    notice_of_rows,
    year_of,
)
from services.sla.policy.issued import named_days
from services.sla.repository.calendar import load_calendar, packaged_names, packaged_notices
from tests.unit.sla.calendars import CALENDAR, SOME
from tests.unit.sla.issued import TITLE, days_2027, holiday_json, notice_2027

ISSUED = notice_2027()
HEADING = Heading(2027, TITLE, ISSUED.number, ISSUED.issued_on)
AFTER = load_calendar(DEFAULT_HOURS, notices=[ISSUED.notice("test")])


def csv_of(issued: IssuedNotice, gap: str = ",") -> str:
    lines = [
        gap.join((each.day.isoformat(), each.name, "休" if each.off else "班"))
        for each in issued.days
    ]
    return "\n".join((gap.join(("日期", "名称", "休班")), *lines))


@pytest.mark.parametrize("gap", [",", "\t", " ", "，"], ids=["comma", "tab", "blank", "wide"])
def test_the_same_notice_is_the_same_text_whatever_it_was_read_from(gap: str) -> None:
    rows = [(each.day, each.name, "off" if each.off else "on") for each in ISSUED.days]

    read = [
        notice_of_csv(csv_of(ISSUED, gap), HEADING),
        notice_of_json(holiday_json(ISSUED), HEADING),
        notice_of_rows(rows, HEADING),
    ]

    assert {issued.text for issued in read} == {ISSUED.text}


def test_the_public_form_may_come_without_any_heading() -> None:
    read = notice_of_json(holiday_json(ISSUED), Heading())

    assert (read.year, read.title) == (2027, "https://www.gov.cn/x")


def test_a_line_may_name_a_range_of_days() -> None:
    read = notice_of_csv("2027-02-05 ~ 2027/02/12 春节 休\n2027-02-14,春节,上班\n", HEADING)

    assert [each.day.day for each in read.days if each.off] == list(range(5, 13))
    assert read.days[-1] == NamedDay(date(2027, 2, 14), "春节", off=False)


def test_the_order_of_its_days_makes_no_other_notice() -> None:
    assert notice_2027(tuple(reversed(days_2027()))).text == ISSUED.text


@pytest.mark.parametrize(
    "other",
    [
        replace(ISSUED, number=""),
        replace(ISSUED, title="另一份"),
        replace(ISSUED, issued_on=None),
        replace(ISSUED, days=ISSUED.days[1:]),
        replace(ISSUED, days=(replace(ISSUED.days[0], name="新年"), *ISSUED.days[1:])),
    ],
    ids=["number", "title", "issued", "day", "name"],
)
def test_whatever_is_in_a_notice_is_in_its_text(other: IssuedNotice) -> None:
    assert other.text != ISSUED.text


@pytest.mark.parametrize(
    ("text", "code", "detail"),
    [
        ("2027-02-30 春节 休", "notice_line", "1"),
        ("2027-02-05 春节 休\n2027-02-06 春节", "notice_line", "2"),
        ("2027-02-05 春节 也许", "notice_line", "1"),
        ("2027-02-12~2027-02-05 春节 休", "notice_line", "1"),
        ("2027-01-01~2029-01-01 春节 休", "notice_line", "1"),
        ("2027-02-05 春节 休\n2027-02-05 春节 班", "notice_day_twice", "2027-02-05"),
        ("2026-02-05 春节 休", "notice_day_far", "2026-02-05"),
        ("日期 名称 休班", "notice_days", "120"),
        (f"2027-02-05 {'长' * 41} 休", "notice_line", "1"),
    ],
    ids=["day", "cells", "word", "backwards", "long", "twice", "far", "none", "name"],
)
def test_what_cannot_be_a_notice_is_named_by_its_line(text: str, code: str, detail: str) -> None:
    with pytest.raises(BadNotice) as refused:
        notice_of_csv(text, HEADING)

    assert (refused.value.code, refused.value.detail) == (code, detail)


@pytest.mark.parametrize(
    ("read", "code"),
    [
        ("[]", "notice_unreadable"),
        ("{", "notice_unreadable"),
        ("[" * 5000, "notice_unreadable"),
        (json.dumps({"year": 2027, "days": {}}), "notice_unreadable"),
        (json.dumps({"year": 2027, "days": [1]}), "notice_line"),
        (
            json.dumps({"days": [{"date": "2027-01-01", "name": "元旦", "isOffDay": 1}]}),
            "notice_line",
        ),
        (json.dumps({"year": True, "title": "x", "days": []}), "notice_year"),
        (json.dumps({"year": 1900, "title": "x", "days": []}), "notice_year"),
        (json.dumps({"year": 2027, "days": []}), "notice_title"),
        (json.dumps({"year": 2027, "title": "x", "days": []}), "notice_days"),
        (json.dumps({"year": 2027, "issued_on": "soon", "days": []}), "notice_unreadable"),
    ],
    ids=[
        "list",
        "broken",
        "deep",
        "days",
        "day",
        "word",
        "bool",
        "old",
        "title",
        "none",
        "issued",
    ],
)
def test_json_that_is_no_notice_is_refused(read: str, code: str) -> None:
    with pytest.raises(BadNotice) as refused:
        notice_of_json(read, Heading())

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": "一\n二"}, "title"),
        ({"title": "长" * 201}, "title"),
        ({"number": "a\u2028b"}, "number"),
        ({"days": (NamedDay(date(2027, 1, 1), "元\x00旦", off=True),)}, "days"),
        ({"days": (NamedDay(date(2027, 1, 1), "长" * 41, off=True),)}, "days"),
    ],
    ids=["lines", "long", "separator", "control", "name"],
)
def test_no_part_of_a_notice_can_look_like_another_line_of_it(
    changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadNotice) as refused:
        replace(ISSUED, **changed)

    assert (refused.value.code, refused.value.field) == ("notice_text", field)


def test_a_notice_as_the_law_gives_it_has_nothing_that_looks_wrong() -> None:
    assert findings(ISSUED) == ()


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_the_package_has_as_many_days_off_as_the_law_gives(year: int) -> None:
    notice = next(each for each in packaged_notices() if each.year == year)
    names = packaged_names(year)
    days = [NamedDay(day, names[day], off=True) for day in notice.off]
    days += [NamedDay(day, names[day], off=False) for day in notice.on]

    found = findings(IssuedNotice(year, "x", "", None, tuple(days)))

    assert [each.finding for each in found if each.finding is not Finding.OTHER_YEAR] == []


@pytest.mark.parametrize(
    ("days", "finding", "about"),
    [
        (
            (*days_2027(), NamedDay(date(2027, 3, 1), "x", off=False)),
            Finding.MAKE_UP_ON_WEEKDAY,
            "2027-03-01",
        ),
        (
            (*days_2027(), NamedDay(date(2027, 3, 6), "x", off=True)),
            Finding.OFF_ON_WEEKEND_ALONE,
            "2027-03-06",
        ),
        (
            (*days_2027(), NamedDay(date(2026, 12, 31), "元旦", off=True)),
            Finding.OTHER_YEAR,
            "2026-12-31",
        ),
        (
            tuple(each for each in days_2027() if each.day != date(2027, 10, 2)),
            Finding.STATUTORY_DAY_WORKED,
            "2027-10-02",
        ),
        (
            tuple(each for each in days_2027() if each.name != "端午节"),
            Finding.HOLIDAY_SHORT,
            "端午",
        ),
        (
            tuple(each for each in days_2027() if each.day != date(2027, 2, 14)),
            Finding.DAYS_UNEVEN,
            "2027",
        ),
    ],
    ids=["weekday", "weekend", "year", "statutory", "short", "uneven"],
)
def test_what_looks_wrong_is_found(
    days: tuple[NamedDay, ...], finding: Finding, about: str
) -> None:
    found = findings(notice_2027(days))

    assert (finding, about) in [(each.finding, each.about) for each in found]


def test_the_report_names_each_day_that_turns_and_no_other() -> None:
    turned = changes(CALENDAR, AFTER, ISSUED)

    assert [(each.day.isoformat(), each.works, each.name) for each in turned[:3]] == [
        ("2027-02-05", False, "春节"),
        ("2027-02-08", False, "春节"),
        ("2027-02-09", False, "春节"),
    ]
    assert [each.day for each in turned if each.works] == [
        each.day for each in ISSUED.days if not each.off
    ]
    assert all(each.day.year == 2027 for each in turned)
    assert changes(AFTER, AFTER, ISSUED) == ()


def test_a_year_is_shown_day_by_day() -> None:
    off = ISSUED.notice("test").off
    names = {each.day: each.name for each in ISSUED.days}

    days = {each.day: each for each in year_of(AFTER, 2027, off, names)}

    assert len(days) == 365
    assert (days[date(2027, 2, 6)].kind, days[date(2027, 2, 6)].name) == (DayKind.OFF, "春节")
    assert days[date(2027, 2, 14)].kind is DayKind.MAKE_UP
    assert days[date(2027, 3, 6)].kind is DayKind.WEEKEND
    assert days[date(2027, 3, 1)].kind is DayKind.WORKED


NOTICE_DAYS = st.dictionaries(
    st.dates(date(2027, 1, 1), date(2027, 12, 31)), st.booleans(), min_size=1, max_size=40
)


@SOME
@given(NOTICE_DAYS, st.dates(date(2026, 12, 1), date(2027, 12, 1)), st.integers(1, 25))
def test_the_index_under_a_notice_agrees_with_looking_each_day_up(
    turned: dict[date, bool], day: date, n: int
) -> None:
    days = tuple(NamedDay(each, "x", off) for each, off in turned.items())
    calendar = load_calendar(DEFAULT_HOURS, 2026, 2028, [notice_2027(days).notice("test")])
    known = {each: not off for each, off in turned.items()}

    def works(each: date) -> bool:
        if each in known:
            return known[each]
        return CALENDAR.is_working_day(each) if each.year == 2026 else plainly(each)

    walked, left = day, n
    while left:
        walked = date.fromordinal(walked.toordinal() + 1)
        left -= works(walked)

    assert calendar.add_working_days(day, n) == walked


def plainly(day: date) -> bool:
    """Whether a day of a year is worked of which only weekends are off, by an imported notice."""
    if day.year == 2028:
        return CALENDAR.is_working_day(day)
    return day.weekday() < 5


@SOME
@given(NOTICE_DAYS)
def test_a_notice_read_from_its_own_lines_is_the_same(turned: dict[date, bool]) -> None:
    issued = notice_2027(tuple(NamedDay(each, "节", off) for each, off in turned.items()))

    assert notice_of_csv(csv_of(issued), HEADING).text == issued.text
    assert notice_of_json(holiday_json(issued), HEADING).text == issued.text


def test_a_range_that_runs_backwards_has_no_days() -> None:
    assert list(named_days(date(2027, 1, 2), date(2027, 1, 1), "x", off=True)) == []
