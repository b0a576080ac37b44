"""Resets of accounts: one administrator proposes, another one approves."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.portal import handlers, repository
from services.portal.api.accounts import LoginText
from services.portal.api.doors import PortalDoor, demanded
from services.portal.handlers import Wish
from services.portal.policy import Lost, Reset
from shared.http import ApiRoute, ShortText, Who
from shared.http.demands import demands
from shared.security.policy import Action, Resource

router = APIRouter(prefix="/account-resets", route_class=ApiRoute)


class ResetBody(BaseModel):
    """Whose password or second factor shall begin anew, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    login: LoginText
    what: Lost
    reason: ShortText


class ResetView(BaseModel):
    """A proposal."""

    id: UUID
    login: str
    what: Lost
    reason: str
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime


class ApprovedReset(ResetView):
    """A proposal that was approved; a new password is told here and nowhere else."""

    one_time_password: Annotated[str | None, Field(repr=False)] = None
    password_expires_at: datetime | None = None


@router.post("", status_code=201)
@demands(Action.ACCOUNT_RECOVER)
def propose(body: ResetBody, door: PortalDoor, actor: Who) -> ResetView:
    """Propose a reset; the same proposal again is the one that waits already."""
    wish = Wish(body.login, body.what, body.reason)
    rights = demanded(door, actor, Action.ACCOUNT_RECOVER, body.login)
    with rights, door.unit.transaction() as db:
        return _view(handlers.propose(db, wish, actor, door.settings.resets, door.now()))


@router.get("")
@demands(Action.ACCOUNT_READ)
def waiting(door: PortalDoor, actor: Who) -> list[ResetView]:
    """List the proposals that wait for a second person."""
    door.demand(actor, Action.ACCOUNT_READ, Resource(door.node.code))
    with door.unit.transaction() as db:
        return [_view(reset) for reset in repository.open_resets(db, door.now())]


@router.post("/{reset_id}/approve")
@demands(Action.ACCOUNT_RECOVER)
def approve(reset_id: UUID, door: PortalDoor, actor: Who) -> ApprovedReset:
    """Approve somebody else's proposal for a third one; their sessions end."""
    rights = demanded(door, actor, Action.ACCOUNT_RECOVER)
    with rights, door.unit.transaction() as db:
        renewed = handlers.approve(db, reset_id, actor, door.settings.resets, door.now())
    return ApprovedReset(
        **_view(renewed.reset).model_dump(),
        one_time_password=renewed.one_time_password,
        password_expires_at=renewed.expires_at,
    )


@router.post("/{reset_id}/refuse")
@demands(Action.ACCOUNT_RECOVER)
def refuse(reset_id: UUID, door: PortalDoor, actor: Who) -> ResetView:
    """Turn a proposal down, or take the own one back."""
    with demanded(door, actor, Action.ACCOUNT_RECOVER), door.unit.transaction() as db:
        return _view(handlers.refuse(db, reset_id, actor, door.now()))


def _view(reset: Reset) -> ResetView:
    return ResetView.model_validate(reset, from_attributes=True)
