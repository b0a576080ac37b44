"""The HTTP door of portal: sign in and out, accounts, and the public numbers of the board."""

from datetime import date, datetime
from math import ceil
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.portal import handlers, repository
from services.portal.handlers import SESSION_COOKIE, AccountOrder, Credentials, Failed, SignInRules
from shared.errors import Refused
from shared.http import ApiRoute, Code, Door, ShortText, Who, door_of
from shared.security.actor import Role
from shared.security.policy import Action, Resource

router = APIRouter(prefix="/api/v1", tags=["portal"], route_class=ApiRoute)

PortalDoor = Annotated[Door, Depends(door_of("portal"))]
Login = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Password = Annotated[str, StringConstraints(min_length=8, max_length=200)]


class SignIn(BaseModel):
    """Login and password; wrong ones are counted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    login: Annotated[ShortText, StringConstraints(max_length=64)]
    password: Annotated[str, Field(repr=False), StringConstraints(min_length=1, max_length=200)]


class AccountView(BaseModel):
    """An account as its owner and the administrator see it."""

    login: str
    name: str
    roles: list[Role]
    unit: str | None
    active: bool


class SignedInView(BaseModel):
    """A session has begun; its token is in the cookie, `csrf` goes into every form."""

    account: AccountView
    csrf: str


class AccountBody(BaseModel):
    """What an account shall be; without a password the present one is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ShortText
    roles: Annotated[frozenset[Role], Field(min_length=1)]
    unit: Code | None = None
    password: Annotated[Password | None, Field(repr=False)] = None
    active: bool = True


class UnitNumbersView(BaseModel):
    """What one unit holds now."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    title: str
    open: int
    yellow: int
    red: int


class DayNumbersView(BaseModel):
    """One day in China; `on_time` of `finished` kept the promise to the person."""

    model_config = ConfigDict(from_attributes=True)

    day: date
    registered: int
    finished: int
    on_time: int


class BoardView(BaseModel):
    """The numbers of the wall board; nothing about any single case."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    open: int
    by_status: dict[str, int]
    by_lamp: dict[str, int]
    by_channel: dict[str, int]
    by_level: dict[int, int]
    units: list[UnitNumbersView]
    days: list[DayNumbersView]


@router.post("/sessions", status_code=201)
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
    return SignedInView(account=_view(outcome.account), csrf=handlers.csrf_of(outcome.token))


@router.delete("/sessions", status_code=204)
def end_session(door: PortalDoor, request: Request, answer: Response) -> None:
    """Sign out; done twice it is still done."""
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        with door.unit.transaction() as db:
            handlers.sign_out(db, token)
    answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")


@router.put("/accounts/{login}")
def put_account(
    login: Annotated[Login, Path()], body: AccountBody, door: PortalDoor, actor: Who
) -> AccountView:
    """Create or change an account (administrator)."""
    door.demand(actor, Action.ACCOUNT_WRITE, Resource(door.node.code))
    wanted = AccountOrder(login=login, **body.model_dump())
    with door.unit.transaction() as db:
        return _view(handlers.put_account(db, wanted, actor, door.now()))


@router.get("/accounts")
def accounts(door: PortalDoor, actor: Who) -> list[AccountView]:
    """List all accounts (administrator)."""
    door.demand(actor, Action.ACCOUNT_WRITE, Resource(door.node.code))
    with door.unit.transaction() as db:
        return [_view(account) for account in repository.accounts_by_login(db)]


@router.get("/board")
def board(door: PortalDoor) -> BoardView:
    """Return the numbers of the board; they are public, so nobody is asked who they are."""
    with door.unit.transaction() as db:
        return BoardView.model_validate(repository.board(db, door.now()))


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


def _view(account: repository.Account) -> AccountView:
    return AccountView(
        login=account.login,
        name=account.name,
        roles=[Role(role) for role in account.roles],
        unit=account.unit_code,
        active=account.active,
    )


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
