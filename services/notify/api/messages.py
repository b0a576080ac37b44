"""What people were sent."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from services.notify import handlers
from services.notify.handlers import Reader, Shown, Wanted
from shared.errors import Refused
from shared.http import ApiRoute, Cursor, Door, Page, Who, cursor_after, door_of
from shared.http.demands import demands
from shared.http.paging import cursor_for
from shared.security.policy import Action, Resource

router = APIRouter(route_class=ApiRoute)

PER_PAGE = 50


class MessageAnswer(BaseModel):
    """A message; `text` is null unless it has arrived and this node lets it be read."""

    message_id: UUID
    case_id: UUID
    number: str
    purpose: str
    state: str
    masked_phone: str | None
    attempts: int
    provider: str
    last_error: str | None
    queued_at: datetime
    ended_at: datetime | None
    text: str | None

    @classmethod
    def of(cls, shown: Shown) -> Self:
        """Return a message as it is answered."""
        entry = shown.entry
        told = {name: getattr(entry, name) for name in cls.model_fields if hasattr(entry, name)}
        return cls(message_id=entry.id, text=shown.text, **told)


@router.get("/messages")
@demands(Action.MESSAGE_READ)
def list_messages(
    door: Annotated[Door, Depends(door_of("notify"))],
    actor: Who,
    response: Response,
    cursor: Cursor = None,
    case_id: Annotated[UUID | None, Query(description="Only messages about this case")] = None,
) -> Page[MessageAnswer]:
    """List messages, latest first."""
    door.demand(actor, Action.MESSAGE_READ, Resource(node=door.node.code))
    response.headers["Cache-Control"] = "no-store"
    wanted = Wanted(before(cursor), case_id, PER_PAGE)
    reader = Reader(actor, door.now(), door.keys if door.settings.show_texts else None)
    with door.unit.transaction() as db:
        shown = handlers.read_messages(db, wanted, reader)
    is_last = len(shown) < PER_PAGE
    last = None if is_last else shown[-1].entry
    following = cursor_for(last.queued_at.isoformat(), last.id) if last else None
    return Page(items=[MessageAnswer.of(each) for each in shown], next=following)


def before(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Return the moment and id after which a page begins."""
    key = cursor_after(cursor, 2)
    if key is None:
        return None
    try:
        return datetime.fromisoformat(key[0]), UUID(key[1])
    except ValueError as error:
        raise Refused("bad_cursor", field="cursor") from error
