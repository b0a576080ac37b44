"""The endpoints of the room for links: each one inspected, and everything that was refused."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict

from services.link import handlers
from services.link.api.links import LinkView
from services.link.handlers import Inspection, RefusedOf
from services.link.repository.refusals import refusals_of
from shared.errors import Refused
from shared.events.words import Disclosure
from shared.http import ApiRoute, Cursor, Door, Page, Who, cursor_after, door_of
from shared.http.demands import demands
from shared.http.paging import MOST_PER_PAGE, cursor_for
from shared.security.key_file import CARD
from shared.security.policy import Action, Resource

router = APIRouter(route_class=ApiRoute)

LinkDoor = Annotated[Door, Depends(door_of("link"))]
Peer = Annotated[str, Path(max_length=6, description="The neighbour; `?` for an unknown sender")]


class RefusalView(BaseModel):
    """Something that was not believed: why, when, and the SM3 digest of it; never its content."""

    model_config = ConfigDict(from_attributes=True)

    reason: str
    digest: str
    at: datetime


class RefusedView(BaseModel):
    """What was refused of one sender: how often for which reason, and the latest, newest first."""

    model_config = ConfigDict(from_attributes=True)

    by_reason: dict[str, int]
    latest: list[RefusalView]


class InspectedLink(LinkView):
    """One link with all that is known of it here."""

    last_sent_at: datetime | None
    first_missing: int | None
    """Number of the first parcel of the neighbour that is missing, under its incarnation."""
    gap_since: datetime | None
    """When the first parcel came that waits for the missing one."""
    they_restored_at: datetime | None
    """When the neighbour was last found to have come back from a backup."""
    we_restored_at: datetime | None
    fingerprint: str
    """Of the neighbour's card."""
    believed_beside: list[str]
    """Fingerprints of its earlier cards, while they are believed beside it."""
    knows_next_since: datetime | None
    """Since when it is known to have this node's next card."""
    disclosure: Disclosure | None
    """What the lower end of the link lets the upper one see; null while it has not said so."""
    disclosed_since: datetime | None
    """Only cases that were registered from then on are shown; null for all."""
    refused_of: RefusedView

    @classmethod
    def inspected(cls, each: Inspection, knows_next_since: datetime | None) -> Self:
        """Return an inspected link as it is answered."""
        link, told = each.look.link, LinkView.of(each.look).model_dump()
        return cls(
            **told,
            last_sent_at=link.last_sent_at if link else None,
            first_missing=each.first_missing,
            gap_since=each.look.backlog.held_since,
            they_restored_at=link.they_restored_at if link else None,
            we_restored_at=link.restored_at if link else None,
            fingerprint=each.look.neighbour.fingerprint,
            believed_beside=list(each.look.neighbour.believed_beside),
            knows_next_since=knows_next_since,
            disclosure=each.rule.level if each.rule else None,
            disclosed_since=each.rule.since if each.rule else None,
            refused_of=RefusedView.model_validate(each.refused),
        )


class LinksInspected(BaseModel):
    """Every link of the node, its own fingerprint, and what came of unknown senders."""

    fingerprint: str
    next_fingerprint: str | None
    """Of the card that follows it, while its renewal is under way."""
    next_since: datetime | None
    links: list[InspectedLink]
    unknown: RefusedView


@router.get("/links/inspection")
@demands(Action.LINK_DETAIL_READ)
def inspection(door: LinkDoor, actor: Who) -> LinksInspected:
    """Show each link with its gaps, refusals, restores and the fingerprints of both cards."""
    door.demand(actor, Action.LINK_DETAIL_READ, Resource(node=door.node.code))
    pace, node = door.settings.pace, door.node
    own = handlers.OwnCards.of(door.keys, node.code)
    with door.unit.transaction() as db:
        found = handlers.inspect_links(db, node.neighbours, door.now(), pace)
        known = handlers.acknowledged(db, own, node.neighbours) if own.following else {}
        unknown: RefusedOf = handlers.refused_of(db)
    return LinksInspected(
        fingerprint=own.present.fingerprint,
        next_fingerprint=own.following.fingerprint if own.following else None,
        next_since=own.keys.made.get(CARD) if own.following else None,
        links=[
            InspectedLink.inspected(each, known.get(each.look.neighbour.code)) for each in found
        ],
        unknown=RefusedView.model_validate(unknown),
    )


@router.get("/links/{peer}/refusals")
@demands(Action.LINK_DETAIL_READ)
def refusals(peer: Peer, door: LinkDoor, actor: Who, cursor: Cursor = None) -> Page[RefusalView]:
    """List everything that was refused of a neighbour, the latest first."""
    door.demand(actor, Action.LINK_DETAIL_READ, Resource(node=door.node.code))
    before = _before(cursor)
    with door.unit.transaction() as db:
        found = refusals_of(db, peer, before, MOST_PER_PAGE + 1)
    shown = found[:MOST_PER_PAGE]
    following = cursor_for(shown[-1].position) if len(found) > MOST_PER_PAGE else None
    return Page(items=[RefusalView.model_validate(one) for one in shown], next=following)


def _before(cursor: str | None) -> int | None:
    key = cursor_after(cursor, 1)
    if key is None:
        return None
    if not key[0].isdecimal():
        raise Refused("bad_cursor", field="cursor")
    return int(key[0][:18])
