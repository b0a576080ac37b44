"""Views of the ledger over HTTP: kept, changed, deleted, and the one that comes first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints

from services.portal import handlers, repository
from services.portal.api.doors import PortalDoor
from services.portal.handlers import ViewOrder
from services.portal.policy.ledger import Asked, NotOfTheLedger
from services.portal.repository import KeptView
from shared.errors import Refused
from shared.http import ApiRoute, Door, ShortText, Who
from shared.http.demands import demands
from shared.security.actor import Actor
from shared.security.caller import Caller
from shared.security.policy import Action, Resource, may

router = APIRouter(prefix="/ledger-views", route_class=ApiRoute)

MOST_NAME = 40


class ViewBody(BaseModel):
    """A view: its name, who may use it, and the address of the ledger that it stands for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[ShortText, StringConstraints(max_length=MOST_NAME)]
    shared: Literal["own", "unit", "node"] = "own"
    asked: Annotated[str, StringConstraints(max_length=4_000)] = ""
    words: Annotated[str, StringConstraints(max_length=100, strip_whitespace=True)] = ""

    def order(self) -> ViewOrder:
        """Return it as the handlers take it; Refused where it asks for what there is not."""
        words = self.words.replace("\0", "")
        return ViewOrder(
            name=self.name, shared=self.shared, asked=ledger_of(self.asked), words=words
        )


class FirstBody(BaseModel):
    """With which view the ledger begins; null: with everything."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    view_id: UUID | None = None


class ViewView(BaseModel):
    """A view as its reader is answered."""

    model_config = ConfigDict(from_attributes=True)

    view_id: UUID
    name: str
    shared: str
    owner_name: str
    asked: str
    words: str
    changed_at: datetime
    is_own: bool = False

    @classmethod
    def of(cls, view: KeptView, actor: Actor) -> Self:
        """Return a view as one person sees it."""
        told = cls.model_validate(view)
        return told.model_copy(update={"is_own": view.owner == actor.id})


def ledger_of(code: str) -> Asked:
    """Return what a text asks of the ledger; Refused (`bad_ledger`) if it names what is none."""
    try:
        return Asked.parse(code)
    except NotOfTheLedger as error:
        raise Refused("bad_ledger", field=error.name) from error


@router.get("")
@demands(Action.DESK_READ)
def views(door: PortalDoor, actor: Who) -> Sequence[ViewView]:
    """List one's own views, and those that one's unit or the node shares."""
    _demand_desk(door, actor)
    with door.unit.transaction() as db:
        found = repository.views_for(db, actor.id, actor.unit)
    return [ViewView.of(each, actor) for each in found]


@router.put("/first", status_code=204)
@demands(Action.DESK_READ)
def begin_with(body: FirstBody, door: PortalDoor, actor: Who) -> None:
    """Say with which view one's ledger begins."""
    _demand_desk(door, actor)
    with door.unit.transaction() as db:
        handlers.begin_with(db, body.view_id, Caller(actor, door.now()))


@router.put("/{view_id}")
@demands(Action.DESK_READ, Action.LEDGER_SHARE)
def keep(view_id: UUID, body: ViewBody, door: PortalDoor, actor: Who) -> ViewView:
    """Keep a view under an id of one's choice, or write one's own anew."""
    _demand_sharing(door, actor, body.shared)
    with door.unit.transaction() as db:
        kept = handlers.put_view(db, view_id, body.order(), Caller(actor, door.now()))
    return ViewView.of(kept, actor)


@router.delete("/{view_id}", status_code=204)
@demands(Action.DESK_READ)
def drop(view_id: UUID, door: PortalDoor, actor: Who) -> None:
    """Delete one's own view, or one that is shared where one may share with the whole node."""
    _demand_desk(door, actor)
    here = Resource(node=door.node.code)
    tidies = may(actor, Action.LEDGER_SHARE, here).allowed
    with door.unit.transaction() as db:
        handlers.drop_view(db, view_id, Caller(actor, door.now()), tidies=tidies)


def _demand_desk(door: Door, actor: Actor) -> None:
    door.demand(actor, Action.DESK_READ, Resource(node=door.node.code, unit=actor.unit))


def _demand_sharing(door: Door, actor: Actor, shared: str) -> None:
    _demand_desk(door, actor)
    if shared == "unit":
        if actor.unit is None:
            raise Refused("no_unit_to_share", field="shared")
        door.demand(actor, Action.LEDGER_SHARE, Resource(node=door.node.code, unit=actor.unit))
    if shared == "node":
        door.demand(actor, Action.LEDGER_SHARE, Resource(node=door.node.code))
