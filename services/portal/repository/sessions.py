"""Sessions, and the failures that make one wait."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Text,
    case,
    delete,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.portal.repository.accounts import ACCOUNT, Account, read_account
from services.portal.tables import accounts, attempts, second_factors, sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A sign-in that has not been ended, and whose it is."""

    account: Account
    started_at: datetime
    seen_at: datetime
    half: bool
    """Only the password has been shown; the code of the second factor is still to come."""
    enrolled: bool
    """Whether the account has a second factor."""
    above: frozenset[str] = frozenset()
    """The units above the account's in the unit tree."""
    unread: int = 0
    """Notices that the account has not read, as far as anybody counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A sign-in as it is written down."""

    token_hash: bytes
    login: str
    half: bool
    address: str
    device: str
    provider_session: str | None = None
    """As the provider of a single sign-on calls its own session behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A sign-in as its owner sees it."""

    id: UUID
    started_at: datetime
    seen_at: datetime
    address: str
    device: str
    current: bool


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
_UNREAD = literal_column(
    "(SELECT count(*) FROM (SELECT FROM portal.notices WHERE notices.login = accounts.login"
    " AND notices.read_at IS NULL LIMIT 100) AS few)",
    Integer,
).label("unread")
"""No further than `notices.MOST_COUNTED`."""
_SESSION = ("started_at", "seen_at", "half")
_ENROLLED = (second_factors.c.sealed.is_not(None)).label("enrolled")


def begin_session(db: Connection, begun: Begun, now: datetime) -> None:
    """Record a session."""
    told = ("token_hash", "login", "half", "address", "device", "provider_session")
    row = {name: getattr(begun, name) for name in told}
    db.execute(sessions.insert().values(row | {"started_at": now, "seen_at": now}))


def session_of(db: Connection, token_hash: bytes) -> Session | None:
    """Return the session of a token and its account, whether they still hold or not."""
    query = (
        select(*ACCOUNT, *(sessions.c[name] for name in _SESSION), _ENROLLED, _UNREAD, _ABOVE)
        .join(sessions, sessions.c.login == accounts.c.login)
        .outerjoin(second_factors, second_factors.c.login == accounts.c.login)
        .where(sessions.c.token_hash == token_hash)
    )
    found = db.execute(query).one_or_none()
    if found is None:
        return None
    row = found._asdict()
    told = {name: row.pop(name) for name in (*_SESSION, "enrolled", "unread")}
    above = frozenset(row.pop("above"))
    return Session(account=read_account(row), **told, above=above)


def sessions_of(
    db: Connection, login: str, current: bytes, began_after: datetime, seen_after: datetime
) -> list[OpenSession]:
    """Return the sessions of an account that hold, the last used first."""
    table = sessions.c
    names = ("id", "started_at", "seen_at", "address", "device")
    query = (
        select(*(table[name] for name in names), (table.token_hash == current).label("current"))
        .where(table.login == login, ~table.half)
        .where(table.started_at >= began_after, table.seen_at >= seen_after)
        .order_by(table.seen_at.desc(), table.id)
    )
    return [OpenSession(**row._asdict()) for row in db.execute(query)]


def touch_session(db: Connection, token_hash: bytes, now: datetime) -> None:
    """Record that a session was used."""
    db.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(seen_at=now))


def end_session(db: Connection, token_hash: bytes) -> str | None:
    """End one session; return whose it was."""
    ending = delete(sessions).where(sessions.c.token_hash == token_hash)
    return db.scalar(ending.returning(sessions.c.login))


def end_session_by_id(db: Connection, login: str, session_id: UUID) -> bool:
    """End one session of an account; tell whether there was one."""
    ending = delete(sessions).where(sessions.c.login == login, sessions.c.id == session_id)
    return db.execute(ending).rowcount == 1


def end_sessions_of(db: Connection, login: str, but: bytes = b"") -> int:
    """End all sessions of an account but one; return how many."""
    theirs = (sessions.c.login == login, sessions.c.token_hash != but)
    return db.execute(delete(sessions).where(*theirs)).rowcount


def end_sessions_before(db: Connection, moment: datetime, limit: int) -> int:
    """Delete sessions that began before `moment`; return how many."""
    old = select(sessions.c.token_hash).where(sessions.c.started_at < moment).limit(limit)
    return db.execute(delete(sessions).where(sessions.c.token_hash.in_(old))).rowcount


def hold_failures(db: Connection, keys: Collection[str], now: datetime) -> Mapping[str, Failures]:
    """Return the failures under each key, and hold them until the transaction ends."""
    rows = [{"key": key, "failures": 0, "failed_at": now} for key in sorted(keys)]
    holding = insert(attempts).values(rows)
    # It changes nothing; it takes the rows, in one order for everybody, so that none counts twice.
    same = {"failures": attempts.c.failures}
    held = holding.on_conflict_do_update(index_elements=[attempts.c.key], set_=same)
    found = db.execute(held.returning(attempts.c.key, attempts.c.failures, attempts.c.failed_at))
    return {row.key: Failures(row.failures, row.failed_at) for row in found}


def failures_of(db: Connection, keys: Collection[str]) -> Mapping[str, Failures]:
    """Return the failures under these keys, where there are any, without holding them."""
    query = select(attempts).where(attempts.c.key.in_(list(keys)))
    return {row.key: Failures(row.failures, row.failed_at) for row in db.execute(query)}


def count_failure(
    db: Connection, keys: Collection[str], now: datetime, forgotten_before: datetime
) -> None:
    """Count one more failure under each key; after a long quiet the count begins anew."""
    rows = [{"key": key, "failures": 1, "failed_at": now} for key in sorted(keys)]
    counting = insert(attempts).values(rows)
    changed = {"failures": _one_more(forgotten_before), "failed_at": now}
    db.execute(counting.on_conflict_do_update(index_elements=[attempts.c.key], set_=changed))


def count_attempt(
    db: Connection, keys: Collection[str], now: datetime, forgotten_before: datetime
) -> None:
    """Count one more failure under keys that are held; after a long quiet it begins anew."""
    again = _one_more(forgotten_before)
    counting = update(attempts).where(attempts.c.key.in_(list(keys)))
    db.execute(counting.values(failures=again, failed_at=now))


def take_back_failure(db: Connection, key: str, before: Failures, now: datetime) -> None:
    """Undo the failure counted at `now`; what others counted meanwhile stays."""
    when = case((attempts.c.failed_at == now, before.failed_at), else_=attempts.c.failed_at)
    taking = update(attempts).where(attempts.c.key == key, attempts.c.failures > 0)
    db.execute(taking.values(failures=attempts.c.failures - 1, failed_at=when))


def forget_failures(db: Connection, keys: Collection[str]) -> None:
    """Begin the count of keys anew."""
    db.execute(delete(attempts).where(attempts.c.key.in_(list(keys))))


def forget_failures_before(db: Connection, moment: datetime, limit: int) -> int:
    """Delete counts without a failure since `moment`; return how many."""
    old = select(attempts.c.key).where(attempts.c.failed_at < moment).limit(limit)
    return db.execute(delete(attempts).where(attempts.c.key.in_(old))).rowcount


def _one_more(forgotten_before: datetime) -> ColumnElement[int]:
    is_old = attempts.c.failed_at < forgotten_before
    return case((is_old, 1), else_=attempts.c.failures + 1)
