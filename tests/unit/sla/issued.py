"""Notices for tests: one of a year that the package does not know, as it might be issued."""

import json
from datetime import date

from services.sla.policy import IssuedNotice, NamedDay
from services.sla.policy.issued import named_days

TITLE = "国务院办公厅关于2027年部分节假日安排的通知"


def days_2027() -> tuple[NamedDay, ...]:
    off = [
        *named_days(date(2027, 1, 1), date(2027, 1, 3), "元旦", off=True),
        *named_days(date(2027, 2, 5), date(2027, 2, 12), "春节", off=True),
        *named_days(date(2027, 4, 3), date(2027, 4, 5), "清明节", off=True),
        *named_days(date(2027, 5, 1), date(2027, 5, 5), "劳动节", off=True),
        *named_days(date(2027, 6, 9), date(2027, 6, 9), "端午节", off=True),
        *named_days(date(2027, 9, 15), date(2027, 9, 15), "中秋节", off=True),
        *named_days(date(2027, 10, 1), date(2027, 10, 7), "国庆节", off=True),
    ]
    worked = [
        NamedDay(date(2027, 2, 14), "春节", off=False),
        NamedDay(date(2027, 2, 20), "春节", off=False),
        NamedDay(date(2027, 5, 8), "劳动节", off=False),
        NamedDay(date(2027, 9, 26), "国庆节", off=False),
        NamedDay(date(2027, 10, 9), "国庆节", off=False),
    ]
    return (*off, *worked)


def notice_2027(days: tuple[NamedDay, ...] | None = None) -> IssuedNotice:
    return IssuedNotice(
        2027, TITLE, "国办发明电〔2026〕9号", date(2026, 11, 3), days or days_2027()
    )


def holiday_json(issued: IssuedNotice) -> str:
    """The public form: `{year, papers, days: [{name, date, isOffDay}]}`."""
    days = [
        {"name": each.name, "date": each.day.isoformat(), "isOffDay": each.off}
        for each in issued.days
    ]
    return json.dumps({"year": issued.year, "papers": ["https://www.gov.cn/x"], "days": days})
