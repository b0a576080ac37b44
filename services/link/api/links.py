"""The endpoints that say how each link is doing, and the anchors of audits."""

from datetime import date, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.link import handlers
from services.link.handlers import AnchorState, Look
from services.link.policy import LinkState
from shared.http import ApiRoute, Door, Who, door_of
from shared.http.demands import demands
from shared.neighbours import Relation
from shared.security.policy import Action, Resource

router = APIRouter(prefix="/api/v1", tags=["link"], route_class=ApiRoute)


class LinkView(BaseModel):
    """The link to one neighbour; `oldest_at` is when the oldest unreceipted parcel was posted."""

    peer: str
    name: str
    tier: str
    relation: Relation
    state: LinkState
    last_heard_at: datetime | None
    unsent: int
    unreceipted: int
    oldest_at: datetime | None
    held: int
    """Parcels that wait for one that is missing."""
    refused: int
    restored_at: datetime | None
    """When this side or the neighbour was last found to have come back from a backup."""

    @classmethod
    def of(cls, look: Look) -> Self:
        """Return a link as it is answered."""
        neighbour, link, backlog = look.neighbour, look.link, look.backlog
        restored = [] if link is None else [link.restored_at, link.they_restored_at]
        return cls(
            peer=neighbour.code,
            name=neighbour.name,
            tier=neighbour.tier,
            relation=neighbour.relation,
            state=look.state,
            last_heard_at=link.last_heard_at if link else None,
            unsent=backlog.unsent,
            unreceipted=backlog.unreceipted,
            oldest_at=backlog.oldest_at,
            held=backlog.held,
            refused=backlog.refused,
            restored_at=max((at for at in restored if at is not None), default=None),
        )


class AnchorView(BaseModel):
    """How the anchors of one node's audits do: this one's, or those of a node below."""

    node: str
    number: int | None
    """Of the last one; null before the first."""
    day: date | None
    kept_at: datetime | None
    seals: dict[str, int]
    """Service → the last seal that it holds."""
    contradicts: str | None
    """Schema and seal where the last one does not fit those before it."""
    contradictions: int
    """How many there were within seven days."""
    answered: bool | None
    """Whether the tier above has it; null of a node below, and where nobody is above."""

    @classmethod
    def of(cls, state: AnchorState) -> Self:
        """Return the state of a node's anchors as it is answered."""
        last = state.last
        return cls(
            node=state.node,
            number=last.number if last else None,
            day=last.day if last else None,
            kept_at=state.kept_at,
            seals={schema: seq for schema, (seq, _) in last.heads.items()} if last else {},
            contradicts=state.contradicts,
            contradictions=state.contradictions,
            answered=state.answered,
        )


@router.get("/anchors")
@demands(Action.AUDIT_READ)
def anchors(door: Annotated[Door, Depends(door_of("link"))], actor: Who) -> list[AnchorView]:
    """Show the last anchor of this node's audits, and of each node below."""
    door.demand(actor, Action.AUDIT_READ, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        states = handlers.anchor_states(db, door.node.code, door.node.neighbours, door.now())
    return [AnchorView.of(state) for state in states]


@router.get("/links")
@demands(Action.LINK_READ)
def links(door: Annotated[Door, Depends(door_of("link"))], actor: Who) -> list[LinkView]:
    """Show the link to each neighbour, the tier above first."""
    door.demand(actor, Action.LINK_READ, Resource(node=door.node.code))
    pace = door.settings.pace
    with door.unit.transaction() as db:
        looks = handlers.look_at_links(db, door.node.neighbours, door.now(), pace)
    return [LinkView.of(look) for look in looks]
