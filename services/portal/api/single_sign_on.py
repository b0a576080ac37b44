"""Sign in where the office already knows its people: the way to the provider, and back."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.portal import handlers
from services.portal.api.accounts import Ended, account_view
from services.portal.api.doors import PortalDoor, keep_session, visitor_of
from services.portal.api.sessions import SignedInView
from services.portal.handlers import Flow, Proven
from services.portal.policy import Refusal, identity_of
from services.portal.providers import CameBack, OpenId, ProviderAway, Unproven
from shared.errors import Refused
from shared.http import ApiRoute, Door
from shared.http.demands import Audience, open_to
from shared.http.door import address_of

router = APIRouter(route_class=ApiRoute)

BACK = "/desk/sso/back"
Word = Annotated[str, Field(repr=False), StringConstraints(min_length=1, max_length=4_000)]


class SsoStart(BaseModel):
    """Where the sign-in shall lead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    to: Annotated[str, StringConstraints(max_length=500)] = "/desk"


class SsoBegun(BaseModel):
    """Where the browser goes now; it must bring `flow` back within ten minutes."""

    address: str
    flow: str


class SsoReturn(BaseModel):
    """What the browser brought from the provider, and what it had kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    flow: Word
    code: Word
    state: Word
    iss: Annotated[str | None, StringConstraints(max_length=500)] = None


class SsoSignedInView(SignedInView):
    """A session has begun; `to` is where the person wanted to go."""

    to: str


@router.post("/sso")
@open_to(Audience.EVERYBODY, "to show who one is")
def begin_sso(body: SsoStart, door: PortalDoor, request: Request) -> SsoBegun:
    """Begin a sign-in at the provider of the office."""
    provider, now = _provider(request), door.now()
    try:
        begun = provider.begin(_back(door), now)
    except ProviderAway as error:
        raise Refused("sso_unavailable", str(error)) from error
    note = handlers.write_flow(door.keys, Flow(begun, body.to), now)
    return SsoBegun(address=begun.address, flow=note)


@router.post("/sso/sessions", status_code=201)
@open_to(Audience.EVERYBODY, "to show who one is")
def finish_sso(
    body: SsoReturn, door: PortalDoor, request: Request, answer: Response
) -> SsoSignedInView:
    """Begin a session for whom the provider has proven; the token is in the cookie."""
    provider, now = _provider(request), door.now()
    flow = handlers.read_flow(door.keys, body.flow, now)
    came = CameBack(body.code, body.state, body.iss)
    try:
        claims = provider.finish(flow.begun, came, _back(door), now)
    except ProviderAway as error:
        raise Refused("sso_unavailable", str(error)) from error
    except Unproven as error:
        raise Refused("sso_unproven", str(error)) from error
    identity = identity_of(claims, door.settings.claim_rules)
    if isinstance(identity, Refusal):
        raise Refused(identity)
    visitor = visitor_of(request, door, identity.login)
    session = claims.get("sid")
    visitor = replace(visitor, provider_session=session if isinstance(session, str) else None)
    proven = Proven(door.settings.sso_issuer, identity, visitor)
    with door.unit.transaction() as db:
        signed_in = handlers.sign_in_as(db, proven, door.node.code, now)
    keep_session(door, answer, signed_in.token)
    csrf = handlers.csrf_of(signed_in.token)
    return SsoSignedInView(account=account_view(signed_in.account), csrf=csrf, to=flow.to)


class LogoutBody(BaseModel):
    """What the provider sends."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    logout_token: Word


@router.post("/sso/logout")
@open_to(Audience.EVERYBODY, "the provider shows by its signature who it is")
def end_sso(body: LogoutBody, door: PortalDoor, request: Request, response: Response) -> Ended:
    """End the sessions of whom the provider has logged out, by a token that it signed."""
    response.headers["Cache-Control"] = "no-store"
    provider, now = _provider(request), door.now()
    try:
        told = provider.logged_out(body.logout_token, now)
    except ProviderAway as error:
        raise Refused("sso_unavailable", str(error)) from error
    except Unproven as error:
        door.unproven("session.end", "unproven", address_of(request.scope))
        raise Refused("sso_logout_unproven", str(error)) from error
    with door.unit.transaction() as db:
        ended = handlers.log_out(db, door.settings.sso_issuer, told, door.node.code, now)
    return Ended(ended=ended)


def _provider(request: Request) -> OpenId:
    provider: OpenId | None = request.app.state.sso
    if provider is None:
        raise Refused("sso_off")
    return provider


def _back(door: Door) -> str:
    return f"{door.node.public_url}{BACK}"
