"""Kannel's door: what its smsbox posts becomes the case that the same message makes at `/sms`.

smsbox posts the text; who wrote it stands in a header, and the gateway's own id of the message in
the address, which tells of nobody. It takes 200 and 202 for the end, sends anything else again
under the same id, and passes a text that it is answered on to the sender. So an answer is empty;
what the gateway or this node must put right is an error; what can never be a case is at its end at
once, and counted.
"""

from dataclasses import dataclass
from datetime import datetime
from email.message import Message as Headers
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import TypeAdapter, ValidationError

from services.intake.api.bodies import Phone
from services.intake.api.cases import IntakeDoor, take_down
from services.intake.api.channel_bodies import OutsideId
from services.intake.api.sms import SmsBody
from services.intake.policy.gateway import CHARSETS, Handed, came_at, spellings
from shared.errors import Refused
from shared.events.words import Channel
from shared.http import ApiRoute, Door, Who
from shared.http.demands import demands
from shared.http.text import readable
from shared.metrics import SMS_HANDED
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, may

router = APIRouter(route_class=ApiRoute)

TEXT, OCTETS = "text/plain", "application/octet-stream"
POSTED = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string"}} for kind in (TEXT, OCTETS)},
    }
}
"""For the API document: what is posted, which the endpoint reads itself."""
PHONE: TypeAdapter[str] = TypeAdapter(Phone)


def admitted(door: IntakeDoor, actor: Who) -> Actor:
    """Return who may hand messages on; others learn nothing of what is amiss with theirs."""
    resource = Resource(node=door.node.code, channel=Channel.SMS)
    door.demand(actor, Action.CASE_REGISTER, resource)
    return actor


async def posted(request: Request) -> bytes:
    """Return the body as it came."""
    return await request.body()


@dataclass(frozen=True)
class Message:
    """A message as smsbox posts it."""

    actor: Annotated[Actor, Depends(admitted)]
    body: Annotated[bytes, Depends(posted)]
    id: Annotated[OutsideId, Query(description="`%I`: the gateway's own id of the message")]
    x_kannel_from: Annotated[
        str, Header(min_length=1, max_length=40, description="Who wrote it: `send-sender = true`")
    ]
    x_kannel_time: Annotated[
        str, Header(max_length=40, description="When the network had it, in UTC")
    ] = ""
    content_type: Annotated[str, Header(max_length=100, include_in_schema=False)] = ""

    def kind(self) -> tuple[str, str]:
        """Return what the body is, and how signs are written in it; or refuse."""
        told = Headers()
        told["content-type"] = self.content_type
        kind, charset = told.get_content_type(), str(told.get_content_charset("utf-8"))
        is_text = kind == TEXT and charset in CHARSETS
        if not self.content_type or not (is_text or kind == OCTETS):
            raise Refused("gateway_body", field="body")
        return kind, charset

    def sender(self) -> str | None:
        """Return the telephone that it came from, if a person could be called back by it."""
        for told in spellings(self.x_kannel_from):
            try:
                return PHONE.validate_python(told)
            except ValidationError:
                continue
        return None

    def received_at(self, door: Door) -> datetime | None:
        """Return when the network had it, as far as the gateway may say so; None for now."""
        resource = Resource(node=door.node.code, channel=Channel.SMS)
        if not may(self.actor, Action.CASE_IMPORT, resource).allowed:
            return None
        return came_at(self.x_kannel_time, door.now())


@router.post("/sms/kannel", response_class=Response, openapi_extra=POSTED)
@demands(Action.CASE_REGISTER)
def take_from_kannel(door: IntakeDoor, message: Annotated[Message, Depends()]) -> Response:
    """Take a message down as a case, once for its id; the answer is empty, so none goes back."""
    became = _taken(door, message)
    SMS_HANDED.labels(node=door.node.code, outcome=became.value).inc()
    return Response(media_type="text/plain; charset=utf-8")


def _taken(door: Door, message: Message) -> Handed:
    kind, charset = message.kind()
    if kind == OCTETS:
        return Handed.BINARY
    text = readable(message.body.decode(charset, errors="replace"))
    sender = message.sender()
    if not text:
        return Handed.EMPTY
    if sender is None:
        return Handed.SENDER
    told = SmsBody(message_id=message.id, sender=sender, text=text)
    report = told.report(door.node.code, message.received_at(door))
    answer = take_down(report, door, message.actor, None)
    return Handed.KNOWN if answer.query_code is None else Handed.TAKEN
