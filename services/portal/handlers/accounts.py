"""Give, change and end an account."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from services.portal import repository
from services.portal.handlers.signing_in import HASHER
from services.portal.repository import Account
from services.portal.tables import plumbing
from shared.audit import Entry, digest_of, record
from shared.errors import Refused
from shared.security.actor import Actor, Role, clashing


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOrder:
    """What an account shall be; without a password the present one is kept."""

    login: str
    name: str
    roles: frozenset[Role]
    unit: str | None = None
    password: str | None = None
    active: bool = True


def put_account(db: Connection, wanted: AccountOrder, actor: Actor, now: datetime) -> Account:
    """Create or change an account; a new password or its end also ends its sessions."""
    if clashing(wanted.roles):
        raise Refused("roles_clash", field="roles")
    before = repository.account_of(db, wanted.login)
    account = Account(
        login=wanted.login,
        name=wanted.name,
        roles=tuple(sorted(wanted.roles)),
        unit_code=wanted.unit,
        password_hash=_hash(wanted, before),
        active=wanted.active,
    )
    repository.write_account(db, account, now)
    if wanted.password is not None or not wanted.active:
        repository.end_sessions_of(db, wanted.login)
    _audit(db, before, account, actor, now)
    return account


def _hash(wanted: AccountOrder, before: Account | None) -> str:
    if wanted.password is not None:
        return HASHER.hash(wanted.password)
    if before is None:
        raise Refused("password_missing", field="password")
    return before.password_hash


def _audit(
    db: Connection, before: Account | None, after: Account, actor: Actor, now: datetime
) -> None:
    entry = Entry(
        at=now,
        actor=actor,
        action="account.write",
        object_kind="account",
        object_id=after.login,
        before=None if before is None else _digest(before),
        after=_digest(after),
    )
    record(db, plumbing.audit, entry)


def _digest(account: Account) -> str:
    return digest_of(
        {
            "login": account.login,
            "name": account.name,
            "roles": account.roles,
            "unit": account.unit_code,
            "active": account.active,
        }
    )
