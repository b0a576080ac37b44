"""The rota with sample data: a week with gaps and a substitute, a month, what was typed wrong."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from services.portal.pages.dates import CHINA
from services.portal.pages.rota import Beside
from services.portal.pages.rota_values import Told, rota_values
from shared.security.actor import Role
from tests.browser.facts import TOOLS, officer
from tests.browser.sample import Sample

NINE = datetime(2026, 3, 5, 1, 20, tzinfo=UTC)
MONDAY = date(2026, 3, 2)
NAMES = {"zhangwei": "张伟", "lina": "李娜", "wangqiang": "王强", "zhaomin": "赵敏"}
POSTS = (
    ("coordinator", "zwfw", "县政务服务中心"),
    ("chief_representative", "scjgj", "县市场监督管理局"),
    ("disposal_officer", "rsj", "县人力资源和社会保障局"),
)
LOCAL = {(0, 6): ["09:00", "12:00"], (0, 3): ["09:00", "12:00"], (2, 4): []}
"""What local notices say of weekdays: open on Saturday, half a day, closed."""
DISPATCHER, CLERK = officer(Role.DISPATCHER), officer(Role.WINDOW_OFFICER)


def _span(day: date, begins: int, ends: int) -> dict[str, str]:
    start = datetime.combine(day, time(), CHINA)
    hours = {"begins": begins, "ends": ends}
    return {name: (start + timedelta(hours=hour)).isoformat() for name, hour in hours.items()}


def _day(nth: int, post: int, day: date) -> dict[str, Any]:
    kind, unit, _title = POSTS[post]
    logins = list(NAMES)
    person, substitute = logins[(nth + post) % 4], logins[(nth + post + 1) % 4]
    local = LOCAL.get((post, day.isoweekday()))
    is_open = day.isoweekday() < 6 if local is None else bool(local)
    lacks = post == 1 and day.isoweekday() == 5
    away = person == "zhangwei" and post == 0 and is_open
    return {
        "kind": kind,
        "unit_code": unit,
        "day": day.isoformat(),
        "is_open": is_open,
        "person": person if is_open and not lacks else None,
        "substitutes": [substitute] if is_open and not lacks else [],
        "there": None if lacks or not is_open else substitute if away else person,
        "gaps": [_span(day, 9, 17)] if lacks else [],
        "local": local,
    }


def _told(first: date, days: int) -> Told:
    friday = MONDAY + timedelta(days=4)
    now = [
        {
            "kind": kind,
            "unit_code": unit,
            "unit_name": title,
            **_span(NINE.date(), 9, 17),
            "login": login,
            "name": NAMES.get(login or ""),
            "phone": "0564-8621234" if login else None,
            "instead_of": instead,
        }
        for (kind, unit, title), login, instead in zip(
            POSTS, ("lina", "wangqiang", None), ("张伟", None, None), strict=True
        )
    ]
    return Told.of(
        {
            "people": [
                {
                    "login": login,
                    "name": name,
                    "unit_code": "zwfw",
                    "duties": [kind for kind, _unit, _title in POSTS],
                    "active": True,
                }
                for login, name in NAMES.items()
            ],
            "posts": [
                {
                    "kind": kind,
                    "unit_code": unit,
                    "unit_name": title,
                    "opens": "09:00",
                    "closes": "17:00",
                    "weekdays": [1, 2, 3, 4, 5],
                    "open_on": [],
                    "closed_on": [],
                }
                for kind, unit, title in POSTS
            ],
            "days": [
                _day(nth, post, first + timedelta(days=nth))
                for post in range(len(POSTS))
                for nth in range(days)
            ],
            "absences": [
                {
                    "absence_id": "1",
                    "login": "zhangwei",
                    "ground": "病假",
                    **_span(NINE.date(), 0, 23),
                }
            ],
            "gaps": [
                {
                    "kind": "chief_representative",
                    "unit_code": "scjgj",
                    "unit_name": "县市场监督管理局",
                    **_span(friday, 9, 17),
                }
            ],
            "now": now,
            "ended": [
                {
                    "code": "old",
                    "title": "县食品药品监督管理局",
                    "valid_until": "2026-02-28",
                    "successor_titles": ["县市场监督管理局"],
                    "open_orders": 3,
                }
            ],
        }
    )


def _rota(told: Told, first: date, last: date, **asked: str) -> dict[str, Any]:
    beside = Beside(note="已标记不在岗，替补马上接替。")
    values = rota_values(told, asked, (first, last), NINE.astimezone(CHINA))
    return {
        **values,
        "tools": TOOLS,
        "writes": True,
        "moves": True,
        "beside": beside,
        "phones": [{"unit_code": "scjgj", "masked_phone": "139****1234"}],
        "units": [("zwfw", "县政务服务中心"), ("scjgj", "县市场监督管理局")],
    }


def _week(**asked: str) -> dict[str, Any]:
    return _rota(_told(MONDAY, 7), MONDAY, MONDAY + timedelta(days=6), **asked)


def _month() -> dict[str, Any]:
    first, last = date(2026, 3, 1), date(2026, 3, 31)
    return _rota(_told(first, 31), first, last, month="2026-03", of="coordinator/zwfw")


EDITED = {"post": "chief_representative/scjgj", "day": "2026-03-06"}
WRONG = Beside(
    "day",
    {"person": "lina", "substitute_1": "lina", "substitute_2": ""},
    {"substitute_1": "同一个人在一个班次里只能出现一次。"},
)
NOTHING = {
    "people": (),
    "posts": (),
    "days": (),
    "gaps": (),
    "absences": (),
    "now": (),
    "ended": (),
}
ROTA_SAMPLES: Mapping[str, Sample] = {
    "rota_week": Sample("desk/rota.html", _week(), DISPATCHER, "/desk/rota"),
    "rota_month": Sample("desk/rota.html", _month(), DISPATCHER, "/desk/rota"),
    "rota_wrong": Sample(
        "desk/rota.html", _week(**EDITED) | {"beside": WRONG}, DISPATCHER, "/desk/rota"
    ),
    "rota_away": Sample("desk/rota.html", _week(away="zwfw/zhangwei"), DISPATCHER, "/desk/rota"),
    "rota_read": Sample(
        "desk/rota.html",
        _week() | {"writes": False, "moves": False, "beside": Beside()},
        CLERK,
        "/desk/rota",
    ),
    "rota_empty": Sample(
        "desk/rota.html",
        _rota(Told.of(NOTHING), MONDAY, MONDAY + timedelta(days=6)) | {"beside": Beside()},
        DISPATCHER,
        "/desk/rota",
    ),
}
