"""What a logout token must say: OpenID Connect Back-Channel Logout 1.0 (2.4, 2.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = frozenset({None, "JWT", "logout+jwt"})
HOLDS = timedelta(minutes=10)
"""So old may a token be; for so long and a little more it is remembered that it was shown."""
MOST_SIGNS = 300
"""Of a name that the provider gives to a subject, a session or a token."""


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """Whose sessions the provider has ended: one of its own, or all of a subject."""

    token_id: str
    subject: str | None
    session: str | None


@dataclass(frozen=True, slots=True)
class Whose:
    """Who must have issued a token for whom, and how far clocks may be apart."""

    issuer: str
    client_id: str
    leeway_seconds: int


def checked(signed: jwt.Token, whose: Whose, now: datetime) -> Mapping[str, Any]:
    """Return the claims of a token whose signature is right; ValueError, JoseError for any other.

    Whether it was shown before is for the caller to know.
    """
    rules = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=whose.leeway_seconds,
        iss={"essential": True, "value": whose.issuer},
        aud={"essential": True, "value": whose.client_id},
        iat={"essential": True},
        jti={"essential": True},
        events={"essential": True},
    )
    rules.validate(signed.claims)
    fault = _fault(signed.header, signed.claims, now)
    if fault is not None:
        raise ValueError(fault)
    return signed.claims


def told_by(claims: Mapping[str, Any]) -> LoggedOut:
    """Return what checked claims say."""
    subject, session = _name(claims.get("sub")), _name(claims.get("sid"))
    return LoggedOut(str(claims["jti"]), subject, session)


def _fault(header: Mapping[str, Any], claims: Mapping[str, Any], now: datetime) -> str | None:
    events = claims["events"]
    event = events.get(EVENT) if isinstance(events, dict) else None
    faults = {
        "it is of another type": header.get("typ") not in TYPES,
        "it is a sign-in": "nonce" in claims,
        "it is no logout": not isinstance(event, dict),
        "it names nobody": not (_name(claims.get("sub")) or _name(claims.get("sid"))),
        "it has no id": _name(claims["jti"]) is None,
        "it is of long ago": int(claims["iat"]) < (now - HOLDS).timestamp(),
    }
    return next((fault for fault, is_so in faults.items() if is_so), None)


def _name(claim: object) -> str | None:
    return claim if isinstance(claim, str) and 0 < len(claim) <= MOST_SIGNS else None
