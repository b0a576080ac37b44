"""Sign in and out."""

from math import ceil
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.portal import handlers
from services.portal.api.accounts import AccountView, account_view
from services.portal.api.doors import PortalDoor
from services.portal.handlers import SESSION_COOKIE, Credentials, Failed, SignInRules
from shared.errors import Refused
from shared.http import ApiRoute, Door, ShortText
from shared.http.demands import Audience, open_to

router = APIRouter(route_class=ApiRoute)


class SignIn(BaseModel):
    """Login and password; wrong ones are counted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    login: Annotated[ShortText, StringConstraints(max_length=64)]
    password: Annotated[str, Field(repr=False), StringConstraints(min_length=1, max_length=200)]


class SignedInView(BaseModel):
    """A session has begun; its token is in the cookie, `csrf` goes into every form."""

    account: AccountView
    csrf: str


@router.post("/sessions", status_code=201)
@open_to(Audience.EVERYBODY, "to show who one is")
def begin_session(
    body: SignIn, door: PortalDoor, request: Request, answer: Response
) -> SignedInView:
    """Sign in; the session's token is set as a cookie that no script can read."""
    claimed = Credentials(body.login, body.password, _address(request))
    with door.unit.transaction() as db:
        outcome = handlers.sign_in(db, claimed, door.now(), _rules(door))
    if isinstance(outcome, Failed):
        raise _refusal(outcome)
    answer.set_cookie(
        SESSION_COOKIE,
        outcome.token,
        max_age=door.settings.session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=door.node.public_url.startswith("https:"),
    )
    return SignedInView(
        account=account_view(outcome.account), csrf=handlers.csrf_of(outcome.token)
    )


@router.delete("/sessions", status_code=204)
@open_to(Audience.EVERYBODY, "ends no session but the own")
def end_session(door: PortalDoor, request: Request, answer: Response) -> None:
    """Sign out; done twice it is still done."""
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        with door.unit.transaction() as db:
            handlers.sign_out(db, token)
    answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")


def _rules(door: Door) -> SignInRules:
    settings = door.settings
    return SignInRules(
        door.node.code,
        settings.patience_with_account,
        settings.patience_with_address,
        door.keys.keyed_hash,
    )


def _refusal(failed: Failed) -> Refused:
    if failed.wait:
        return Refused("too_many_sign_ins", str(ceil(failed.wait.total_seconds())))
    return Refused("wrong_credentials")


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
