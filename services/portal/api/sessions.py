"""Sign in, by a password and where it is asked for a code, and out."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.portal import handlers, repository
from services.portal.api.accounts import AccountView, account_view
from services.portal.api.doors import (
    Attempt,
    PortalDoor,
    keep_mark,
    keep_session,
    sign_in_rules,
    token_of,
    visitor_of,
)
from services.portal.handlers import (
    SESSION_COOKIE,
    CodeRules,
    CodeShown,
    Credentials,
    Failed,
    SignedIn,
    login_of,
)
from shared.errors import Refused
from shared.http import ApiRoute, Door, ShortText
from shared.http.demands import Audience, open_to

router = APIRouter(route_class=ApiRoute)

Needs = Literal["code", "change_password", "enrol"]
CodeText = Annotated[str, Field(repr=False), StringConstraints(min_length=1, max_length=40)]


class SignIn(BaseModel):
    """Login and password; wrong ones are counted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    login: Annotated[ShortText, StringConstraints(max_length=64)]
    password: Annotated[str, Field(repr=False), StringConstraints(min_length=1, max_length=200)]


class Code(BaseModel):
    """Six digits of the authenticator, or one of the recovery codes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: CodeText


class SignedInView(BaseModel):
    """A session has begun; its token is in the cookie, `csrf` goes into every form.

    `needs` says what comes before anything else; before the code it is nobody's session.
    """

    account: AccountView | None = None
    csrf: str | None = None
    needs: Needs | None = None


@router.post("/sessions", status_code=201)
@open_to(Audience.EVERYBODY, "to show who one is")
def begin_session(
    body: SignIn, door: PortalDoor, request: Request, answer: Response
) -> SignedInView:
    """Sign in; the session's token is set as a cookie that no script can read."""
    visitor = visitor_of(request, door, login_of(body.login))
    claimed = Credentials(body.login, body.password, visitor)
    outcome = handlers.sign_in(door.unit.transaction, claimed, door.now(), sign_in_rules(door))
    if isinstance(outcome, Failed):
        attempt = Attempt(door, "session.begin", visitor.address)
        raise attempt.refusal(outcome, Refused("wrong_credentials"))
    return _told(door, request, answer, outcome)


@router.post("/sessions/code", status_code=201)
@open_to(Audience.EVERYBODY, "to show who one is")
def show_code(body: Code, door: PortalDoor, request: Request, answer: Response) -> SignedInView:
    """Complete a sign-in by the second factor; the session gets another token."""
    token, rules = token_of(request), CodeRules(sign_in_rules(door), door.keys)
    with door.unit.transaction() as db:
        session = repository.session_of(db, handlers.token_hash(token))
        login = session.account.login if session else ""
        visitor = visitor_of(request, door, login)
        shown = CodeShown(token, body.code, visitor)
        outcome = handlers.show_code(db, shown, door.now(), rules)
    if outcome is None:
        raise Refused("not_signed_in")
    if isinstance(outcome, Failed):
        attempt = Attempt(door, "session.code", visitor.address)
        raise attempt.refusal(outcome, Refused("wrong_second_factor", field="code"))
    return _told(door, request, answer, outcome)


@router.delete("/sessions", status_code=204)
@open_to(Audience.EVERYBODY, "ends no session but the own")
def end_session(door: PortalDoor, request: Request, answer: Response) -> None:
    """Sign out; done twice it is still done."""
    token = token_of(request)
    if token:
        with door.unit.transaction() as db:
            handlers.sign_out(db, token, door.node.code, door.now())
    answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")


def _told(door: Door, request: Request, answer: Response, signed_in: SignedIn) -> SignedInView:
    keep_session(door, answer, signed_in.token)
    if signed_in.half:
        return SignedInView(needs="code")
    keep_mark(door, request, answer, signed_in.account.login)
    with door.unit.transaction() as db:
        rules = door.settings.sessions(door.node.code)
        found = handlers.holder_of(db, signed_in.token, door.now(), rules)
    return SignedInView(
        account=account_view(signed_in.account),
        csrf=handlers.csrf_of(signed_in.token),
        needs=found.duty.value if found and found.duty else None,
    )
