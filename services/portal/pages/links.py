"""The links to the tiers next to this one: do they carry, what waits, what to do about it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from services.portal.pages.calling import call
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.rendering import door_here, page
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.security.policy import Action

router = APIRouter()

REFUSALS = {401: "not_signed_in", 403: "not_allowed"}
CARRIES = frozenset({"up"})


class Link(BaseModel):
    """One link as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    peer: str
    name: str
    tier: str
    relation: str
    state: str
    last_heard_at: datetime | None = None
    unsent: int = 0
    unreceipted: int = 0
    oldest_at: datetime | None = None
    """When the oldest was posted that the neighbour has not receipted."""
    held: int = 0
    """Arrived, and wait for one before them that is missing."""
    refused: int = 0
    """Arrived, and were not believed."""
    restored_at: datetime | None = None
    """When this side or the neighbour last came back from a backup."""


class Entry(BaseModel):
    """A case of which this node and a neighbour tell the custody otherwise."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: str
    holder_here: str | None = None
    holder_there: str | None = None


class Ledger(BaseModel):
    """How the ledger of custody shared with a neighbour does, as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    peer: str
    compared_at: datetime | None = None
    count: int = 0
    differences: list[Entry] = []


@router.get("/desk/links")
@demands(Action.LINK_READ, audience=Audience.STAFF)
async def links(request: Request) -> Response:
    """Show each link as it is now."""
    actor, door = staff_of(request), door_here(request)
    answer = await call(request, "GET", "/api/v1/links")
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "unavailable"))
    found = [Link.model_validate(each) for each in answer.body]
    told = await call(request, "GET", "/api/v1/custody")
    ledgers = [Ledger.model_validate(each) for each in (told.body if told.ok else ())]
    values = link_values(found, ledgers)
    return page(request, "desk/links.html", {"tools": tools_of(actor, door), **values})


def link_values(links: list[Link], ledgers: Sequence[Ledger] = ()) -> dict[str, Any]:
    """Return what the page shows of the links; the tier above stands first."""
    return {
        "links": sorted(links, key=lambda link: (link.relation != "above", link.peer)),
        "ledgers": {ledger.peer: ledger for ledger in ledgers},
        "troubled": any(link.state not in CARRIES for link in links),
    }
