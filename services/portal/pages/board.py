"""The board on the wall: how the house stands, readable from five metres, open to everybody."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from services.portal import repository
from services.portal.pages.days import NO_DAYS, days_below
from services.portal.pages.language import later as _
from services.portal.pages.language import listed, say
from services.portal.pages.rendering import door_here, page
from services.portal.pages.words import LAMPS, STATUSES
from services.portal.policy import day_of
from services.portal.repository import BoardNumbers
from shared.http.demands import Audience, open_to
from shared.neighbours import below

router = APIRouter()

CONTENT = 3
"""From this level on a rating counts as satisfied (基本满意 included)."""
MOST_UNITS = 12


@dataclass(frozen=True, slots=True)
class Tile:
    """One number and how it moves."""

    title: str
    value: str
    unit: str
    trend: str


@dataclass(frozen=True, slots=True)
class Bar:
    """How many cases are in one status; `share` of the fullest in percent."""

    code: str
    n: int
    share: int


@router.get("/board")
@open_to(Audience.EVERYBODY, "numbers, and nothing about any single case")
def board(request: Request) -> Response:
    """Show the numbers of the node as they are now."""
    door = door_here(request)
    with door.unit.transaction() as db:
        numbers = repository.board(db, door.now())
        days = days_below(db, door.node, day_of(door.now())) if below(door.node.neighbours) else {}
    return page(request, "board.html", board_values(numbers) | days)


def board_values(numbers: BoardNumbers) -> dict[str, Any]:
    """Return what the board shows of its numbers."""
    urgent = sorted(numbers.units, key=lambda unit: (-unit.red, -unit.yellow, -unit.open))
    return {
        **NO_DAYS,
        "board": numbers,
        "tiles": _tiles(numbers),
        "units": urgent[:MOST_UNITS],
        "states": _bars(numbers),
        "summary": listed(
            say(_("{lamp} {n} 件")).format(lamp=say(word), n=numbers.by_lamp.get(code, 0))
            for code, word in LAMPS.items()
        ),
    }


def _tiles(numbers: BoardNumbers) -> list[Tile]:
    today, days = numbers.today, numbers.days
    yesterday = days[-2] if len(days) > 1 else today
    finished = sum(day.finished for day in days)
    rated = sum(numbers.by_level.values())
    content = sum(n for level, n in numbers.by_level.items() if level >= CONTENT)
    return [
        Tile(_("现在在办"), str(numbers.open), _("件"), _waiting(numbers)),
        Tile(_("今天登记"), str(today.registered), _("件"), _yesterday(yesterday.registered)),
        Tile(_("今天办结"), str(today.finished), _("件"), _yesterday(yesterday.finished)),
        Tile(
            _("按时办结"),
            *_percent(sum(day.on_time for day in days), finished),
            say(_("近 14 天办结 {n} 件")).format(n=finished),
        ),
        Tile(_("群众满意"), *_percent(content, rated), say(_("共评价 {n} 次")).format(n=rated)),
        *_avoided(numbers),
    ]


def _avoided(numbers: BoardNumbers) -> list[Tile]:
    told = sum(day.avoided for day in numbers.days)
    if not told:
        return []
    return [
        Tile(
            _("看案例就解决了"),
            str(told),
            _("人次"),
            say(_("近 14 天，今天 {n} 人次")).format(n=numbers.today.avoided),
        )
    ]


def _yesterday(count: int) -> str:
    return say(_("昨天 {n} 件")).format(n=count)


def _waiting(numbers: BoardNumbers) -> str:
    pooled = numbers.by_status.get("pooled", 0) + numbers.by_status.get("returned", 0)
    return say(_("等待派单 {n} 件")).format(n=pooled)


def _percent(part: int, whole: int) -> tuple[str, str]:
    return (f"{100 * part // whole}", "%") if whole else ("—", "")


def _bars(numbers: BoardNumbers) -> list[Bar]:
    most = max(numbers.by_status.values(), default=0) or 1
    present = [(code, numbers.by_status.get(code, 0)) for code in STATUSES]
    return [Bar(code, n, 100 * n // most) for code, n in present if n]
