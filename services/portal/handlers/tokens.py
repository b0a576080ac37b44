"""Give other systems tokens, rotate and revoke them, and know one when it is shown.

A token is told once, when it is made; the database keeps a hash under a key of the node.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Any

from sqlalchemy import Connection

from services.portal import repository
from services.portal.policy import Patience, TokenRules, comes_from, overlap_ends, wait_after
from services.portal.repository import Token
from services.portal.tables import plumbing
from shared.audit import AuditOutcome, Entry, digest_of, record
from shared.errors import Refused
from shared.security.actor import Actor, ActorKind, anonymous
from shared.security.caller import Caller
from shared.security.policy import Action
from shared.security.sealing import NodeKeys
from shared.security.system_token import CHANNEL_SCOPES, SystemToken, new_id, new_token

USED_EVERY = timedelta(minutes=1)
"""How exactly the last use is known: a system that asks more often writes nothing."""
NO_HASH = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenOrder:
    """What a token shall be."""

    name: str
    about: str
    scopes: frozenset[str]
    lifetime: timedelta
    networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A token and its text, which is told this once and kept nowhere."""

    token: Token
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """A token that somebody shows, from which network address and when."""

    token: SystemToken
    address: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Welcome:
    """The node that is asked, its keys, and what failures from one address cost."""

    node: str
    keys: NodeKeys
    patience: Patience


@unique
class TokenUse(StrEnum):
    """How the showing of a token ended."""

    USED = "used"
    REFUSED = "refused"
    THROTTLED = "throttled"


@dataclass(frozen=True, slots=True)
class Recognised:
    """The system, if the token holds; `wait` once too many from its address did not."""

    actor: Actor | None = None
    wait: timedelta = timedelta(0)

    @property
    def use(self) -> TokenUse:
        """How it ended, in one word."""
        if self.actor is not None:
            return TokenUse.USED
        return TokenUse.THROTTLED if self.wait else TokenUse.REFUSED


def make_token(
    db: Connection, keys: NodeKeys, wanted: TokenOrder, caller: Caller, rules: TokenRules
) -> MadeToken:
    """Make a token; Refused if it would live too long or a living one has the name."""
    _demand_sense(wanted, rules)
    made = new_token(new_id())
    token = Token(
        id=made.id,
        name=wanted.name,
        about=wanted.about,
        scopes=tuple(sorted(wanted.scopes)),
        networks=wanted.networks,
        secret_hash=made.digest(keys),
        created_at=caller.now,
        created_by=caller.actor.id,
        expires_at=caller.now + wanted.lifetime,
    )
    if not repository.add_token(db, token):
        raise Refused("token_name_taken", field="name")
    _audit(db, "token.create", None, token, caller)
    return MadeToken(token, made.text)


def rotate_token(
    db: Connection, keys: NodeKeys, token_id: str, caller: Caller, rules: TokenRules
) -> MadeToken:
    """Give a token a new secret and its lifetime anew; the old one opens for the overlap."""
    before = _living(db, token_id)
    made = new_token(before.id)
    began = before.rotated_at or before.created_at
    changed: dict[str, Any] = {
        "secret_hash": made.digest(keys),
        "earlier_hash": before.secret_hash,
        "earlier_until": overlap_ends(before.expires_at, caller.now, rules),
        "rotated_at": caller.now,
        "expires_at": caller.now + min(before.expires_at - began, rules.longest),
    }
    repository.change_token(db, before.id, changed)
    after = replace(before, **changed)
    _audit(db, "token.rotate", before, after, caller)
    return MadeToken(after, made.text)


def revoke_token(db: Connection, token_id: str, caller: Caller) -> Token:
    """End a token, and the one before it: the next request under either is refused."""
    before = _living(db, token_id)
    changed: dict[str, Any] = {
        "revoked_at": caller.now,
        "earlier_hash": None,
        "earlier_until": None,
    }
    repository.change_token(db, before.id, changed)
    after = replace(before, **changed)
    _audit(db, "token.revoke", before, after, caller)
    return after


