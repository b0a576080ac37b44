"""The board of limits and the wall, with sample data."""

from datetime import datetime, timedelta
from typing import Any

from services.portal.pages.outlook import AT, NUMBERS
from services.portal.pages.outlook_values import Known, outlook_values
from services.portal.pages.wall import AT as WALL
from services.portal.pages.wall import SECONDS
from services.portal.policy import Ended, Past, Running, ages_at, days_from, hours_from
from services.portal.repository import ListKind, ListScope, Outlook, OutlookScope, Sight
from shared.security.actor import Role
from tests.browser.facts import NOW
from tests.browser.record_samples import FRONT_OFFICE, somebody
from tests.browser.sample import Sample

SUPERVISOR = somebody(Role.SUPERVISOR)
UNITS = {
    "RSJ": "县人力资源和社会保障局",
    "ZRZYJ": "县自然资源和规划局（不动产登记中心）",
    "SCJGJ": "县市场监督管理局",
    "": "",
}
HOURS = hours_from(NOW)
ASKED = OutlookScope(
    scope=ListScope(kind=ListKind.OPEN, sight=Sight()),
    below=None,
    spans=[*HOURS, *days_from(HOURS[-1].until, lambda day: day.weekday() < 5)],
    ages=ages_at(NOW),
)
PAST = Past(
    [
        Ended(unit="RSJ", kind="resolve", step=45, missed=False, count=34),
        Ended(unit="RSJ", kind="resolve", step=0, missed=True, count=6),
        Ended(unit="SCJGJ", kind="contact", step=55, missed=False, count=88),
        Ended(unit="SCJGJ", kind="contact", step=0, missed=True, count=2),
    ]
)


def running(unit: str, kind: str, hours: int, due_in: int) -> Running:
    begun = NOW - timedelta(hours=hours)
    return Running(unit=unit, kind=kind, started_at=begun, due_at=NOW + timedelta(hours=due_in))


def found(at: datetime = NOW) -> Outlook:
    """A busy morning."""
    return Outlook(
        at=at,
        lamps={"green": 41, "yellow": 12, "red": 7, "": 3},
        units={
            "RSJ": {"green": 18, "yellow": 6, "red": 5},
            "ZRZYJ": {"green": 14, "yellow": 4, "red": 2},
            "SCJGJ": {"green": 9, "yellow": 2},
            "": {"": 3},
        },
        kinds={
            "public_service": {"green": 30, "yellow": 7, "red": 5},
            "licence": {"green": 11, "yellow": 5, "red": 2},
            "": {"": 3},
        },
        clocks={
            "citizen": {"green": 40, "yellow": 9, "red": 4},
            "contact": {"green": 3, "yellow": 6, "red": 1},
            "resolve": {"green": 36, "yellow": 8, "red": 6},
        },
        holders={},
        turning={
            "yellow": [n % 4 for n in range(len(ASKED.spans))],
            "red": [(n * 5) % 3 for n in range(len(ASKED.spans))],
        },
        late=[3, 2, 1, 1, 0],
        running=[
            *(running("RSJ", "resolve", 60, hours) for hours in (3, 9, 20, 40, 60)),
            *(running("SCJGJ", "contact", 4, hours) for hours in (2, 5)),
            running("", "citizen", 50, 20),
        ],
    )


def _known(*, leads: bool) -> Known:
    link = (lambda cell: f"/desk?view=open&cell={cell.code}") if leads else None
    return Known(units=UNITS, nodes={}, past=PAST, link=link, link_below=None)


def _desk(shown: Outlook) -> Sample:
    told: dict[str, Any] = {"tools": FRONT_OFFICE | {"wall": True}}
    told |= {"numbers_at": NUMBERS, "stream_at": f"{AT}/stream"}
    values = told | outlook_values(shown, ASKED, _known(leads=True))
    return Sample("desk/outlook.html", values, SUPERVISOR, AT)


def _wall(look: str, other: str) -> Sample:
    told = {"look": look, "other": other, "here": WALL, "seconds": SECONDS}
    values = told | outlook_values(found(), ASKED, _known(leads=False))
    return Sample("wall.html", values, SUPERVISOR, WALL)


EMPTY = Outlook(
    at=NOW,
    lamps={},
    units={},
    kinds={},
    clocks={},
    holders={},
    turning={"yellow": [0] * len(ASKED.spans), "red": [0] * len(ASKED.spans)},
    late=[0] * len(ASKED.ages),
    running=[],
)
OUTLOOK_SAMPLES = {
    "desk_outlook": _desk(found()),
    "desk_outlook_none": _desk(EMPTY),
    "wall": _wall("light", "dark"),
    "wall_dark": _wall("dark", "light"),
}
