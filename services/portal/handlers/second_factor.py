"""The second factor: a secret shared with an app that makes a code of it every 30 seconds.

RFC 6238 as every such app knows it: SHA-1, six digits, 30 seconds. One step of clock skew either
way is taken; a code is taken once.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest

import pyotp
from sqlalchemy import Connection

from services.portal import repository
from services.portal.handlers.passwords import SIGNS
from services.portal.handlers.records import Deed, note
from services.portal.tables import second_factor_label
from shared.errors import Refused
from shared.security.actor import Actor
from shared.security.sealing import NodeKeys, hmac_sm3

STEP_SECONDS = 30
DIGITS = 6
SKEW = (0, -1, 1)
RECOVERY_CODES = 10
RECOVERY_SIGNS = 10
OFFER_HOLDS = timedelta(minutes=15)
"""How long a new secret waits for the first code of it."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A secret for an app to scan or a person to type; it counts once a code confirms it."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


def offer(db: Connection, keys: NodeKeys, actor: Actor, issuer: str, now: datetime) -> Offered:
    """Make a new secret; one that holds stays until the new one is confirmed."""
    secret = pyotp.random_base32()
    sealed = keys.seal_bytes(secret.encode(), second_factor_label(actor.id))
    repository.offer_second_factor(db, actor.id, sealed, now)
    note(db, Deed(actor, "second_factor.offer", actor.id), now)
    return Offered(secret, uri_of(secret, actor.id, issuer))


def uri_of(secret: str, login: str, issuer: str) -> str:
    """Return what an app scans: the secret, and whose it is where."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def confirm(db: Connection, keys: NodeKeys, actor: Actor, code: str, now: datetime) -> list[str]:
    """Let an offered secret count once a code of it is shown; return the recovery codes.

    Refused (`wrong_second_factor`) if the code does not fit; nothing has been offered by then
    for too long, or at all: `no_offer`.
    """
    factor = repository.second_factor_of(db, actor.id)
    if factor is None or factor.offered is None or factor.offered_at is None:
        raise Refused("no_offer")
    if now > factor.offered_at + OFFER_HOLDS:
        raise Refused("no_offer")
    step = step_of(_opened(keys, factor.offered, actor.id), code, now)
    if step is None:
        raise Refused("wrong_second_factor", field="code")
    repository.confirm_second_factor(db, actor.id, step, now)
    note(db, Deed(actor, "second_factor.confirm", actor.id), now)
    return _new_recovery_codes(db, keys, actor.id)


def fits(db: Connection, keys: NodeKeys, login: str, code: str, now: datetime) -> bool:
    """Tell whether a code is good, and use it up: one of the app, or a recovery code."""
    factor = repository.second_factor_of(db, login)
    if factor is None or factor.sealed is None:
        return False
    typed = _plain(code)
    if len(typed) == RECOVERY_SIGNS:
        return repository.use_recovery_code(db, login, _recovery_hash(keys, login, typed))
    step = step_of(_opened(keys, factor.sealed, login), typed, now)
    return step is not None and repository.use_step(db, login, step)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the step whose code this is, the present one or one beside it."""
    typed = _plain(code)
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    return next(
        (
            present + skew
            for skew in SKEW
            if compare_digest(totp.at((present + skew) * STEP_SECONDS), typed)
        ),
        None,
    )


def _opened(keys: NodeKeys, sealed: bytes, login: str) -> str:
    return keys.open_bytes(sealed, second_factor_label(login)).decode()


def _new_recovery_codes(db: Connection, keys: NodeKeys, login: str) -> list[str]:
    codes = [
        "".join(secrets.choice(SIGNS) for _ in range(RECOVERY_SIGNS))
        for _ in range(RECOVERY_CODES)
    ]
    hashes = [_recovery_hash(keys, login, code) for code in codes]
    repository.write_recovery_codes(db, login, hashes)
    half = RECOVERY_SIGNS // 2
    return [f"{code[:half]}-{code[half:]}" for code in codes]


def _recovery_hash(keys: NodeKeys, login: str, code: str) -> str:
    # Not the key of the blind indexes, which may be renewed: these codes lie in a drawer.
    return hmac_sm3(keys.lasting_subkey("recovery code"), f"{login}\0{code}".encode()).hex()


def _plain(code: str) -> str:
    return "".join(sign for sign in code.upper() if sign.isalnum())
