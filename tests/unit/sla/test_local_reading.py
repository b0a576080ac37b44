"""Local notices as they are read: days with spans, weeks with a range, and what makes no sense."""

from datetime import date, datetime

import pytest

from services.sla.policy import (
    BadNotice,
    Heading,
    notice_of_csv,
    notice_of_json,
    notice_of_rows,
)
from tests.unit.sla.local import (
    FESTIVAL,
    REGION,
)

HEADING = Heading(2026, FESTIVAL, scope=REGION)


LINES = """日期,名称,休班
2026-07-13~2026-07-14,那达慕,休
2026-07-18 那达慕 班
2026-03-09 妇女节 上班 9:00至12:00
2026-07-12 开放日 班 09:00-11:30 13:00–15:00
周六 上班 09:00-12:00 2026-03-01~
周一至周三、周五 上班 8:30-11:30 14:30-17:30 2026-06-01~2026-09-30
周日 休
"""


def test_days_spans_and_weeks_are_read_from_lines_and_from_json_alike() -> None:
    read = notice_of_csv(LINES, HEADING)

    assert str(read.days[0]) == "2026-03-09 on 妇女节 09:00-12:00"
    assert str(read.days[1]) == "2026-07-12 on 开放日 09:00-11:30,13:00-15:00"
    assert [str(row) for row in read.weeks] == [
        "week 6 09:00-12:00 2026-03-01..",
        "week 1,2,3,5 08:30-11:30,14:30-17:30 2026-06-01..2026-09-30",
        "week 7 off 2026-01-01..",
    ]
    assert notice_of_json(AS_JSON, Heading()).text == read.text


def test_a_sheet_holds_dates_where_people_type_them() -> None:
    rows = [
        (datetime(2026, 7, 13), "那达慕", "休"),  # noqa: DTZ001
        ("周六", "班", "09:00-12:00", datetime(2026, 3, 1), None),  # noqa: DTZ001
        ("周日", "休", date(2026, 3, 1)),
    ]

    read = notice_of_rows(rows, HEADING)

    assert [str(row) for row in read.weeks] == [
        "week 6 09:00-12:00 2026-03-01..",
        "week 7 off 2026-03-01..",
    ]


AS_JSON = f"""{{"year": 2026, "title": "{FESTIVAL}", "region": "15",
"days": [
  {{"date": "2026-07-13", "name": "那达慕", "isOffDay": true}},
  {{"date": "2026-07-14", "name": "那达慕", "isOffDay": true}},
  {{"date": "2026-07-18", "name": "那达慕", "isOffDay": false}},
  {{"date": "2026-03-09", "name": "妇女节", "isOffDay": false, "hours": "09:00-12:00"}},
  {{"date": "2026-07-12", "name": "开放日", "isOffDay": false, "hours": "09:00-11:30,13:00-15:00"}}
],
"weeks": [
  {{"weekdays": "周六", "hours": "09:00-12:00", "since": "2026-03-01"}},
  {{"weekdays": [1, 2, 3, 5], "hours": "08:30-11:30,14:30-17:30", "since": "2026-06-01",
    "until": "2026-09-30"}},
  {{"weekdays": "Sun", "hours": null}}
]}}"""


@pytest.mark.parametrize(
    ("lines", "code", "detail"),
    [
        ("2026-03-09 妇女节 班 12:00-09:00", "notice_hours", "1"),
        ("2026-03-09 妇女节 班 09:00-12:00 11:00-13:00", "notice_hours", "1"),
        ("2026-03-09 妇女节 班 上午", "notice_hours", "1"),
        ("2026-03-09 妇女节 休 09:00-12:00", "notice_hours_off", "2026-03-09"),
        ("周六 上班", "notice_line", "1"),
        ("周六 休 09:00-12:00", "notice_line", "1"),
        ("周六", "notice_line", "1"),
        ("1 休", "notice_line", "1"),
        ("周八 上班 09:00-12:00", "notice_line", "1"),
        ("周六 上班 09:00-12:00 2026-03-01~2026-02-01", "notice_week", "week 6"),
        ("周六 上班 09:00-12:00 2021-03-01~", "notice_day_far", "2021-03-01"),
        ("周六 上班 25:00-26:00", "notice_hours", "1"),
        ("\n".join(["周六 上班 09:00-12:00"] * 15), "notice_weeks", "14"),
    ],
)
def test_hours_that_make_no_sense_are_named_by_line_or_day(
    lines: str, code: str, detail: str
) -> None:
    with pytest.raises(BadNotice) as refused:
        notice_of_csv(lines, HEADING)

    assert refused.value.code == code
    assert refused.value.detail.startswith(detail)
