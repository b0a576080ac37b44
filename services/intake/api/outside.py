"""The files of a case that an outside party was shown, for whoever has shown its link."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from services.intake import handlers
from services.intake.api.cases import IntakeDoor
from shared.errors import Refused
from shared.http import ApiRoute, Who
from shared.http.demands import demands
from shared.http.files import handed_out
from shared.security.actor import Actor, ActorKind, file_scope
from shared.security.caller import Caller
from shared.security.policy import Action, Resource

router = APIRouter(prefix="/outside/case-files", route_class=ApiRoute)


async def _asked(actor: Who) -> Actor:
    if actor.kind is ActorKind.ANONYMOUS:
        raise Refused("not_signed_in")
    if actor.kind is not ActorKind.OUTSIDE:
        raise Refused("link_needed")
    return actor


Party = Annotated[Actor, Depends(_asked)]


class ShownFile(BaseModel):
    """A file as a party sees it: what it is called and who sent it may name a person."""

    file_id: UUID
    kind: str
    bytes: int


@router.get("")
@demands(Action.OUTSIDE_ANSWER)
def list_shown(door: IntakeDoor, actor: Party) -> list[ShownFile]:
    """List the files of the case that the unit has chosen for this party."""
    with door.unit.transaction() as db:
        found = handlers.files_shown(db, Caller(actor, door.now()))
    return [
        ShownFile(file_id=each.attachment_id, kind=each.kind, bytes=each.bytes) for each in found
    ]


@router.get("/{file_id}", response_class=Response)
@demands(Action.OUTSIDE_ANSWER)
def read_shown(file_id: UUID, door: IntakeDoor, actor: Party) -> Response:
    """Hand one of them out under a name that names nobody; it is written down."""
    about = Resource(node=door.node.code, case_id=actor.case_id, file_id=file_id)
    if file_scope(file_id) not in actor.scopes:
        raise Refused("unknown_file", field="file_id")
    with door.unit.transaction() as db:
        withheld = actor.case_id is not None and handlers.is_withheld(db, actor.case_id)
        door.demand(actor, Action.ATTACHMENT_READ, replace(about, withheld=withheld))
        safe = door.safe
        file = handlers.open_shown(db, safe, file_id, Caller(actor, door.now()))
    return handed_out(file.kind, f"file.{file.kind}", file.data)
