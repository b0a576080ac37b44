"""Duty telephones of units, and what they were told."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from services.notify import handlers
from services.notify.api.messages import PER_PAGE, before
from services.notify.repository import duty as repository
from services.notify.repository.duty import DutyMessage, DutyPhone
from shared.http import ApiRoute, Code, Cursor, Door, Page, Who, door_of
from shared.http.demands import demands
from shared.http.mobiles import Mobile
from shared.http.paging import cursor_for
from shared.security.caller import Caller
from shared.security.policy import Action, Resource

router = APIRouter(route_class=ApiRoute)

NotifyDoor = Annotated[Door, Depends(door_of("notify"))]


class DutyPhoneBody(BaseModel):
    """The duty telephone of a unit; null takes it away."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    phone: Mobile | None = Field(repr=False)


class DutyPhoneView(BaseModel):
    """That a unit has a duty telephone."""

    unit_code: str
    masked_phone: str
    changed_at: datetime

    @classmethod
    def of(cls, phone: DutyPhone) -> Self:
        """Return a telephone as it is answered."""
        return cls(**{name: getattr(phone, name) for name in cls.model_fields})


class DutyPhonesView(BaseModel):
    """All duty telephones."""

    items: list[DutyPhoneView]


class DutyMessageView(BaseModel):
    """What a duty telephone was told, or will be at `next_at`; the text names nobody."""

    id: UUID
    unit_code: str
    kind: str
    text: str
    told_at: datetime
    state: str
    attempts: int
    next_at: datetime
    last_error: str | None
    ended_at: datetime | None

    @classmethod
    def of(cls, message: DutyMessage) -> Self:
        """Return a message as it is answered."""
        return cls(**{name: getattr(message, name) for name in cls.model_fields})


@router.get("/duty-telephones")
@demands(Action.ROTA_READ)
def duty_telephones(door: NotifyDoor, actor: Who) -> DutyPhonesView:
    """List which units have a duty telephone."""
    door.demand(actor, Action.ROTA_READ, Resource(node=door.node.code, unit=actor.unit))
    with door.unit.transaction() as db:
        return DutyPhonesView(items=list(map(DutyPhoneView.of, repository.phones(db))))


@router.put("/duty-telephones/{unit}", status_code=204)
@demands(Action.ROTA_WRITE)
def put_duty_telephone(
    unit: Annotated[Code, Path()], body: DutyPhoneBody, door: NotifyDoor, actor: Who
) -> None:
    """Give a unit a duty telephone that rings for what it is told, or take it away."""
    door.demand(actor, Action.ROTA_WRITE, Resource(node=door.node.code, unit=unit))
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        handlers.list_phone(work.db, door.keys, unit, body.phone, caller)
        work.speak()


@router.get("/duty-messages")
@demands(Action.MESSAGE_READ)
def duty_messages(
    door: NotifyDoor, actor: Who, response: Response, cursor: Cursor = None
) -> Page[DutyMessageView]:
    """List what duty telephones were told, latest first."""
    door.demand(actor, Action.MESSAGE_READ, Resource(node=door.node.code))
    response.headers["Cache-Control"] = "no-store"
    with door.unit.transaction() as db:
        found = repository.latest(db, before(cursor), actor, PER_PAGE)
    last = None if len(found) < PER_PAGE else found[-1]
    following = cursor_for(last.told_at.isoformat(), last.id) if last else None
    return Page(items=list(map(DutyMessageView.of, found)), next=following)
