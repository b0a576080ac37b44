"""Sign in, be recognised, sign out: passwords by argon2id, sessions by a token's hash.

A failure is an outcome, not an error: it must be counted, and an error would roll the count back.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection

from services.portal import repository
from services.portal.policy import Limits, Patience, is_over, wait_after
from services.portal.repository import Account
from services.portal.tables import plumbing
from shared.audit import AuditOutcome, Entry, record
from shared.security.actor import Actor, ActorKind, Role, anonymous

SESSION_COOKIE = "backstop_session"
TOKEN_BYTES = 32
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the idle limit is kept: a request more often than that writes nothing."""

# OWASP's choice for argon2id: 19 MiB a sign-in, so that a few at once fit a small machine.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$Tm9ib2R5J3NTYWx0Rm9yWW91$"
    "NobodyHasThisPasswordSoNothingEverMatchesIt"
)
"""Checked for an unknown login, so that it takes as long as a known one."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody claims, and from where."""

    login: str
    password: str
    address: str


@dataclass(frozen=True, slots=True)
class SignInRules:
    """What an operator set, and the node that asks; `blind` makes a key that tells nothing.

    What was typed as a login may be a telephone number, or a password in the wrong field.
    """

    node: str
    of_account: Patience
    of_address: Patience
    blind: Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """It is them; the token is told this once and kept nowhere."""

    token: str
    account: Account


@dataclass(frozen=True, slots=True)
class Failed:
    """Wrong login or password, or too many of them: then `wait` is when to try again."""

    wait: timedelta


def sign_in(
    db: Connection, claimed: Credentials, now: datetime, rules: SignInRules
) -> SignedIn | Failed:
    """Check a login and begin a session; while one must wait, the password is not looked at."""
    by_account = rules.blind("sign_in_account", claimed.login)
    by_address = rules.blind("sign_in_address", claimed.address)
    keys = {by_account: rules.of_account, by_address: rules.of_address}
    wait = _wait(db, keys, now)
    if wait:
        return Failed(wait)
    account = repository.account_of(db, claimed.login)
    if not _is_password(account, claimed.password) or account is None or not account.active:
        _fail(db, keys, account, now, rules.node)
        return Failed(timedelta(0))
    repository.forget_failures(db, by_account)
    return _begin(db, account, claimed.password, now, rules.node)


def actor_of(db: Connection, token: str, now: datetime, node: str, limits: Limits) -> Actor | None:
    """Return who holds a session, with the roles of this moment; None once it is over."""
    key = _token_hash(token)
    session = repository.session_of(db, key)
    if session is None or not session.account.active:
        return None
    if is_over(session.started_at, session.seen_at, now, limits):
        repository.end_session(db, key)
        return None
    if now - session.seen_at >= SEEN_EVERY:
        repository.touch_session(db, key, now)
    return replace(staff(session.account, node), above=session.above)


def sign_out(db: Connection, token: str) -> str | None:
    """End a session; return whose it was, None if it had ended before."""
    return repository.end_session(db, _token_hash(token))


def csrf_of(token: str) -> str:
    """Return what every form of this session carries; only who knows the token can make it."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


def is_csrf_of(token: str, sent: str) -> bool:
    """Tell in constant time whether a form was made for this session."""
    return hmac.compare_digest(csrf_of(token).encode(), sent.encode())


def staff(account: Account, node: str) -> Actor:
    """Return an account as every door knows it."""
    return Actor(
        kind=ActorKind.STAFF,
        node=node,
        id=account.login,
        name=account.name,
        unit=account.unit_code,
        roles=frozenset(map(Role, account.roles)),
    )


def tidy(db: Connection, now: datetime, limits: Limits, forgotten: timedelta, limit: int) -> int:
    """Delete sessions past their absolute limit and failures long forgotten; return how many."""
    sessions = repository.end_sessions_before(db, now - limits.absolute, limit)
    return sessions + repository.forget_failures_before(db, now - forgotten, limit)


def _wait(db: Connection, keys: dict[str, Patience], now: datetime) -> timedelta:
    longest = timedelta(0)
    for key, failures in repository.failures_of(db, keys).items():
        if now - failures.failed_at < keys[key].forgotten:
            until = failures.failed_at + wait_after(failures.count, keys[key])
            longest = max(longest, until - now)
    return longest


def _is_password(account: Account | None, password: str) -> bool:
    try:
        return HASHER.verify(account.password_hash if account else NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False


def _fail(
    db: Connection, keys: dict[str, Patience], account: Account | None, now: datetime, node: str
) -> None:
    for key, patience in keys.items():
        repository.count_failure(db, [key], now, now - patience.forgotten)
    # An unknown login may be a password typed into the wrong field: it is not written down.
    entry = Entry(
        at=now,
        actor=anonymous(node),
        action="session.begin",
        object_kind="account",
        object_id=account.login if account else "",
        outcome=AuditOutcome.DENIED,
    )
    record(db, plumbing.audit, entry)


def _begin(db: Connection, account: Account, password: str, now: datetime, node: str) -> SignedIn:
    if HASHER.check_needs_rehash(account.password_hash):
        repository.rewrite_password(db, account.login, HASHER.hash(password))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    repository.begin_session(db, _token_hash(token), account.login, now)
    entry = Entry(
        at=now,
        actor=staff(account, node),
        action="session.begin",
        object_kind="account",
        object_id=account.login,
    )
    record(db, plumbing.audit, entry)
    return SignedIn(token, account)


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
