"""Passwords: hashed by argon2id, weighed by zxcvbn, changed by their owner."""

import secrets
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection

from services.portal import repository
from services.portal.handlers.patience import Failed, Keys, admit, forgive
from services.portal.handlers.records import Deed, note
from services.portal.policy import Part, PasswordRules, Refusal, own_words, verdict
from services.portal.repository import Account
from shared.audit import AuditOutcome
from shared.errors import Refused
from shared.security.actor import Actor

Opening = Callable[[], AbstractContextManager[Connection]]
"""Opens a transaction: where a password is checked, none is held open meanwhile."""

# OWASP's choice for argon2id: 19 MiB a sign-in, so that a few at once fit a small machine.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$Tm9ib2R5J3NTYWx0Rm9yWW91$"
    "NobodyHasThisPasswordSoNothingEverMatchesIt"
)
"""Checked for an unknown login, so that it takes as long as a known one."""

WEIGHED = 72
"""zxcvbn looks at no more; what is longer is no weaker."""
SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of what is read aloud and typed: nothing in it is taken for something else."""
GROUP = 4
GROUPS = 4
_weighing = Lock()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a new password, here and of this account."""

    rules: PasswordRules
    words: Collection[str] = ()
    """What a guesser knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChange:
    """What the owner of a session wants as password; other sessions end."""

    actor: Actor
    session: bytes
    """The one that stays: the hash of its token."""
    present: str = field(repr=False)
    wanted: str = field(repr=False)


def is_password(account: Account | None, password: str) -> bool:
    """Tell whether a password is that of an account, in the same time for one without any."""
    known = account is not None and account.subject is None
    try:
        return HASHER.verify(account.password_hash if account and known else NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False


def demand_local(account: Account) -> None:
    """Raise Refused for an account that a single sign-on keeps: it has its way in there."""
    if account.subject is not None:
        raise Refused("sso_account", field="login")


def demand_good(password: str, asked: Asked, field: str = "password") -> None:
    """Raise Refused with what would be better, unless a password is good enough."""
    if len(password) < asked.rules.length:
        raise Refused(Refusal.PASSWORD_TOO_SHORT, str(asked.rules.length), field=field)
    score, parts = _weigh(password[:WEIGHED], asked.words)
    refusal = verdict(score, parts, asked.rules)
    if refusal is not None:
        raise Refused(refusal, field=field)


def asked_of(rules: PasswordRules, account: str, name: str, *place: str) -> Asked:
    """Return what is asked of the password of one account at one place."""
    return Asked(rules, own_words(account, name, *place))


def one_time_password() -> str:
    """Return a password that is told once: 80 bits in groups."""
    return grouped("".join(secrets.choice(SIGNS) for _ in range(GROUP * GROUPS)))


def grouped(text: str) -> str:
    """Return a text in groups of four, as one types it."""
    return "-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def change_password(
    opening: Opening, change: PasswordChange, asked: Asked, keys: Keys, now: datetime
) -> Failed | None:
    """Change one's own password and end one's other sessions; None when it is done."""
    if change.wanted == change.present:
        raise Refused(Refusal.PASSWORD_REUSED, field="password")
    demand_good(change.wanted, asked)
    account = proven(opening, change.actor, change.present, keys, now)
    if isinstance(account, Failed):
        return account
    hashed = HASHER.hash(change.wanted)
    with opening() as db:
        if not repository.change_password(db, account, hashed):
            raise Refused("changed_meanwhile")
        repository.end_sessions_of(db, account.login, but=change.session)
        note(db, Deed(change.actor, "password.change", account.login), now)
    return None


def proven(
    opening: Opening, actor: Actor, password: str, keys: Keys, now: datetime
) -> Account | Failed:
    """Return the account of one who is signed in and has typed the password again."""
    with opening() as db:
        admitted = admit(db, keys, now)
        account = repository.account_of(db, actor.id)
    if isinstance(admitted, Failed):
        return Failed(admitted.wait, actor.id)
    fits = is_password(account, password)
    with opening() as db:
        if account is None or not fits:
            deed = Deed(actor, "password.prove", actor.id, AuditOutcome.DENIED)
            note(db, deed, now)
            return Failed(timedelta(0))
        forgive(db, admitted)
    return account


def _weigh(password: str, words: Collection[str]) -> tuple[int, list[Part]]:
    from zxcvbn import zxcvbn  # its word lists are megabytes that most processes never need

    # It keeps the words in a table of the whole process.
    with _weighing:
        weighed = zxcvbn(password, user_inputs=sorted(words))
    parts = [
        Part(found["pattern"], found.get("dictionary_name") or "") for found in weighed["sequence"]
    ]
    return weighed["score"], parts
