"""Accounts: who may sign in, as what, and by which password."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.portal.tables import accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One who may sign in."""

    login: str
    name: str
    roles: tuple[str, ...]
    unit_code: str | None
    password_hash: str
    active: bool
    must_change: bool = False
    """Somebody else has given the present password."""
    password_expires_at: datetime | None = None
    """After which a password that somebody else gave opens nothing."""
    subject: str | None = None
    """Issuer and name of whom a single sign-on knows; none for a local account."""


ACCOUNT = [
    accounts.c[name]
    for name in (
        *("login", "name", "roles", "unit_code", "password_hash", "active"),
        *("must_change", "password_expires_at", "subject"),
    )
]


def account_of(db: Connection, login: str, *, lock: bool = False) -> Account | None:
    """Return an account, ended or not; `lock` it before it is written anew."""
    query = select(*ACCOUNT).where(accounts.c.login == login)
    row = db.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else read_account(row._asdict())


def account_of_subject(db: Connection, subject: str) -> Account | None:
    """Return the account of whom a single sign-on knows by this name, locked to be written."""
    query = select(*ACCOUNT).where(accounts.c.subject == subject).with_for_update()
    row = db.execute(query).one_or_none()
    return None if row is None else read_account(row._asdict())


def accounts_by_login(db: Connection) -> list[Account]:
    """Return all accounts in the order of their logins."""
    rows = db.execute(select(*ACCOUNT).order_by(accounts.c.login))
    return [read_account(row._asdict()) for row in rows]


def others_with_role(db: Connection, role: str, login: str) -> int:
    """Count the local accounts in use that have a role, without one of them."""
    others = select(func.count()).where(
        accounts.c.active,
        accounts.c.subject.is_(None),
        accounts.c.login != login,
        accounts.c.roles.contains([role]),
    )
    return db.scalar(others) or 0


def read_account(row: dict[str, Any]) -> Account:
    """Return the account of a row."""
    return Account(**row | {"roles": tuple(row["roles"])})


def write_account(db: Connection, account: Account, now: datetime) -> None:
    """Create or replace an account."""
    row = {name.name: getattr(account, name.name) for name in ACCOUNT}
    row["roles"] = list(account.roles)
    writing = insert(accounts).values(row | {"created_at": now, "changed_at": now})
    changed = {name: writing.excluded[name] for name in (*row, "changed_at") if name != "login"}
    db.execute(writing.on_conflict_do_update(index_elements=[accounts.c.login], set_=changed))


def add_account(db: Connection, account: Account, now: datetime) -> bool:
    """Create an account; False if there is one of this login by now."""
    row = {name.name: getattr(account, name.name) for name in ACCOUNT}
    row |= {"roles": list(account.roles), "created_at": now, "changed_at": now}
    adding = insert(accounts).values(row).on_conflict_do_nothing(index_elements=["login"])
    return db.scalar(adding.returning(accounts.c.login)) is not None


def rewrite_password(db: Connection, login: str, password_hash: str) -> None:
    """Keep the same password under newer parameters."""
    changing = update(accounts).where(accounts.c.login == login)
    db.execute(changing.values(password_hash=password_hash))


def set_password(
    db: Connection, login: str, password_hash: str, expires_at: datetime | None, *, own: bool
) -> None:
    """Give an account another password; one that somebody else gives is to be changed."""
    changing = update(accounts).where(accounts.c.login == login)
    changed = {"must_change": not own, "password_expires_at": expires_at}
    db.execute(changing.values(password_hash=password_hash, **changed))


def change_password(db: Connection, account: Account, password_hash: str) -> bool:
    """Give an account its owner's new password; False if it has changed since it was proven."""
    same = (accounts.c.active, accounts.c.password_hash == account.password_hash)
    changing = update(accounts).where(accounts.c.login == account.login, *same)
    changed = {"must_change": False, "password_expires_at": None}
    return db.execute(changing.values(password_hash=password_hash, **changed)).rowcount == 1


def note_sign_in(db: Connection, account: Account, now: datetime) -> bool:
    """Record a sign-in; False if password or state have changed since it was looked at."""
    same = (accounts.c.login == account.login, accounts.c.active)
    noting = update(accounts).where(*same, accounts.c.password_hash == account.password_hash)
    return db.execute(noting.values(signed_in_at=now)).rowcount == 1
