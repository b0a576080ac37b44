"""What the embedded SMS provider sent, shown as the telephones that would have received it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool

from services.portal.pages.calling import call
from services.portal.pages.catalogue import unit_choices
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here, page
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.security.policy import Action

router = APIRouter()

STATES = {
    "queued": _("等待发送"),
    "sending": _("正在发送"),
    "delivered": _("已送达"),
    "failed": _("没有送达"),
}
DUTY = "/api/v1/duty-messages"
REFUSALS = {401: "not_signed_in", 403: "not_allowed", 400: "bad_cursor"}


class Message(BaseModel):
    """One message as the API lists it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: str
    purpose: str
    state: str
    masked_phone: str | None
    queued_at: datetime
    ended_at: datetime | None
    text: str | None


class Rung(BaseModel):
    """What a duty telephone was told, or will be."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    unit_code: str
    text: str
    told_at: datetime
    state: str
    next_at: datetime


@dataclass(frozen=True, slots=True)
class Phone:
    """A pretended telephone: what one number was sent about one case, the latest first."""

    to: str
    number: str
    messages: list[Message]


@router.get("/desk/messages")
@demands(Action.MESSAGE_READ, audience=Audience.STAFF)
async def messages(request: Request, cursor: str = "") -> Response:
    """Show the latest messages by telephone."""
    actor, door = staff_of(request), door_here(request)
    path = f"/api/v1/messages?cursor={quote(cursor)}" if cursor else "/api/v1/messages"
    answer = await call(request, "GET", path)
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "unavailable"))
    sent = [Message.model_validate(item) for item in answer.body["items"]]
    rung = await call(request, "GET", DUTY) if not cursor else None
    known: dict[str, Any] = {
        "rung": [Rung.model_validate(one) for one in rung.body["items"]]
        if rung and rung.ok
        else [],
        "titles": dict(await run_in_threadpool(unit_choices, door)),
        "phones": by_phone(sent),
        "more": answer.body["next"],
        "states": STATES,
        "tools": tools_of(actor, door),
    }
    return page(request, "desk/messages.html", known)


def by_phone(messages: list[Message]) -> list[Phone]:
    """Group messages by telephone and case, in the order of the latest of each."""
    boxes: defaultdict[tuple[str, str], list[Message]] = defaultdict(list)
    for message in messages:
        boxes[message.masked_phone or "—", message.number].append(message)
    return [Phone(to, number, found) for (to, number), found in boxes.items()]
