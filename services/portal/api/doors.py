"""What every endpoint of portal asks for: its door, the rules behind it, the one who asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from typing import Annotated

from fastapi import Depends, Request, Response

from services.portal import handlers
from services.portal.handlers import (
    BROWSER_COOKIE,
    BROWSER_DAYS,
    SESSION_COOKIE,
    Deed,
    Failed,
    SignInRules,
    Visitor,
)
from services.portal.policy import AccountRules
from shared.audit import AuditOutcome
from shared.errors import Refused
from shared.http import Door, Who, door_of
from shared.http.door import TOO_OFTEN, address_of
from shared.security.actor import Actor, ActorKind
from shared.security.policy import Action, Resource

PortalDoor = Annotated[Door, Depends(door_of("portal"))]
DAY_SECONDS = 24 * 3600
KNOWN_KINDS = frozenset({ActorKind.STAFF, ActorKind.SYSTEM})


async def _owner(actor: Who) -> Actor:
    if actor.kind is not ActorKind.STAFF:
        raise Refused("not_signed_in")
    return actor


Owner = Annotated[Actor, Depends(_owner)]
"""One who is signed in and asks about the own account: that needs no role."""


@contextmanager
def demanded(door: Door, actor: Actor, action: Action, login: str = "") -> Iterator[None]:
    """Demand a right at the accounts and do what follows; a refusal stands in the audit."""
    door.demand(actor, action, Resource(door.node.code))  # writes a refusal down by itself
    try:
        yield
    except Refused:
        # In a transaction of its own: that of the attempt was rolled back.
        if actor.kind in KNOWN_KINDS:
            deed = Deed(actor, action, login, AuditOutcome.DENIED)
            with door.unit.transaction() as db:
                handlers.note(db, deed, door.now())
        raise


def account_rules(door: Door) -> AccountRules:
    """Return the rules of accounts at this node."""
    rules: AccountRules = door.settings.accounts(door.node.code, door.node.name)
    return rules


def sign_in_rules(door: Door) -> SignInRules:
    """Return the rules of a sign-in at this node."""
    settings = door.settings
    return SignInRules(
        settings.patience_with_account,
        settings.patience_with_address,
        door.keys.keyed_hash,
        settings.sessions(door.node.code),
    )


def visitor_of(request: Request, door: Door, login: str) -> Visitor:
    """Return from where somebody asks, and whether the login knows this browser."""
    marks = request.cookies.get(BROWSER_COOKIE, "")
    return Visitor(
        address=address_of(request.scope),
        browser=handlers.known_browser(door.keys, login, marks),
        user_agent=request.headers.get("user-agent", ""),
    )


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a secret, from an address."""

    door: Door
    action: str
    address: str

    def refusal(self, failed: Failed, otherwise: Refused) -> Refused:
        """Return what a failure is told as: how long to wait, or what was wrong.

        Who has to wait was not looked at, so nothing has written it down so far.
        """
        if not failed.wait:
            return otherwise
        self.door.unproven(self.action, TOO_OFTEN, self.address, failed.login)
        return Refused("too_many_sign_ins", str(ceil(failed.wait.total_seconds())))


def keep_session(door: Door, answer: Response, token: str) -> None:
    """Give a browser its session, in a cookie that no script can read."""
    answer.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=door.settings.session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=is_secure(door),
    )


def keep_mark(door: Door, request: Request, answer: Response, login: str) -> None:
    """Let a login know this browser again."""
    marks = request.cookies.get(BROWSER_COOKIE, "")
    answer.set_cookie(
        BROWSER_COOKIE,
        handlers.remembering(door.keys, login, marks),
        max_age=BROWSER_DAYS * DAY_SECONDS,
        httponly=True,
        samesite="lax",
        secure=is_secure(door),
    )


def is_secure(door: Door) -> bool:
    """Tell whether people reach this node by TLS."""
    return bool(door.node.public_url.startswith("https:"))


def token_of(request: Request) -> str:
    """Return the token of the session that asks, empty without one."""
    return request.cookies.get(SESSION_COOKIE, "")
