"""Where it fails before it comes to this window: items and their owners, ranked (N15).

Items are ranked, never people: the page reads rollups, in which no case stands.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from services.portal import repository
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here, page
from services.portal.policy import NOT_GOVERNMENT, day_of
from services.portal.repository import ItemLoad, Months
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.security.policy import Action
from shared.security.reach import Within, within

router = APIRouter()

HERE = "/desk/causes"
SPANS: Mapping[int, str] = {1: _("本月"), 3: _("近三个月"), 12: _("近一年")}
USUAL = 3
MOST = 50
OUTSIDE = _("目录里没有的事")
NOBODY = _("没有承办单位")


@dataclass(frozen=True, slots=True)
class Cause:
    """One line: an item, or a unit with all of its items."""

    title: str
    owner: str
    cases: int
    share: int
    """Of all cases of the span, in percent."""
    width: float
    """Of the longest bar, in percent."""
    tries: str
    """In vain for each case, before it came here."""
    again: int
    before: int
    """Cases in as many months just before."""

    @property
    def trend(self) -> str:
        """How it moves against the months before."""
        if self.cases == self.before:
            return _("持平")
        return (
            f"↑ {self.cases - self.before}"
            if self.cases > self.before
            else (f"↓ {self.before - self.cases}")
        )


@dataclass(frozen=True, slots=True)
class Guided:
    """A ground on which people were told no, and shown where to go."""

    ground: str
    cases: int
    is_government: bool


@router.get(HERE)
@demands(Action.REPORT_READ, audience=Audience.STAFF)
def causes(request: Request, months: str = "") -> Response:
    """Rank the items that could not be done elsewhere, and the units that own them."""
    actor, door = staff_of(request), door_here(request)
    reach = within(actor, Action.REPORT_READ, door.node.code)
    if reach.nothing:
        raise Refused("not_allowed")
    span = int(months) if months in map(str, SPANS) else USUAL
    today = day_of(door.now())
    with door.unit.transaction() as db:
        found = repository.load_of_items(db, Months(back(today, span - 1), today))
        past = Months(back(today, 2 * span - 1), back(today, span))
        before = repository.cases_of_items(db, past)
        guided = repository.guided_by_ground(db, Months(back(today, span - 1), today))
    loads, told_no = read_by(reach, found, guided)
    values = {"tools": tools_of(actor, door), "span": span, "spans": SPANS, "here": HERE}
    values |= guided_values(told_no)
    return page(request, "desk/causes.html", values | cause_values(loads, before))


def read_by(
    reach: Within, found: Sequence[ItemLoad], guided: Mapping[str, int]
) -> tuple[Sequence[ItemLoad], Mapping[str, int]]:
    """Return what of it somebody reads: a unit of its own items, and of nobody who was told no.

    That is said by the window, and no matter of one unit.
    """
    if reach.everything:
        return found, guided
    return [load for load in found if load.unit == reach.unit], {}


def back(day: date, months: int) -> date:
    """Return the first day of a month so many months before that of a day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


def cause_values(loads: Sequence[ItemLoad], before: Mapping[str, int]) -> dict[str, Any]:
    """Return what the page shows: items, their owners, and how many cases in all."""
    total, of_units = sum(load.cases for load in loads), _of_units(loads)
    unit_of = {load.code: load.unit for load in loads}
    past = Counter[str]()
    for code, n in before.items():
        past[unit_of.get(code, "")] += n
    return {
        "total": total,
        "items": [_line(load, loads[0].cases, total, before.get(load.code, 0)) for load in loads][
            :MOST
        ],
        "owners": [_line(load, of_units[0].cases, total, past[load.unit]) for load in of_units][
            :MOST
        ],
        "left": max(0, len(loads) - MOST),
    }


def guided_values(guided: Mapping[str, int]) -> dict[str, Any]:
    """Return what the page shows of those who were told no: matters of nobody apart (S4-14)."""
    ranked = sorted(guided.items(), key=lambda each: (-each[1], each[0]))
    return {
        "guided": [Guided(ground, n, ground not in NOT_GOVERNMENT) for ground, n in ranked],
        "apart": sum(n for ground, n in ranked if ground in NOT_GOVERNMENT),
    }


def _line(load: ItemLoad, most: int, total: int, before: int) -> Cause:
    return Cause(
        title=load.title or OUTSIDE,
        owner=load.unit_title or NOBODY,
        cases=load.cases,
        share=round(100 * load.cases / total),
        width=round(100 * load.cases / most, 1),
        tries=f"{load.tries / load.cases:.1f}",
        again=load.again,
        before=before,
    )


def _of_units(loads: Sequence[ItemLoad]) -> list[ItemLoad]:
    merged = dict[str, ItemLoad]()
    for load in loads:
        known = merged.get(load.unit)
        merged[load.unit] = ItemLoad(
            code="",
            title=load.unit_title or NOBODY,
            unit=load.unit,
            unit_title=load.unit_title,
            cases=load.cases + (known.cases if known else 0),
            tries=load.tries + (known.tries if known else 0),
            again=load.again + (known.again if known else 0),
        )
    return sorted(merged.values(), key=lambda load: (-load.cases, load.unit))
