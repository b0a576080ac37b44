"""Accounts of a story: who signs in, under which rules, at which hour."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import cache

from sqlalchemy import Connection

from services.portal.handlers import (
    AccountOrder,
    Credentials,
    Failed,
    SignedIn,
    SignInRules,
    Visitor,
    sign_in,
)
from services.portal.handlers.passwords import HASHER
from services.portal.policy import AccountRules, Limits, PasswordRules, Patience, SessionRules
from services.portal.repository import Account, set_password, write_account
from shared.security.actor import Actor, ActorKind, Role

NODE = "341523"
NINE = datetime(2030, 1, 1, 1, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
LIMITS = Limits(idle=30 * MINUTE, absolute=12 * HOUR)
STRICT = Patience(free=2, first=2 * SECOND, longest=15 * MINUTE, forgotten=timedelta(days=1))
EASY = Patience(free=50, first=SECOND, longest=MINUTE, forgotten=timedelta(days=1))
SESSIONS = SessionRules(NODE, LIMITS, frozenset({Role.INSPECTOR}))
ACCOUNTS = AccountRules(password=PasswordRules(10, 3), lasting=72 * HOUR, place=("舒城县",))
GIVEN, SECRET = "given for now 7", "correct horse battery"
OFFICE, HOME = Visitor(address="10.0.0.7"), Visitor(address="10.9.9.9")
WANG = AccountOrder(login="wang", name="王敏", unit="housing", password=GIVEN)


def blind(kind: str, value: str) -> str:
    return f"{kind}:{value}"[::-1]


RULES = SignInRules(STRICT, EASY, blind, SESSIONS)


def administrator(role: Role, login: str = "admin") -> Actor:
    """Return one who may sit at the administration."""
    return Actor(kind=ActorKind.STAFF, node=NODE, id=login, name="管", roles=frozenset({role}))


SYSTEM = administrator(Role.SYSTEM_ADMINISTRATOR)
SECURITY = administrator(Role.SECURITY_ADMINISTRATOR, "guard")


def always(db: Connection) -> Callable[[], AbstractContextManager[Connection]]:
    """Return an opening that is open already: what follows is thrown away together."""
    return lambda: nullcontext(db)


def let_in(db: Connection, role: Role = Role.DISPOSAL_OFFICER, login: str = "wang") -> None:
    """Make an account whose owner has a password of their own."""
    account = Account(
        login=login, name="王敏", roles=(role,), unit_code="housing", password_hash="", active=True
    )
    write_account(db, account, NINE)
    set_password(db, login, _hashed(), None, own=True)


@cache
def _hashed() -> str:
    return HASHER.hash(SECRET)


def claim(
    db: Connection,
    password: str = SECRET,
    *,
    login: str = "wang",
    now: datetime = NINE,
    rules: SignInRules = RULES,
    visitor: Visitor = OFFICE,
) -> SignedIn | Failed:
    """Try to sign in."""
    return sign_in(always(db), Credentials(login, password, visitor), now, rules)


def token_of(outcome: SignedIn | Failed | None) -> str:
    """Return the token of a sign-in that must have succeeded."""
    assert isinstance(outcome, SignedIn), outcome
    return outcome.token
