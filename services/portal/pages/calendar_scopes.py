"""Whose calendar a page shows: the node's own, a region's or a unit's; and how they are called."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages.rendering import door_here
from shared.http import NodeFacts
from shared.neighbours import Relation
from shared.regions import COUNTY_DIGITS, full_name_of

WHOSE = r"^(|r-[1-9][0-9]{1,11}|u-[A-Za-z0-9][A-Za-z0-9._-]{0,63})$"
"""Nobody in particular, a region, or a unit of this node."""
REGION, UNIT = "r-", "u-"

Group = tuple[str, Sequence[tuple[str, str]]]


class ScopeShown(BaseModel):
    """Who has days or hours of its own: a region, or a unit with that of its node."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    region: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """How regions and units are called; without a name they are shown by their code."""

    home: str
    units: Mapping[str, str]

    def of(self, scope: ScopeShown) -> str:
        """Return whose notice or calendar it is; empty for the country."""
        if not scope.unit:
            return self.region(scope.region) if scope.region else ""
        title = self.units.get(scope.unit, scope.unit) if scope.region == self.home else scope.unit
        return title if scope.region == self.home else f"{self.region(scope.region)} {title}"

    def region(self, place: str) -> str:
        """Return the name of a region by the digits of its code that count."""
        return full_name_of(place.ljust(COUNTY_DIGITS, "0")) or place

    def groups(self, scopes: Iterable[ScopeShown]) -> list[Group]:
        """Return the choices of whose calendar is shown, of those that have one."""
        known = list(scopes)
        regions = [(f"{REGION}{each.region}", self.of(each)) for each in known if not each.unit]
        units = [
            (f"{UNIT}{each.unit}", self.of(each))
            for each in known
            if each.unit and each.region == self.home
        ]
        return [("", [*regions, *units])] if regions or units else []

    def all_groups(self, node: NodeFacts) -> list[Group]:
        """Return the choices of for whom a local notice is: regions here and below, and units."""
        below = [
            (f"{REGION}{each.code}", each.name)
            for each in sorted(node.neighbours.values(), key=lambda one: one.code)
            if each.relation is Relation.BELOW
        ]
        here = (f"{REGION}{node.code}", self.region(node.code))
        units = [(f"{UNIT}{code}", title) for code, title in self.units.items()]
        return [("", [here, *below, *units])]


async def names_for(request: Request, home: str, *, wanted: bool) -> Names:
    """Return the names; units are looked up only where they are wanted."""
    titles = await run_in_threadpool(_titles, request) if wanted else {}
    return Names(home, titles)


def asked_of(whose: str) -> dict[str, str]:
    """Return what the API is asked for a choice."""
    if not whose:
        return {}
    return {"region" if whose.startswith(REGION) else "unit": whose[len(REGION) :]}


def _titles(request: Request) -> Mapping[str, str]:
    with door_here(request).unit.transaction() as db:
        return {unit.code: unit.title for unit in repository.units(db)}
