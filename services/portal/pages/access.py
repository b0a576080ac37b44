"""Who may do what: the policy's own tables, for those who answer for it to read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from services.portal.pages.access_words import GROUPS, REACHES
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here, page
from services.portal.pages.words import CHANNELS as CHANNEL_WORDS
from services.portal.pages.words import ROLES
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.security.actor import APART, Role
from shared.security.channels import CHANNELS, PUBLIC_CHANNELS
from shared.security.policy import (
    CITIZEN_ACTIONS,
    GRANTS,
    Action,
    Resource,
    may,
)

router = APIRouter()

BY_CHANNEL = "by_channel"
"""Registering hangs on the way in which something is reported, not on a unit."""


@dataclass(frozen=True, slots=True)
class Line:
    """One action, and how far each role may go with it; None is not at all."""

    action: Action
    title: str
    reaches: Mapping[Role, str | None]
    citizen: bool
    """Whether the person of a case may, with the own case."""


@dataclass(frozen=True, slots=True)
class Section:
    """Some actions under a heading."""

    title: str
    lines: Sequence[Line]


@router.get("/admin/access")
@demands(Action.ACCESS_READ, audience=Audience.STAFF)
def access(request: Request, role: str = "") -> Response:
    """Show what every role may, or what one of them may."""
    actor, door = staff_of(request), door_here(request)
    if not may(actor, Action.ACCESS_READ, Resource(node=door.node.code)).allowed:
        raise Refused("not_allowed")
    values = {"tools": tools_of(actor, door), **access_values(role)}
    return page(request, "admin/access.html", values)


def access_values(chosen: str = "") -> dict[str, Any]:
    """Return what the page shows: all roles side by side, or one by itself."""
    role = Role(chosen) if chosen in set(Role) else None
    sections = [
        Section(group.title, [_line(action, words[0]) for action, words in group.actions.items()])
        for group in GROUPS
    ]
    return {
        "role": role,
        "sections": [_only(section, role) for section in sections] if role else sections,
        "reaches": {reach.value: words[0] for reach, words in REACHES.items()}
        | {BY_CHANNEL: _("按来源")},
        "apart": [ROLES[each] for each in sorted(APART)],
        "channels": {each: _channels(each) for each in Role},
        "public": [CHANNEL_WORDS[each] for each in sorted(PUBLIC_CHANNELS)],
    }


def _line(action: Action, title: str) -> Line:
    reaches: dict[Role, str | None] = {role: GRANTS[role].get(action) for role in Role}
    if action is Action.CASE_REGISTER:
        reaches = {role: BY_CHANNEL if role in CHANNELS else None for role in Role}
    return Line(action, title, reaches, action in CITIZEN_ACTIONS)


def _only(section: Section, role: Role) -> Section:
    return Section(section.title, [each for each in section.lines if each.reaches[role]])


def _channels(role: Role) -> list[str]:
    return [CHANNEL_WORDS[each] for each in CHANNEL_WORDS if each in CHANNELS.get(role, ())]
