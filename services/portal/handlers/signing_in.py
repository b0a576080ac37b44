"""Sign in: a password, then a code where the account has a second factor.

A failure is an outcome, not an error: it must be counted, and an error would roll the count back.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.portal import repository
from services.portal.handlers.passwords import HASHER, Opening, is_password
from services.portal.handlers.patience import Failed, Keys, admit, forgive
from services.portal.handlers.records import Deed, note
from services.portal.handlers.second_factor import fits
from services.portal.handlers.sessions import new_token, staff, token_hash
from services.portal.policy import Limits, Patience, SessionRules, device_of
from services.portal.repository import Account, Begun
from shared.audit import AuditOutcome
from shared.security.actor import anonymous
from shared.security.sealing import NodeKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """From where somebody asks."""

    address: str
    browser: str = ""
    """What marks a browser in which this login has succeeded before; empty for any other."""
    user_agent: str = ""
    provider_session: str | None = None
    """Of whom a single sign-on has proven: its own session, by which it may end ours."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody claims, and from where."""

    login: str
    password: str = field(repr=False)
    visitor: Visitor


@dataclass(frozen=True, slots=True)
class SignInRules:
    """What an operator set, and the node that asks; `blind` makes a key that tells nothing.

    What was typed as a login may be a telephone number, or a password in the wrong field.
    """

    of_account: Patience
    of_address: Patience
    blind: Callable[[str, str], str]
    sessions: SessionRules

    def keys(self, kind: str, login: str, visitor: Visitor) -> Keys:
        """Return under which keys an attempt counts.

        A browser that was let in before counts by itself: whoever fails on purpose keeps
        strangers out, and not the owner at the usual place.
        """
        whose, where = f"{kind}_account", "address"
        who, place = login, visitor.address
        if visitor.browser:
            whose, where = f"{kind}_browser", "browser"
            who = place = visitor.browser
        blind = self.blind
        return Keys(blind(whose, who), blind(where, place), self.of_account, self.of_address)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """It is them; the token is told this once and kept nowhere."""

    token: str
    account: Account
    half: bool = False
    """The code of the second factor is still to be shown."""


def login_of(typed: str) -> str:
    """Return the login that somebody means: phones begin with a capital, and add a space."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def sign_in(
    opening: Opening, claimed: Credentials, now: datetime, rules: SignInRules
) -> SignedIn | Failed:
    """Check login and password and begin a session, half of one where a code is to follow.

    While one must wait, the password is not looked at. No transaction is open while it is.
    """
    login = login_of(claimed.login)
    with opening() as db:
        admitted = admit(db, rules.keys("sign_in", login, claimed.visitor), now)
        account = repository.account_of(db, login)
    if isinstance(admitted, Failed):
        return Failed(admitted.wait, account.login if account else "")
    right = is_password(account, claimed.password)
    with opening() as db:
        begun = None
        if right and account is not None and not _is_expired(account, now):
            begun = _begin(db, account, claimed, now, rules)
        if begun is None:
            _note_failure(db, account, now, rules.sessions.node)
            return Failed(timedelta(0))
        forgive(db, admitted)
    return begun


@dataclass(frozen=True, slots=True)
class CodeRules:
    """The rules of a sign-in, and the keys that open second factors."""

    sign_in: SignInRules
    keys: NodeKeys


@dataclass(frozen=True, slots=True)
class CodeShown:
    """A code, and the half session that it is to complete."""

    token: str = field(repr=False)
    code: str = field(repr=False)
    visitor: Visitor


def show_code(
    db: Connection, shown: CodeShown, now: datetime, rules: CodeRules
) -> SignedIn | Failed | None:
    """Complete a half session by a code of the second factor, or a recovery code.

    The session gets another token. None if there is no half session: the password comes first.
    """
    account = _half_signed_in(db, shown.token, now, rules.sign_in.sessions.limits)
    if account is None:
        return None
    login, node = account.login, rules.sign_in.sessions.node
    admitted = admit(db, rules.sign_in.keys("code", login, shown.visitor), now)
    if isinstance(admitted, Failed):
        return Failed(admitted.wait, login)
    if not fits(db, rules.keys, login, shown.code, now):
        deed = Deed(staff(account, node), "session.code", login, AuditOutcome.DENIED)
        note(db, deed, now)
        return Failed(timedelta(0))
    forgive(db, admitted)
    if repository.end_session(db, token_hash(shown.token)) is None:
        return None  # somebody has ended it meanwhile
    return begin_session(db, account, shown.visitor, now, node)


def begin_session(
    db: Connection, account: Account, visitor: Visitor, now: datetime, node: str
) -> SignedIn:
    """Let somebody in who has shown everything that is asked; it stands in the audit."""
    signed_in = _write(db, account, visitor, now, half=False)
    note(db, Deed(staff(account, node), "session.begin", account.login), now)
    return signed_in


def _begin(
    db: Connection, account: Account, claimed: Credentials, now: datetime, rules: SignInRules
) -> SignedIn | None:
    if not repository.note_sign_in(db, account, now):
        return None
    if HASHER.check_needs_rehash(account.password_hash):
        repository.rewrite_password(db, account.login, HASHER.hash(claimed.password))
    factor = repository.second_factor_of(db, account.login)
    if factor is not None and factor.sealed is not None:
        return _write(db, account, claimed.visitor, now, half=True)
    return begin_session(db, account, claimed.visitor, now, rules.sessions.node)


def _write(
    db: Connection, account: Account, visitor: Visitor, now: datetime, *, half: bool
) -> SignedIn:
    token = new_token()
    begun = Begun(
        token_hash=token_hash(token),
        login=account.login,
        half=half,
        address=visitor.address,
        device=device_of(visitor.user_agent),
        provider_session=visitor.provider_session,
    )
    repository.begin_session(db, begun, now)
    return SignedIn(token, account, half)


def _half_signed_in(db: Connection, token: str, now: datetime, limits: Limits) -> Account | None:
    session = repository.session_of(db, token_hash(token))
    if session is None or not session.half or not session.account.active:
        return None
    return session.account if now <= session.started_at + limits.half else None


def _is_expired(account: Account, now: datetime) -> bool:
    return account.password_expires_at is not None and now > account.password_expires_at


def _note_failure(db: Connection, account: Account | None, now: datetime, node: str) -> None:
    # An unknown login may be a password typed into the wrong field: it is not written down.
    login = account.login if account else ""
    deed = Deed(anonymous(node), "session.begin", login, AuditOutcome.DENIED)
    note(db, deed, now)
