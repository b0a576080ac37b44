"""The pages of the working calendar, with sample data."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.portal.pages.beside import Beside
from services.portal.pages.calendar_month import month_values
from services.portal.pages.calendar_scopes import Names, ScopeShown
from services.portal.pages.calendar_shown import (
    Change,
    DayShown,
    Found,
    HandShown,
    Moved,
    NoticeDay,
    Notices,
    NoticeShown,
    Progress,
    Report,
    WeekShown,
    YearShown,
)
from services.portal.pages.calendars import notice_values, rights, whose_values, year_values
from services.portal.pages.calling import Answer
from services.sla.policy import DEFAULT_HOURS, changes, year_of
from services.sla.repository.calendar import load_calendar
from shared.security.actor import Actor, Role
from tests.browser.facts import NODE, NOW, NUMBER, TOOLS
from tests.browser.record_samples import somebody
from tests.browser.sample import Sample
from tests.unit.sla.issued import notice_2027

ISSUED = notice_2027()
BEFORE = load_calendar(DEFAULT_HOURS)
AFTER = load_calendar(DEFAULT_HOURS, notices=[ISSUED.notice("sample")])
CASE = UUID(int=7)
ID, OWN = UUID(int=1), UUID(int=2)
ADMINISTRATOR = somebody(Role.SYSTEM_ADMINISTRATOR)
SUPERVISOR = somebody(Role.SUPERVISOR)
OFFICE = dict.fromkeys(TOOLS, False) | {"admin": True, "roles": "系统管理员"}


def hand(days: float, name: str, by: str = "somebody") -> HandShown:
    return HandShown(by=by, name=name, at=NOW - timedelta(days=days))


def notice(**changed: Any) -> NoticeShown:
    days = [NoticeDay(date=each.day, name=each.name, off=each.off) for each in ISSUED.days]
    told: dict[str, Any] = {
        "notice_id": ID,
        "year": ISSUED.year,
        "title": ISSUED.title,
        "number": ISSUED.number,
        "issued_on": ISSUED.issued_on,
        "days": days,
        "digest": "9f" * 32,
        "source": "file",
        "from_node": None,
        "state": "reviewed",
        "drafted": hand(2, "王系统"),
        "reviewed": hand(1, "王系统"),
        "signed": None,
        "ended": None,
        "reason": None,
        "contradicts": None,
    }
    return NoticeShown(**{**told, **changed})


def year(number: int = 2027, *, provisional: bool = False) -> YearShown:
    calendar = BEFORE if provisional else AFTER
    off = frozenset(each.day for each in ISSUED.days if each.off)
    names = {} if provisional else {each.day: each.name for each in ISSUED.days}
    days = year_of(calendar, number, frozenset() if provisional else off, names)
    return YearShown(
        year=number,
        provisional=provisional,
        source="statutory" if provisional else "notice",
        notice_id=None if provisional else ID,
        title="" if provisional else ISSUED.title,
        digest="",
        calendar_version=calendar.version,
        working_days=248,
        opens=str(DEFAULT_HOURS),
        days=[DayShown(day=each.day, kind=each.kind, name=each.name) for each in days],
    )


SCOPES = [ScopeShown(region="341523"), ScopeShown(region="341523", unit="SCJGJ")]
NAMES = Names("341523", {"SCJGJ": "县市场监督管理局", "XZFB": "县政府办公室"})
LOCALLY = {
    date(2027, 2, 5): ("off", "火把节", ""),
    date(2027, 2, 26): ("short", "系统升级", "09:00-12:00"),
    date(2027, 2, 27): ("opening", "集中办理日", "08:30-11:30,14:30-17:30"),
    date(2027, 2, 13): ("worked", "", "09:00-12:00"),
}


def locally(shown: YearShown) -> YearShown:
    """The calendar of a unit: a day off, a half day, an opening, and Saturdays."""
    days = []
    for day in shown.days:
        kind, name, hours = LOCALLY.get(day.day, (day.kind, day.name, ""))
        about: dict[str, Any] = {"kind": kind, "name": name, "hours": hours}
        about |= {"notice_id": OWN, "notice": LOCAL_TITLE} if day.day in LOCALLY else {}
        days.append(day.model_copy(update=about))
    whose = {"region": "341523", "unit": "SCJGJ", "home": "341523", "scopes": SCOPES}
    return shown.model_copy(update={"days": days, **whose})


LOCAL_TITLE = "关于调整窗口服务时间的通知"
PROGRESS = Progress(
    notice_id=ID, to_examine=18_200, examined=12_500, moved=12_031, started_at=NOW, ended_at=None
)
REPORT = Report(
    was_provisional=True,
    changes=[
        Change(day=each.day, works=each.works, name=each.name)
        for each in changes(BEFORE, AFTER, ISSUED)
    ],
    findings=[
        Found(finding="holiday_short", about="端午", count=0, expected=1),
        Found(finding="days_uneven", about="2027", count=12, expected=13),
        Found(finding="make_up_on_weekday", about="2027-03-01", count=0, expected=0),
    ],
    running=18_200,
    examined=18_200,
    moves={"citizen": {"later": 8_120, "fixed": 311}, "resolve": {"later": 9_001, "earlier": 2}},
    stays=3,
    cases=[
        Moved(
            case_id=CASE,
            kind="citizen",
            unit_code=None,
            due_before=NOW,
            due_at=NOW + timedelta(days=7),
        ),
        Moved(case_id=OWN, kind="resolve", unit_code="SCJGJ", due_before=NOW, due_at=NOW),
    ],
)
QUIET = REPORT.model_copy(
    update={"findings": [], "changes": [], "moves": {}, "stays": 0, "cases": None}
)


def whose(shown: YearShown, chosen: str = "") -> dict[str, Any]:
    return {**whose_values(shown, NAMES, chosen), "for_whom": NAMES.all_groups(NODE)}


def room(template: str, values: dict[str, Any], actor: Actor, **more: Any) -> Sample:
    known = {
        "tools": OFFICE,
        "note": "",
        "beside": Beside(),
        "can": rights(actor, NODE.code),
        "scope": "",
        **whose(YEAR),
        **values,
        **more,
    }
    return Sample(f"admin/{template}.html", known, actor, "/admin/calendar")


def one(
    actor: Actor, report: Report | None, progress: Progress | None = None, **changed: Any
) -> Sample:
    shown = notice(**changed)
    values = notice_values(shown, report, progress, {CASE: NUMBER})
    return room("calendar_notice", values, actor, scope=NAMES.of(shown.scope))


YEAR = year()
LOCAL = locally(YEAR)
WEEKS = [
    WeekShown(weekdays=[6], hours="09:00-12:00", since=date(2027, 1, 1)),
    WeekShown(
        weekdays=[1, 2, 3, 4, 5],
        hours="08:30-11:30,14:30-17:30",
        since=date(2027, 6, 1),
        until=date(2027, 9, 30),
    ),
]
LISTED = [
    notice(title=LOCAL_TITLE, region="341523", unit="SCJGJ", state="signed"),
    notice(),
    notice(notice_id=OWN, state="signed", signed=hand(0.5, "赵督办")),
    notice(state="arrived", from_node="341500", reviewed=None),
    notice(state="rejected", ended=hand(0.2, "赵督办"), reason="请等国务院办公厅的通知"),
]
WRONG = Beside(
    "draft",
    {"content": "2027-02-30 春节 休", "title": "关于节假日安排的通知"},
    {"content": "第 1 行看不懂。"},
    status=422,
)
TRIED = {
    **{"due_date": "2027-02-17", "provisional": False, "limit_title": "", "digest": "9f" * 32},
    "trace": [
        {
            "zh": "从 2027-02-04 算起，当天不算",
            "en": "Counted from 2027-02-04, which does not count",
        },
        {
            "zh": "2027-02-05 到 2027-02-12 春节放假，不算",
            "en": "2027-02-05 to 2027-02-12 are days off and do not count",
        },
        {"zh": "2027-02-14 调休上班，算一天", "en": "2027-02-14 is a make-up day and counts"},
    ],
}
LOCAL_CHANGES = [
    Change(day=day, works=kind != "off", name=name, hours=hours)
    for day, (kind, name, hours) in LOCALLY.items()
]
CALENDAR_SAMPLES = {
    "admin_calendar_month": room(
        "calendar_month",
        month_values(year(), date(2027, 2, 1), {"clock": "resolve"}, Answer(200, TRIED)),
        ADMINISTRATOR,
    ),
    "admin_calendar_month_unit": room(
        "calendar_month",
        {
            **month_values(LOCAL, date(2027, 2, 1), {"clock": "resolve"}, None),
            **whose(LOCAL, "u-SCJGJ"),
        },
        ADMINISTRATOR,
    ),
    "admin_calendar_month_wrong": room(
        "calendar_month",
        month_values(
            year(provisional=True),
            date(2027, 10, 1),
            {"start": "2900-01-01T09:00"},
            Answer(
                422,
                {
                    "errors": [
                        {
                            "field": "start",
                            "zh": "这个时间不在日历里。",
                            "en": "This time is outside the calendar.",
                        }
                    ]
                },
            ),
        ),
        ADMINISTRATOR,
    ),
    "admin_calendar": room(
        "calendar",
        {
            **year_values(LOCAL, Notices(items=LISTED, progress=PROGRESS), 2026),
            **whose(LOCAL, "u-SCJGJ"),
        },
        ADMINISTRATOR,
    ),
    "admin_calendar_provisional": room(
        "calendar",
        year_values(year(provisional=True), Notices(), 2027),
        ADMINISTRATOR,
        beside=WRONG,
    ),
    "admin_calendar_review": one(SUPERVISOR, REPORT),
    "admin_calendar_local": one(
        SUPERVISOR,
        QUIET.model_copy(update={"changes": LOCAL_CHANGES}),
        title=LOCAL_TITLE,
        region="341523",
        unit="SCJGJ",
        weeks=WEEKS,
    ),
    "admin_calendar_mine": one(
        ADMINISTRATOR, QUIET, drafted=hand(2, "李", ADMINISTRATOR.id), state="drafted"
    ),
    "admin_calendar_above": one(
        SUPERVISOR, QUIET, state="arrived", from_node="341500", contradicts=OWN
    ),
    "admin_calendar_signed": one(
        SUPERVISOR, None, PROGRESS, state="signed", signed=hand(0, "赵督办")
    ),
}
