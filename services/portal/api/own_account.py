"""The own account: its password, its second factor, where it is signed in."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from services.portal import handlers, repository
from services.portal.api.accounts import AccountView, Ended, Password, account_view
from services.portal.api.doors import (
    Attempt,
    Owner,
    PortalDoor,
    account_rules,
    sign_in_rules,
    token_of,
    visitor_of,
)
from services.portal.api.sessions import Code
from services.portal.handlers import Failed, Keys, PasswordChange
from shared.errors import Refused
from shared.http import ApiRoute, Door
from shared.http.demands import Audience, open_to
from shared.http.door import address_of
from shared.security.actor import Actor

router = APIRouter(prefix="/account", route_class=ApiRoute)

OWN = "it is the own account"


class SecondFactorView(BaseModel):
    """Whether there is a second factor, and whether a role of the account asks for one."""

    confirmed_at: datetime | None
    recovery_codes_left: int
    required: bool


class OwnAccountView(AccountView):
    """The own account."""

    second_factor: SecondFactorView


class SessionView(BaseModel):
    """Where one is signed in."""

    id: UUID
    started_at: datetime
    seen_at: datetime
    address: str
    device: str
    current: bool
    """The session that asks."""


class PasswordBody(BaseModel):
    """The present password, and the one that shall take its place."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    present: Password
    password: Password


class ProofBody(BaseModel):
    """The present password once more, before something changes that guards the account."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    present: Password


class OfferView(BaseModel):
    """A secret for an authenticator app, told this once; a code of it confirms it."""

    secret: Annotated[str, Field(repr=False)]
    uri: Annotated[str, Field(repr=False)]


class RecoveryCodes(BaseModel):
    """Codes for the day on which the telephone is gone, each good once, told this once."""

    recovery_codes: Annotated[list[str], Field(repr=False)]


@router.get("")
@open_to(Audience.STAFF, OWN)
def own_account(door: PortalDoor, actor: Owner) -> OwnAccountView:
    """Return the own account."""
    with door.unit.transaction() as db:
        account = repository.account_of(db, actor.id)
        factor = repository.second_factor_of(db, actor.id)
        left = repository.recovery_codes_left(db, actor.id)
    if account is None:
        raise Refused("not_found")
    asking = door.settings.sessions(door.node.code).second_factor_roles
    seen = SecondFactorView(
        confirmed_at=factor.confirmed_at if factor else None,
        recovery_codes_left=left,
        required=not asking.isdisjoint(account.roles),
    )
    return OwnAccountView(**account_view(account).model_dump(), second_factor=seen)


@router.put("/password", status_code=204)
@open_to(Audience.STAFF, OWN)
def change_password(body: PasswordBody, door: PortalDoor, request: Request, actor: Owner) -> None:
    """Change the own password; other sessions end."""
    change = PasswordChange(
        actor=actor,
        session=handlers.token_hash(token_of(request)),
        present=body.present,
        wanted=body.password,
    )
    rules = account_rules(door)
    asked = handlers.asked_of(rules.password, actor.id, actor.name, *rules.place)
    failed = handlers.change_password(
        door.unit.transaction, change, asked, _keys(door, request, actor), door.now()
    )
    if failed is not None:
        raise _attempt(door, request).refusal(failed, Refused("wrong_password", field="present"))


@router.get("/sessions")
@open_to(Audience.STAFF, OWN)
def own_sessions(door: PortalDoor, request: Request, actor: Owner) -> list[SessionView]:
    """List where one is signed in, the last used first."""
    with door.unit.transaction() as db:
        found = handlers.sessions_of(
            db, actor.id, token_of(request), door.now(), door.settings.limits
        )
    return [SessionView.model_validate(each, from_attributes=True) for each in found]


@router.delete("/sessions/{session_id}", status_code=204)
@open_to(Audience.STAFF, OWN)
def end_own_session(session_id: UUID, door: PortalDoor, actor: Owner) -> None:
    """End one of the own sessions."""
    with door.unit.transaction() as db:
        handlers.end_own_session(db, actor, session_id, door.now())


@router.delete("/sessions")
@open_to(Audience.STAFF, OWN)
def end_other_sessions(door: PortalDoor, request: Request, actor: Owner) -> Ended:
    """End all own sessions but this one."""
    with door.unit.transaction() as db:
        ended = handlers.end_other_sessions(db, actor, token_of(request), door.now())
    return Ended(ended=ended)


@router.post("/second-factor", status_code=201)
@open_to(Audience.STAFF, OWN)
def offer_second_factor(
    body: ProofBody, door: PortalDoor, request: Request, actor: Owner
) -> OfferView:
    """Begin to set up a second factor; one that holds stays until the new one is confirmed."""
    found = handlers.proven(
        door.unit.transaction, actor, body.present, _keys(door, request, actor), door.now()
    )
    if isinstance(found, Failed):
        raise _attempt(door, request).refusal(found, Refused("wrong_password", field="present"))
    with door.unit.transaction() as db:
        offered = handlers.offer(db, door.keys, actor, door.node.name, door.now())
    return OfferView(secret=offered.secret, uri=offered.uri)


@router.post("/second-factor/confirmation", status_code=201)
@open_to(Audience.STAFF, OWN)
def confirm_second_factor(body: Code, door: PortalDoor, actor: Owner) -> RecoveryCodes:
    """Let the new second factor count, by a code of it."""
    with door.unit.transaction() as db:
        codes = handlers.confirm(db, door.keys, actor, body.code, door.now())
    return RecoveryCodes(recovery_codes=codes)


def _attempt(door: Door, request: Request) -> Attempt:
    return Attempt(door, "password.prove", address_of(request.scope))


def _keys(door: Door, request: Request, actor: Actor) -> Keys:
    return sign_in_rules(door).keys("own", actor.id, visitor_of(request, door, actor.id))
