"""The node's keys: which there are, how far a renewal is, renew one, take an old one out of use.

Keys seal what all services hold, so the composition root does the work and portal is the door.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict

from services.portal.api.doors import PortalDoor
from shared.http import ApiRoute, Who
from shared.http.demands import demands
from shared.security.key_room import KeyRoom, KeysState
from shared.security.policy import Action, Resource

router = APIRouter(route_class=ApiRoute)


class RotationBody(BaseModel):
    """Which key is renewed: the one that wraps data keys, or the one of the search by person."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: Literal["wrapping", "index"]


async def _room(request: Request) -> KeyRoom:
    room: KeyRoom = request.app.state.key_room
    return room


Room = Annotated[KeyRoom, Depends(_room)]
Name = Annotated[str, Path(pattern=r"^(\d{1,9}|index)$", description="A key's name, or index")]


@router.get("/keys")
@demands(Action.KEY_READ)
def keys(door: PortalDoor, room: Room, actor: Who) -> KeysState:
    """Tell which keys the node has and how far a renewal is."""
    door.demand(actor, Action.KEY_READ, Resource(door.node.code))
    return room.state()


@router.post("/keys/rotate")
@demands(Action.KEY_ROTATE)
def rotate(body: RotationBody, door: PortalDoor, room: Room, actor: Who) -> KeysState:
    """Make a new key the current one; what the old one sealed is sealed anew in the background."""
    door.demand(actor, Action.KEY_ROTATE, Resource(door.node.code))
    return room.rotate(body.what, actor, door.now())


@router.post("/keys/{name}/retire")
@demands(Action.KEY_ROTATE)
def retire(name: Name, door: PortalDoor, room: Room, actor: Who) -> KeysState:
    """Destroy an old key; refused while anything may still need it."""
    door.demand(actor, Action.KEY_ROTATE, Resource(door.node.code))
    return room.retire(name, actor, door.now())
