"""By which channel somebody does something with a case that is registered already."""

from services.intake.api.cases import looked_up
from services.intake.handlers import Look
from services.intake.handlers.group_lead import lock_with_lead
from services.intake.handlers.group_withdrawn import lock_with_groups
from shared.errors import Refused
from shared.events.words import Channel
from shared.http import Door
from shared.security.actor import Actor, ActorKind, Role
from shared.security.channels import CHANNELS, PUBLIC_CHANNELS
from shared.security.policy import Action
from shared.unit import Work

USUAL = (
    (Role.HOTLINE_AGENT, Channel.HOTLINE),
    (Role.WINDOW_OFFICER, Channel.WINDOW),
    (Role.WINDOW_HEAD, Channel.WINDOW),
)
"""How people reach staff who do not say how they were reached."""


def channel_of(actor: Actor, told: Channel | None) -> Channel | None:
    """Return the channel that is noted; Refused for one by which the actor is not reached."""
    if actor.kind is ActorKind.CITIZEN:
        return _one_of(PUBLIC_CHANNELS, told or Channel.WEB)
    if actor.kind is not ActorKind.STAFF or told is None:
        return told or _usual(actor)
    reached = frozenset().union(*(CHANNELS.get(role, frozenset()) for role in actor.roles))
    return _one_of(reached, told)


def _usual(actor: Actor) -> Channel | None:
    return next((channel for role, channel in USUAL if role in actor.roles), None)


def _one_of(known: frozenset[str], told: Channel) -> Channel:
    if told not in known:
        raise Refused("not_your_channel", field="channel")
    return told


def looked_up_to_act(work: Work, door: Door, actor: Actor, number: str, action: Action) -> Look:
    """Return a case, locked with the lead of its group, to somebody who may do this to it."""
    found = looked_up(work, door, actor, number, action)
    lock_with_lead(work.db, found.case)
    return looked_up(work, door, actor, number, action)


def looked_up_to_withdraw(
    work: Work, door: Door, actor: Actor, number: str, action: Action
) -> Look:
    """Return a case in the same way, locked with all that is grouped with it."""
    found = looked_up(work, door, actor, number, action)
    lock_with_groups(work.db, found.case)
    return looked_up(work, door, actor, number, action)
