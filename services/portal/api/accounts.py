"""Accounts: who may sign in, and as what. One administrator gives accounts, another one roles."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.portal import handlers, repository
from services.portal.api.doors import PortalDoor, account_rules, demanded
from services.portal.handlers import AccountOrder, FounderOrder
from shared.http import ApiRoute, Code, ShortText, Who
from shared.http.demands import demands
from shared.security.actor import Role
from shared.security.policy import Action, Resource

router = APIRouter(route_class=ApiRoute)

LoginText = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Login = Annotated[LoginText, Path()]
PasswordText = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Password = Annotated[PasswordText, Field(repr=False)]


class AccountView(BaseModel):
    """An account as its owner and the administrators see it."""

    login: str
    name: str
    roles: list[Role]
    unit: str | None
    active: bool
    single_sign_on: bool
    """The office's provider keeps it: password, second factor and roles are changed there."""


class ListedAccount(AccountView):
    """An account in the list of all."""

    second_factor: bool
    must_change: bool
    """The owner has not yet replaced the password that was given."""


class GivenAccount(AccountView):
    """An account just written; the password of a new one is told here and nowhere else."""

    one_time_password: str | None = None


class AccountBody(BaseModel):
    """What an account shall be. A new one without a password is given a one-time password."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ShortText
    unit: Code | None = None
    password: Annotated[PasswordText | None, Field(repr=False)] = None
    active: bool = True


class RolesBody(BaseModel):
    """Every role that an account shall have; none takes all away."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    roles: frozenset[Role]


class FounderBody(BaseModel):
    """A system or security administrator whom the node's own machine lets in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ShortText
    role: Role
    password: Password


class Ended(BaseModel):
    """How many sessions were ended."""

    ended: int


@router.put("/accounts/{login}")
@demands(Action.ACCOUNT_WRITE)
def put_account(login: Login, body: AccountBody, door: PortalDoor, actor: Who) -> GivenAccount:
    """Create an account without roles, change it, or end it (system administrator)."""
    wanted = AccountOrder(login=login, **body.model_dump())
    with demanded(door, actor, Action.ACCOUNT_WRITE, login), door.unit.transaction() as db:
        given = handlers.put_account(db, wanted, actor, account_rules(door), door.now())
    told = account_view(given.account).model_dump()
    return GivenAccount(**told, one_time_password=given.one_time_password)


@router.put("/accounts/{login}/roles")
@demands(Action.ROLE_GRANT)
def put_roles(login: Login, body: RolesBody, door: PortalDoor, actor: Who) -> AccountView:
    """Say which roles an account has (security administrator; nobody for oneself)."""
    with demanded(door, actor, Action.ROLE_GRANT, login), door.unit.transaction() as db:
        account = handlers.grant_roles(db, login, body.roles, actor, door.now())
    return account_view(account)


@router.delete("/accounts/{login}/sessions")
@demands(Action.SESSION_END)
def end_sessions(login: Login, door: PortalDoor, actor: Who) -> Ended:
    """End all sessions of an account, at once (security administrator)."""
    with demanded(door, actor, Action.SESSION_END, login), door.unit.transaction() as db:
        return Ended(ended=handlers.end_sessions(db, login, actor, door.now()))


@router.put("/founders/{login}")
@demands(Action.ACCOUNT_FOUND)
def put_founder(login: Login, body: FounderBody, door: PortalDoor, actor: Who) -> AccountView:
    """Make the only system or security administrator (the node's own machine)."""
    wanted = FounderOrder(login=login, **body.model_dump())
    with demanded(door, actor, Action.ACCOUNT_FOUND, login), door.unit.transaction() as db:
        account = handlers.found(db, wanted, actor, account_rules(door), door.now())
    return account_view(account)


@router.get("/accounts")
@demands(Action.ACCOUNT_READ)
def accounts(door: PortalDoor, actor: Who) -> list[ListedAccount]:
    """List all accounts (administrators and inspector)."""
    door.demand(actor, Action.ACCOUNT_READ, Resource(door.node.code))
    with door.unit.transaction() as db:
        enrolled = repository.enrolled_logins(db)
        found = repository.accounts_by_login(db)
    return [
        ListedAccount(
            **account_view(account).model_dump(),
            second_factor=account.login in enrolled,
            must_change=account.must_change,
        )
        for account in found
    ]


def account_view(account: repository.Account) -> AccountView:
    """Return an account without its password."""
    return AccountView(
        login=account.login,
        name=account.name,
        roles=[Role(role) for role in account.roles],
        unit=account.unit_code,
        active=account.active,
        single_sign_on=account.subject is not None,
    )
