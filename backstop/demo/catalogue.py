"""The catalogue of a demonstration node, as its files under `deploy/demo/<code>/` tell it."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.portal.handlers import FOUNDERS
from shared.events.words import Complexity
from shared.security.actor import Actor, ActorKind, Role

Put = tuple[str, dict[str, Any]]
FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "demo"


class Entry(BaseModel):
    """One table of a file: nothing in it that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class UnitEntry(Entry):
    """A unit; without a region it is of the node's own."""

    code: str
    title: str
    phone: str
    region: str | None = None
    parent: str | None = None


class ItemEntry(Entry):
    """A service item and the unit that owns it."""

    code: str
    title: str
    kind: str
    unit_code: str
    complexity: Complexity


class DemoAccount(Entry):
    """An account that exists only in the demonstration."""

    login: str
    name: str
    roles: tuple[Role, ...]
    unit: str | None = None
    duty: str
    """What one sees with it, for the person who looks around."""

    def actor(self, node: str, *scopes: str) -> Actor:
        """Return this account as one who asks at a node."""
        return Actor(
            kind=ActorKind.STAFF,
            node=node,
            id=self.login,
            name=self.name,
            unit=self.unit,
            roles=frozenset(self.roles),
            scopes=frozenset(scopes),
        )


class Catalogue(Entry):
    """Everything that a node must know before its first case."""

    units: tuple[UnitEntry, ...]
    items: tuple[ItemEntry, ...]
    places: Mapping[str, str]
    password: str
    accounts: tuple[DemoAccount, ...]

    @cached_property
    def by_login(self) -> Mapping[str, DemoAccount]:
        """The accounts by login."""
        return {account.login: account for account in self.accounts}

    def with_role(self, role: Role) -> DemoAccount:
        """Return the first account of a role; every role has one."""
        return next(account for account in self.accounts if role in account.roles)


def read_catalogue(node: str) -> Catalogue:
    """Read units, items, places and accounts of a node."""
    told: dict[str, Any] = {}
    for name in ("units", "items", "places", "accounts"):
        told |= tomllib.loads((FOLDER / node / f"{name}.toml").read_text(encoding="utf-8"))
    return Catalogue.model_validate(told)


def has_demo(node: str) -> bool:
    """Tell whether there is a demonstration of this node."""
    return (FOLDER / node).is_dir()


def puts_of(catalogue: Catalogue, node: str) -> Sequence[Put]:
    """Return path and body of every PUT of the catalogue, each after what it refers to."""
    units = [
        (
            f"/api/v1/units/{unit.code}",
            {"region": node, **unit.model_dump(exclude={"code"}, exclude_none=True)},
        )
        for unit in catalogue.units
    ]
    items = [
        (f"/api/v1/items/{item.code}", item.model_dump(mode="json", exclude={"code"}))
        for item in catalogue.items
    ]
    places = [
        (f"/api/v1/places/{region}", {"unit_code": unit})
        for region, unit in catalogue.places.items()
    ]
    return [*units, *items, *places]


def founders_of(catalogue: Catalogue) -> Sequence[Put]:
    """Return path and body of the PUT of the two administrators who make all other accounts."""
    told = ((role, catalogue.with_role(role)) for role in sorted(FOUNDERS))
    return [
        (
            f"/api/v1/founders/{account.login}",
            {"name": account.name, "role": role, "password": catalogue.password},
        )
        for role, account in told
    ]


def accounts_of(catalogue: Catalogue) -> Sequence[Put]:
    """Return path and body of the PUT of every other account."""
    return [
        (
            f"/api/v1/accounts/{account.login}",
            {
                "password": catalogue.password,
                **account.model_dump(mode="json", include={"name", "unit"}),
            },
        )
        for account in _others(catalogue)
    ]


def roles_of(catalogue: Catalogue) -> Sequence[Put]:
    """Return path and body of the PUT of the roles of every other account."""
    return [
        (f"/api/v1/accounts/{account.login}/roles", {"roles": list(account.roles)})
        for account in _others(catalogue)
    ]


def _others(catalogue: Catalogue) -> Sequence[DemoAccount]:
    return [account for account in catalogue.accounts if FOUNDERS.isdisjoint(account.roles)]
