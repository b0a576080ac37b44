"""The links to the tiers next to this one: do they carry, what waits, what to do about it."""

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


@router.get("/desk/links")
@demands(Action.LINK_READ, audience=Audience.STAFF)
async def links(request: Request) -> Response:
    """Show each link as it is now."""
    actor, door = staff_of(request), door_here(request)
    answer = await call(request, "GET", "/api/v1/links")
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "unavailable"))
    found = [Link.model_validate(each) for each in answer.body]
    return page(request, "desk/links.html", {"tools": tools_of(actor, door), **link_values(found)})


def link_values(links: list[Link]) -> dict[str, Any]:
    """Return what the page shows of the links; the tier above stands first."""
    ordered = sorted(links, key=lambda link: (link.relation != "above", link.peer))
    return {"links": ordered, "troubled": any(link.state not in CARRIES for link in links)}