def recognise(db: Connection, shown: Shown, welcome: Welcome) -> Recognised:
    """Return the system whose token this is; commit it also when it is none.

    A right token is never made to wait for wrong ones from the same address: a secret of this
    length cannot be guessed, and a neighbour must not be able to lock a call centre out.
    """
    token = repository.token_of(db, shown.token.id)
    if _holds(token, shown, welcome) and token is not None:
        _note_use(db, token, shown)
        return Recognised(system(token, welcome.node))
    return _failed(db, token, shown, welcome)


def system(token: Token, node: str) -> Actor:
    """Return the holder of a token as every door knows it."""
    return Actor(
        kind=ActorKind.SYSTEM,
        node=node,
        id=token.id,
        name=token.name,
        scopes=frozenset(token.scopes),
    )


def tokens_ending_soon(db: Connection, now: datetime, rules: TokenRules) -> int:
    """Return of how many tokens the end is near."""
    return repository.tokens_ending(db, now, now + rules.warned)


def _demand_sense(wanted: TokenOrder, rules: TokenRules) -> None:
    if wanted.lifetime > rules.longest:
        raise Refused("token_too_long", field="days")
    has_channel = bool(wanted.scopes & CHANNEL_SCOPES.keys())
    if (Action.CASE_REGISTER.value in wanted.scopes) != has_channel:
        raise Refused("token_channel_missing", field="scopes")


def _living(db: Connection, token_id: str) -> Token:
    token = repository.token_of(db, token_id, lock=True)
    if token is None:
        raise Refused("unknown_token")
    if token.revoked_at is not None:
        raise Refused("token_revoked")
    return token


def _holds(token: Token | None, shown: Shown, welcome: Welcome) -> bool:
    digest = shown.token.digest(welcome.keys)
    # Compared also for an id that nobody has: the time taken must not tell which it was.
    is_current = hmac.compare_digest(token.secret_hash if token else NO_HASH, digest)
    is_earlier = hmac.compare_digest((token and token.earlier_hash) or NO_HASH, digest)
    if token is None or token.revoked_at is not None:
        return False
    until = token.expires_at if is_current else token.earlier_until
    if not (is_current or is_earlier) or until is None or shown.at >= until:
        return False
    return comes_from(shown.address, token.networks)


def _note_use(db: Connection, token: Token, shown: Shown) -> None:
    if token.used_at is None or shown.at - token.used_at >= USED_EVERY:
        changed = {"used_at": shown.at, "used_from": shown.address}
        repository.change_token(db, token.id, changed)


def _failed(db: Connection, token: Token | None, shown: Shown, welcome: Welcome) -> Recognised:
    key = welcome.keys.keyed_hash("token_address", shown.address)
    known = repository.failures_of(db, [key]).get(key)
    patience, wait = welcome.patience, timedelta(0)
    if known is not None and shown.at - known.failed_at < patience.forgotten:
        wait = known.failed_at + wait_after(known.count, patience) - shown.at
    if wait > timedelta(0):
        return Recognised(wait=wait)
    repository.count_failure(db, [key], shown.at, shown.at - patience.forgotten)
    # An id that nobody has may be anything: it is not written down.
    entry = Entry(
        at=shown.at,
        actor=anonymous(welcome.node),
        action="token.use",
        object_kind="token",
        object_id=token.id if token else "",
        outcome=AuditOutcome.DENIED,
    )
    record(db, plumbing.audit, entry)
    return Recognised()


def _audit(
    db: Connection, action: str, before: Token | None, after: Token, caller: Caller
) -> None:
    entry = Entry(
        at=caller.now,
        actor=caller.actor,
        action=action,
        object_kind="token",
        object_id=after.id,
        before=None if before is None else digest_of(_told(before)),
        after=digest_of(_told(after)),
    )
    record(db, plumbing.audit, entry)


def _told(token: Token) -> Mapping[str, object]:
    return {
        "name": token.name,
        "scopes": token.scopes,
        "networks": token.networks,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    }
