"""The ways in: which there are, who comes by them, and what a report says by each."""

from typing import Annotated, Self

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel

from services.intake.api.texts import language_asked
from services.intake.policy.channels import CHANNEL_ROWS, ChannelField, ChannelRow, Form
from shared.events.words import Channel
from shared.http import ApiRoute, Who
from shared.http.demands import Audience, open_to
from shared.security.actor import Actor, Role
from shared.security.channels import CHANNELS, PUBLIC_CHANNELS
from shared.security.policy import Action, Resource, may

router = APIRouter(route_class=ApiRoute)


class ChannelFieldAnswer(BaseModel):
    """One field that a channel takes, in `channel_fields` of a report."""

    name: str
    form: Form
    required: bool
    title: str
    hint: str

    @classmethod
    def of(cls, field: ChannelField, said: int) -> Self:
        """Return a field as it is answered; `said` is 0 for Chinese, 1 for English."""
        told = {"title": field.title[said], "hint": field.hint[said]}
        return cls(name=field.name, form=field.form, required=field.required, **told)


class ChannelAnswer(BaseModel):
    """One way in, and who may come by it."""

    channel: Channel
    anybody: bool
    """Without a token or an account."""
    roles: list[Role]
    scope: str
    """What the token of another system needs beside `case.register`."""
    mine: bool
    """Whether who asks may report so."""
    bodies_only: bool
    """The reporter is a body and gives its unified social credit code."""
    wants_photo: bool
    known_by: str | None
    """The field by which a report that is sent twice stays one case."""
    fields: list[ChannelFieldAnswer]

    @classmethod
    def of(cls, channel: Channel, row: ChannelRow, actor: Actor, said: int) -> Self:
        """Return a channel as it is answered to an actor."""
        about = Resource(node=actor.node, channel=channel)
        return cls(
            channel=channel,
            anybody=channel in PUBLIC_CHANNELS,
            roles=sorted(role for role, theirs in CHANNELS.items() if channel in theirs),
            scope=f"channel:{channel}",
            mine=may(actor, Action.CASE_REGISTER, about).allowed,
            bodies_only=row.for_bodies,
            wants_photo=row.wants_photo,
            known_by=row.known_by,
            fields=[ChannelFieldAnswer.of(field, said) for field in row.fields],
        )


class ChannelsAnswer(BaseModel):
    """All ways in."""

    channels: list[ChannelAnswer]


@router.get("/channels")
@open_to(Audience.EVERYBODY, "says nothing of a case")
def channels(
    actor: Who,
    response: Response,
    accept_language: Annotated[str, Header(description="en for English words")] = "",
) -> ChannelsAnswer:
    """List the ways in with their fields, for whoever makes a form."""
    response.headers["Vary"] = "Accept-Language"
    said = 1 if language_asked(accept_language) == "en" else 0
    rows = ((Channel(name), row) for name, row in CHANNEL_ROWS.items())
    return ChannelsAnswer(channels=[ChannelAnswer.of(*each, actor, said) for each in rows])
