"""Accounts: who may sign in, and as what."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.portal import handlers, repository
from services.portal.api.doors import PortalDoor
from services.portal.handlers import AccountOrder
from shared.http import ApiRoute, Code, ShortText, Who
from shared.http.demands import demands
from shared.security.actor import Role
from shared.security.policy import Action, Resource

router = APIRouter(route_class=ApiRoute)

Login = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Password = Annotated[str, StringConstraints(min_length=8, max_length=200)]


class AccountView(BaseModel):
    """An account as its owner and the administrator see it."""

    login: str
    name: str
    roles: list[Role]
    unit: str | None
    active: bool


class AccountBody(BaseModel):
    """What an account shall be; without a password the present one is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ShortText
    roles: Annotated[frozenset[Role], Field(min_length=1)]
    unit: Code | None = None
    password: Annotated[Password | None, Field(repr=False)] = None
    active: bool = True


@router.put("/accounts/{login}")
@demands(Action.ACCOUNT_WRITE)
def put_account(
    login: Annotated[Login, Path()], body: AccountBody, door: PortalDoor, actor: Who
) -> AccountView:
    """Create or change an account (administrator)."""
    door.demand(actor, Action.ACCOUNT_WRITE, Resource(door.node.code))
    wanted = AccountOrder(login=login, **body.model_dump())
    with door.unit.transaction() as db:
        return account_view(handlers.put_account(db, wanted, actor, door.now()))


@router.get("/accounts")
@demands(Action.ACCOUNT_READ)
def accounts(door: PortalDoor, actor: Who) -> list[AccountView]:
    """List all accounts (administrator)."""
    door.demand(actor, Action.ACCOUNT_READ, Resource(door.node.code))
    with door.unit.transaction() as db:
        return [account_view(account) for account in repository.accounts_by_login(db)]


def account_view(account: repository.Account) -> AccountView:
    """Return an account without its password."""
    return AccountView(
        login=account.login,
        name=account.name,
        roles=[Role(role) for role in account.roles],
        unit=account.unit_code,
        active=account.active,
    )
