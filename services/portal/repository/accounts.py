"""Accounts, sessions and failed sign-ins."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    case,
    delete,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.portal.tables import accounts, attempts, sessions
from shared.db.bulk import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One who may sign in."""

    login: str
    name: str
    roles: tuple[str, ...]
    unit_code: str | None
    password_hash: str
    active: bool


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that has not been ended, and whose it is."""

    account: Account
    started_at: datetime
    seen_at: datetime
    above: frozenset[str] = frozenset()
    """The units above the account's in the unit tree."""


@dataclass(frozen=True, slots=True)
class Failures:
    """How often a sign-in failed under a key, and when last."""

    count: int
    failed_at: datetime


_ABOVE = literal_column(
    "ARRAY(WITH RECURSIVE above AS ("
    "SELECT parent FROM portal.units WHERE code = accounts.unit_code"
    " UNION SELECT units.parent FROM portal.units JOIN above ON units.code = above.parent"
    ") SELECT parent FROM above WHERE parent IS NOT NULL)",
    ARRAY(Text),
).label("above")
_ACCOUNT = [
    accounts.c[name] for name in ("login", "name", "roles", "unit_code", "password_hash", "active")
]


def account_of(db: Connection, login: str) -> Account | None:
    """Return the account of a login, active or not."""
    row = db.execute(select(*_ACCOUNT).where(accounts.c.login == login)).one_or_none()
    return None if row is None else _account(row._asdict())


def accounts_by_login(db: Connection) -> list[Account]:
    """Return all accounts in the order of their logins."""
    rows = db.execute(select(*_ACCOUNT).order_by(accounts.c.login))
    return [_account(row._asdict()) for row in rows]


def _account(row: Row) -> Account:
    return Account(**row | {"roles": tuple(row["roles"])})


def write_account(db: Connection, account: Account, now: datetime) -> None:
    """Create or replace an account."""
    row = {name.name: getattr(account, name.name) for name in _ACCOUNT}
    row["roles"] = list(account.roles)
    writing = insert(accounts).values(row | {"created_at": now, "changed_at": now})
    changed = {name: writing.excluded[name] for name in (*row, "changed_at") if name != "login"}
    db.execute(writing.on_conflict_do_update(index_elements=[accounts.c.login], set_=changed))


def rewrite_password(db: Connection, login: str, password_hash: str) -> None:
    """Keep the same password under newer parameters."""
    changing = update(accounts).where(accounts.c.login == login)
    db.execute(changing.values(password_hash=password_hash))


def begin_session(db: Connection, token_hash: bytes, login: str, now: datetime) -> None:
    """Record a sign-in."""
    row = {"token_hash": token_hash, "login": login, "started_at": now, "seen_at": now}
    db.execute(sessions.insert().values(row))
    db.execute(update(accounts).where(accounts.c.login == login).values(signed_in_at=now))


def session_of(db: Connection, token_hash: bytes) -> Session | None:
    """Return the session of a token and its account, whether they still hold or not."""
    query = (
        select(*_ACCOUNT, sessions.c.started_at, sessions.c.seen_at, _ABOVE)
        .join(sessions, sessions.c.login == accounts.c.login)
        .where(sessions.c.token_hash == token_hash)
    )
    found = db.execute(query).one_or_none()
    if found is None:
        return None
    row = found._asdict()
    started_at, seen_at = row.pop("started_at"), row.pop("seen_at")
    above = frozenset(row.pop("above"))
    return Session(_account(row), started_at, seen_at, above)


def touch_session(db: Connection, token_hash: bytes, now: datetime) -> None:
    """Record that a session was used."""
    db.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(seen_at=now))


def end_session(db: Connection, token_hash: bytes) -> str | None:
    """End one session; return whose it was."""
    ending = delete(sessions).where(sessions.c.token_hash == token_hash)
    return db.scalar(ending.returning(sessions.c.login))


def end_sessions_of(db: Connection, login: str) -> None:
    """End all sessions of an account."""
    db.execute(delete(sessions).where(sessions.c.login == login))


def end_sessions_before(db: Connection, moment: datetime, limit: int) -> int:
    """Delete sessions that began before `moment`; return how many."""
    old = select(sessions.c.token_hash).where(sessions.c.started_at < moment).limit(limit)
    return db.execute(delete(sessions).where(sessions.c.token_hash.in_(old))).rowcount


def failures_of(db: Connection, keys: Iterable[str]) -> dict[str, Failures]:
    """Return the failures under these keys, where there are any."""
    query = select(attempts).where(attempts.c.key.in_(list(keys)))
    return {row.key: Failures(row.failures, row.failed_at) for row in db.execute(query)}


def count_failure(
    db: Connection, keys: Iterable[str], now: datetime, forgotten_before: datetime
) -> None:
    """Count one more failure under each key; after a long quiet the count begins anew."""
    rows = [{"key": key, "failures": 1, "failed_at": now} for key in sorted(keys)]
    counting = insert(attempts).values(rows)
    is_old: ColumnElement[bool] = attempts.c.failed_at < forgotten_before
    again = case((is_old, 1), else_=attempts.c.failures + 1)
    db.execute(
        counting.on_conflict_do_update(
            index_elements=[attempts.c.key], set_={"failures": again, "failed_at": now}
        )
    )


def forget_failures(db: Connection, key: str) -> None:
    """Begin the count of a key anew."""
    db.execute(delete(attempts).where(attempts.c.key == key))


def forget_failures_before(db: Connection, moment: datetime, limit: int) -> int:
    """Delete counts without a failure since `moment`; return how many."""
    old = select(attempts.c.key).where(attempts.c.failed_at < moment).limit(limit)
    return db.execute(delete(attempts).where(attempts.c.key.in_(old))).rowcount
