"""The tiers below at one look: what each registered, has in hand, is late with, and asks of us."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from services.portal import repository
from services.portal.pages.days import NO_DAYS, days_below
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.language import later as _
from services.portal.pages.nodes import node_name
from services.portal.pages.rendering import door_here, page
from services.portal.pages.words import LAMPS
from services.portal.policy import day_of, is_below
from services.portal.repository import TierNumbers
from shared.errors import Refused
from shared.http import NodeFacts
from shared.http.demands import Audience, demands
from shared.neighbours import below
from shared.security.policy import Action, Resource, may

router = APIRouter()

WITHOUT_LAMP = "dark"
"""Of cases whose time has not begun."""
TITLES = (_("登记"), _("办结"), _("在办"), *LAMPS.values(), _("等本级答复"))


@dataclass(frozen=True, slots=True)
class Part:
    """One colour of a bar: where it begins and how wide it is, in percent."""

    lamp: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Tier:
    """One node below as the overview shows it; `depth` counts the listed ones it lies in."""

    name: str
    depth: int
    numbers: TierNumbers
    bar: Sequence[Part]


@router.get("/desk/below")
@demands(Action.BELOW_READ, audience=Audience.STAFF)
def overview(request: Request) -> Response:
    """Show the numbers of every tier below that anything is known of."""
    actor, door = staff_of(request), door_here(request)
    if not may(actor, Action.BELOW_READ, Resource(node=door.node.code)).allowed:
        raise Refused("not_allowed")
    with door.unit.transaction() as db:
        numbers = repository.tiers_below(db)
        days = days_below(db, door.node, day_of(door.now()))
    values = {"tools": tools_of(actor, door), **below_values(numbers, door.node), **days}
    return page(request, "desk/below.html", values)


def below_values(numbers: Sequence[TierNumbers], node: NodeFacts) -> dict[str, Any]:
    """Return what the overview shows; a neighbour of which nothing was heard has zeros."""
    known = {each.code: each for each in numbers}
    known = {each.code: TierNumbers(code=each.code) for each in below(node.neighbours)} | known
    most = max((each.open for each in known.values()), default=0)
    tiers = [_tier(known[code], list(known), most, node) for code in sorted(known)]
    return {**NO_DAYS, "tiers": tiers, "is_silent": not numbers, "titles": TITLES}


def _tier(numbers: TierNumbers, codes: Sequence[str], most: int, node: NodeFacts) -> Tier:
    return Tier(
        name=node_name(node, numbers.code),
        depth=sum(is_below(numbers.code, code) for code in codes),
        numbers=numbers,
        bar=_bar(numbers, most),
    )


def _bar(numbers: TierNumbers, most: int) -> Sequence[Part]:
    counts = {lamp: getattr(numbers, lamp) for lamp in LAMPS}
    counts[WITHOUT_LAMP] = max(0, numbers.open - sum(counts.values()))
    parts, start = list[Part](), 0.0
    for lamp, count in counts.items():
        width = 100 * count / (most or 1)
        if width:
            parts.append(Part(lamp, round(start, 2), round(width, 2)))
        start += width
    return parts
