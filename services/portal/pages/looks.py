"""Who looks at persons in the clear, and how often: for the audit administrator."""

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
NEAR = 0.8
"""From this part of a limit on, a line is marked."""


class Looker(BaseModel):
    """What one account did within a day, as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    login: str
    name: str
    looks_hour: int
    looks_day: int
    searches_day: int
    refused_day: int
    last_at: datetime


class Looks(BaseModel):
    """The whole answer."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    lookers: list[Looker]
    per_hour: int
    per_day: int


@router.get("/admin/looks")
@demands(Action.AUDIT_READ, audience=Audience.STAFF)
async def looks(request: Request) -> Response:
    """Show who looked at persons within a day."""
    actor, door = staff_of(request), door_here(request)
    answer = await call(request, "GET", "/api/v1/person-looks")
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "unavailable"))
    values = look_values(Looks.model_validate(answer.body))
    return page(request, "admin/looks.html", {"tools": tools_of(actor, door), **values})


def look_values(told: Looks) -> dict[str, Any]:
    """Return what the page shows; who is near a limit or was refused is marked."""
    unusual = {
        each.login
        for each in told.lookers
        if each.refused_day
        or each.looks_hour >= NEAR * told.per_hour
        or each.looks_day >= NEAR * told.per_day
    }
    return {"looks": told, "unusual": unusual}
