"""Give and end accounts, and say who has which roles: two administrators, neither both."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from services.portal import repository
from services.portal.handlers.passwords import (
    HASHER,
    asked_of,
    demand_good,
    demand_local,
    one_time_password,
)
from services.portal.handlers.records import Deed, note
from services.portal.policy import AccountRules
from services.portal.repository import Account
from shared.errors import Refused
from shared.security.actor import Actor, Role, clashing

FOUNDERS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR})
"""Whom the node's own machine lets in: with one of each, everybody else comes after them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOrder:
    """What an account shall be; only a new one is given a password with it."""

    login: str
    name: str
    unit: str | None = None
    password: str | None = field(default=None, repr=False)
    active: bool = True


@dataclass(frozen=True, slots=True)
class Given:
    """An account, and the password that is told to whoever made it, this once."""

    account: Account
    one_time_password: str | None = field(default=None, repr=False)


def put_account(
    db: Connection, wanted: AccountOrder, actor: Actor, rules: AccountRules, now: datetime
) -> Given:
    """Create an account without roles, or change or end one; its end also ends its sessions."""
    before = repository.account_of(db, wanted.login, lock=True)
    if wanted.login == actor.id and not wanted.active:
        raise Refused("not_oneself", field="active")
    if before is None:
        return _create(db, wanted, actor, rules, now)
    if wanted.password is not None:
        demand_local(before)
    if wanted.password is not None and not rules.demo:
        raise Refused("password_is_theirs", field="password")
    after = replace(before, name=wanted.name, unit_code=wanted.unit, active=wanted.active)
    if wanted.password is not None:
        after = _with_password(after, wanted.password, rules, now)
    _write(db, before, after, actor, now)
    return Given(after)


def grant_roles(
    db: Connection, login: str, roles: Collection[Role], actor: Actor, now: datetime
) -> Account:
    """Say which roles an account has; nobody says it of the own account."""
    if login == actor.id:
        raise Refused("not_to_oneself", field="roles")
    if clashing(roles):
        raise Refused("roles_clash", field="roles")
    before = _known(db, login)
    demand_local(before)
    after = replace(before, roles=tuple(sorted(roles)))
    repository.write_account(db, after, now)
    note(db, Deed(actor, "role.grant", login, before=before, after=after), now)
    return after


@dataclass(frozen=True, slots=True, kw_only=True)
class FounderOrder:
    """An administrator whom the node's own machine lets in."""

    login: str
    name: str
    role: Role
    password: str = field(repr=False)


def found(
    db: Connection, wanted: FounderOrder, actor: Actor, rules: AccountRules, now: datetime
) -> Account:
    """Make the only system or security administrator of a node, or give them a new beginning.

    As soon as another account has the role, that one is asked instead of the machine.
    """
    if wanted.role not in FOUNDERS:
        raise Refused("not_a_founder", field="role")
    if repository.others_with_role(db, wanted.role, wanted.login):
        raise Refused("administered_already", field="role")
    before = repository.account_of(db, wanted.login, lock=True)
    blank = replace(_blank(wanted.login, wanted.name), roles=(wanted.role,))
    after = _with_password(blank, wanted.password, rules, now)
    repository.forget_second_factor(db, wanted.login)
    repository.write_account(db, after, now)
    repository.end_sessions_of(db, wanted.login)
    note(db, Deed(actor, "account.found", wanted.login, before=before, after=after), now)
    return after


def _create(
    db: Connection, wanted: AccountOrder, actor: Actor, rules: AccountRules, now: datetime
) -> Given:
    told = None if wanted.password is not None else one_time_password()
    blank = replace(_blank(wanted.login, wanted.name), unit_code=wanted.unit, active=wanted.active)
    if told is not None:
        account = _given_password(blank, told, rules, now)
    else:
        account = _with_password(blank, wanted.password or "", rules, now)
    _write(db, None, account, actor, now)
    return Given(account, told)


def _blank(login: str, name: str) -> Account:
    return Account(login=login, name=name, roles=(), unit_code=None, password_hash="", active=True)


def _given_password(
    account: Account, password: str, rules: AccountRules, now: datetime
) -> Account:
    """Return an account with a password that its owner has to change in time."""
    until = None if rules.demo else now + rules.lasting
    hashed = HASHER.hash(password)
    return replace(
        account, password_hash=hashed, must_change=not rules.demo, password_expires_at=until
    )


def _with_password(account: Account, password: str, rules: AccountRules, now: datetime) -> Account:
    asked = asked_of(rules.password, account.login, account.name, *rules.place)
    # What everybody knows is not weighed; it only has to be long enough to be one.
    easy = replace(asked, rules=replace(rules.password, score=0)) if rules.demo else asked
    demand_good(password, easy)
    return _given_password(account, password, rules, now)


def _write(
    db: Connection, before: Account | None, after: Account, actor: Actor, now: datetime
) -> None:
    if before is not None:
        repository.write_account(db, after, now)
    elif not repository.add_account(db, after, now):
        raise Refused("changed_meanwhile")
    if not after.active or (before and before.password_hash != after.password_hash):
        repository.end_sessions_of(db, after.login)
    note(db, Deed(actor, "account.write", after.login, before=before, after=after), now)


def _known(db: Connection, login: str) -> Account:
    account = repository.account_of(db, login, lock=True)
    if account is None:
        raise Refused("unknown_account", field="login")
    return account
