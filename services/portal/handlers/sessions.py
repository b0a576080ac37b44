"""Sessions: be recognised by a token's hash, see where one is signed in, end it."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from services.portal import repository
from services.portal.handlers.records import Deed, note
from services.portal.policy import Duty, Limits, SessionRules, duty_of, is_over
from services.portal.repository import Account, OpenSession
from shared.errors import Refused
from shared.security.actor import Actor, ActorKind, Role

SESSION_COOKIE = "backstop_session"
TOKEN_BYTES = 32
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the idle limit is kept: a request more often than that writes nothing."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a session; with a duty left, somebody without any role."""

    actor: Actor
    duty: Duty | None
    unread: int = 0
    """Notices that wait to be read."""


def holder_of(
    db: Connection, token: str, now: datetime, rules: SessionRules, *, touches: bool = True
) -> Holder | None:
    """Return who holds a session, with the roles of this moment; None once it is over.

    Unless it `touches`, to be asked is no use of the session.
    """
    key = token_hash(token)
    session = repository.session_of(db, key)
    if session is None or session.half or not session.account.active:
        return None
    if is_over(session.started_at, session.seen_at, now, rules.limits):
        repository.end_session(db, key)
        return None
    if touches and now - session.seen_at >= SEEN_EVERY:
        repository.touch_session(db, key, now)
    account = session.account
    duty = duty_of(
        must_change=account.must_change,
        # Whom a single sign-on knows has shown a second factor there.
        enrolled=session.enrolled or account.subject is not None,
        roles=account.roles,
        asking=rules.second_factor_roles,
    )
    actor = replace(staff(account, rules.node), above=session.above)
    told = actor if duty is None else replace(actor, roles=frozenset())
    return Holder(told, duty, session.unread)


def sessions_of(
    db: Connection, login: str, token: str, now: datetime, limits: Limits
) -> list[OpenSession]:
    """Return where an account is signed in, the last used first."""
    began, seen = now - limits.absolute, now - limits.idle
    return repository.sessions_of(db, login, token_hash(token), began, seen)


def sign_out(db: Connection, token: str, node: str, now: datetime) -> str | None:
    """End a session; return whose it was, None if it had ended before."""
    login = repository.end_session(db, token_hash(token))
    account = repository.account_of(db, login) if login else None
    if account is not None:
        note(db, Deed(staff(account, node), "session.end", account.login), now)
    return login


def end_own_session(db: Connection, actor: Actor, session_id: UUID, now: datetime) -> None:
    """End one of one's own sessions; Refused (`not_found`) if there is no such one."""
    if not repository.end_session_by_id(db, actor.id, session_id):
        raise Refused("not_found")
    note(db, Deed(actor, "session.end", actor.id), now)


def end_other_sessions(db: Connection, actor: Actor, token: str, now: datetime) -> int:
    """End all of one's sessions but the one that asks; return how many."""
    ended = repository.end_sessions_of(db, actor.id, but=token_hash(token))
    note(db, Deed(actor, "session.end", actor.id), now)
    return ended


def end_sessions(db: Connection, login: str, actor: Actor, now: datetime) -> int:
    """End all sessions of an account; return how many; Refused if there is no account."""
    if repository.account_of(db, login) is None:
        raise Refused("unknown_account", field="login")
    ended = repository.end_sessions_of(db, login)
    note(db, Deed(actor, "session.end", login), now)
    return ended


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


def new_token() -> str:
    """Return a token that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """Return as what a token is kept."""
    return hashlib.sha256(token.encode()).digest()
