"""Notices: what somebody of staff was told, and that they have read it."""

from datetime import datetime
from typing import Self
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from services.portal.api.doors import Owner, PortalDoor
from services.portal.repository import notices as repository
from services.portal.repository.notices import Notice
from shared.errors import Refused
from shared.events.portal import NoticeKind
from shared.http import ApiRoute, Cursor, Page, cursor_after
from shared.http.demands import Audience, open_to
from shared.http.moments import Moment
from shared.http.paging import cursor_for

router = APIRouter(prefix="/notices", route_class=ApiRoute)

OWN = "they are one's own notices"
PER_PAGE = 30


class NoticeView(BaseModel):
    """A notice; `ref` is the meeting that it is about, `about_at` the moment that matters."""

    notice_id: UUID
    kind: NoticeKind
    number: str | None
    unit_name: str | None
    about_at: datetime | None
    ref: UUID | None
    told_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, notice: Notice) -> Self:
        """Return a notice as it is answered."""
        return cls(**{name: getattr(notice, name) for name in cls.model_fields})


class NoticesView(Page[NoticeView]):
    """A page of notices; `unread` counts all of them, up to 100."""

    unread: int


class ReadBody(BaseModel):
    """All that was told until a moment: what came later was not seen yet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    until: Moment


class ReadView(BaseModel):
    """How many notices were marked as read."""

    read: int


@router.get("")
@open_to(Audience.STAFF, OWN)
def notices(
    door: PortalDoor, actor: Owner, response: Response, cursor: Cursor = None
) -> NoticesView:
    """List one's own notices, the latest first."""
    response.headers["Cache-Control"] = "no-store"
    with door.unit.transaction() as db:
        found = repository.inbox(db, actor, _before(cursor), PER_PAGE + 1)
        unread = repository.unread(db, actor.id)
    shown = found[:PER_PAGE]
    more = len(found) > PER_PAGE
    following = cursor_for(shown[-1].told_at.isoformat(), shown[-1].notice_id) if more else None
    return NoticesView(items=list(map(NoticeView.of, shown)), next=following, unread=unread)


@router.post("/read")
@open_to(Audience.STAFF, OWN)
def read_all(body: ReadBody, door: PortalDoor, actor: Owner) -> ReadView:
    """Mark all of one's own notices as read that were told until a moment."""
    with door.unit.transaction() as db:
        return ReadView(read=repository.read(db, actor.id, None, body.until, door.now()))


@router.post("/{notice_id}/read")
@open_to(Audience.STAFF, OWN)
def read_one(notice_id: UUID, door: PortalDoor, actor: Owner) -> NoticeView:
    """Mark one of one's own notices as read."""
    with door.unit.transaction() as db:
        repository.read(db, actor.id, [notice_id], None, door.now())
        notice = repository.notice_of(db, actor, notice_id)
    if notice is None:
        raise Refused("not_found")
    return NoticeView.of(notice)


def _before(cursor: str | None) -> tuple[datetime, UUID] | None:
    key = cursor_after(cursor, 2)
    if key is None:
        return None
    try:
        return datetime.fromisoformat(key[0]), UUID(key[1])
    except ValueError as error:
        raise Refused("bad_cursor", field="cursor") from error
