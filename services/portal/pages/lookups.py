"""Names offered while somebody types: items, units and places, by signs, pinyin or its initials.

Items that came to this window more often in the last months stand first. Without scripts the
whole list is there to choose from.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum, unique
from functools import cache
from threading import Lock

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages.forms import read_form
from services.portal.pages.keepsake import keep_a_year
from services.portal.pages.places import places
from services.portal.pages.rendering import TYPING_COOKIE, door_here, page
from services.portal.pages.spelling import readable
from services.portal.policy import day_of
from services.portal.policy.matching import MOST_TYPED, Named, Names
from services.portal.repository import Edition, Months, UnitCard
from shared.http import Door
from shared.http.demands import Audience, open_to

router = APIRouter()

MOST_SHOWN = 10
MOST_ITEMS = 20_000
LATELY = timedelta(days=90)
NEVER: Mapping[str, int] = {}


@unique
class Sort(StrEnum):
    """What is looked for."""

    ITEMS = "items"
    UNITS = "units"
    EVERY_UNIT = "every-unit"
    """Also those that get nothing any more, to look for what was theirs."""
    PLACES = "places"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The names of one edition, and how often each item came lately when it was read."""

    edition: Edition
    items: Names
    units: Mapping[Sort, Names]
    often: Mapping[str, int]


@dataclass(slots=True)
class Lookups:
    """Of one node: its catalogue made ready to be found, once for each edition in a process."""

    _made: Catalogue | None = None
    _making: Lock = field(default_factory=Lock)

    def catalogue(self, edition: Edition, make: Callable[[], Catalogue]) -> Catalogue:
        """Return the names of an edition; who comes while they are made waits for them."""
        with self._making:
            if self._made is None or self._made.edition != edition:
                self._made = make()
            return self._made


@router.post("/suggest/{sort}")
@open_to(Audience.EVERYBODY, "items, units and places are public; nothing typed is kept")
async def suggest(request: Request, sort: Sort) -> Response:
    """Show what fits what is typed so far."""
    form = await read_form(request)
    typed = form.get("typed")[: MOST_TYPED * 4]
    found = await run_in_threadpool(_found, request, door_here(request), sort, typed)
    answer = page(request, "parts/suggestions.html", {"found": found})
    if request.cookies.get(TYPING_COOKIE) != "yes":
        keep_a_year(request, answer, TYPING_COOKIE, "yes")
    return answer


def _found(request: Request, door: Door, sort: Sort, typed: str) -> Sequence[Named]:
    if sort is Sort.PLACES:
        return _places(door.node.code).find(typed, NEVER, MOST_SHOWN)
    lookups: Lookups = request.app.state.lookups
    with door.unit.transaction() as db:
        edition = repository.edition(db)
        made = lookups.catalogue(edition, lambda: _catalogue(db, door, edition))
    if sort is Sort.ITEMS:
        return made.items.find(typed, made.often, MOST_SHOWN)
    return made.units[sort].find(typed, NEVER, MOST_SHOWN)


def _catalogue(db: Connection, door: Door, edition: Edition) -> Catalogue:
    units = repository.units(db)
    titles = {unit.code: unit.title for unit in units}
    items = [
        readable(item.code, item.title, titles.get(item.unit_code, ""))
        for item in repository.items(db, "", MOST_ITEMS)
    ]
    today = day_of(door.now())
    often = repository.cases_of_items(db, Months(today - LATELY, today))
    every = repository.units(db, active_only=False)
    named = {Sort.UNITS: _named(units), Sort.EVERY_UNIT: _named(every)}
    return Catalogue(edition, Names(items), named, often)


def _named(units: Sequence[UnitCard]) -> Names:
    return Names([readable(unit.code, unit.title) for unit in units])


@cache
def _places(home: str) -> Names:
    named = [
        readable(code, title, str(group))
        for group, options in places(home)
        for code, title in options
    ]
    return Names(named)
