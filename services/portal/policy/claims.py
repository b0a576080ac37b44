"""What the claims of a single sign-on mean here: which account, which roles, or why none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.portal.policy.refusals import Refusal

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
LONGEST_NAME = 100
LONGEST_UNIT = 40
BY_TWO_FACTORS = "mfa"
"""What `amr` holds of somebody who has shown two (RFC 8176)."""


@dataclass(frozen=True, slots=True)
class ClaimRules:
    """In which claims things stand; a dot leads into a claim, as in `realm_access.roles`."""

    login: str
    name: str
    unit: str
    roles: str
    means: Mapping[str, str]
    """What a value of the roles' claim is here; a value that is not in it is nothing."""
    asking: frozenset[str] = frozenset()
    """Roles that ask for a second factor."""
    asks_itself: bool = False
    """The provider asks for one wherever it is needed, whether or not its claims say so."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as the provider says."""

    subject: str
    """The provider's own name for the person, which is never given to another."""
    login: str
    name: str
    unit: str | None
    roles: frozenset[str]


def identity_of(claims: Mapping[str, Any], rules: ClaimRules) -> Identity | Refusal:
    """Return who the claims are about; without a usable login or any role they open nothing."""
    login = str(_told(claims, rules.login) or "").lower()
    if not LOGIN.fullmatch(login):
        return Refusal.NO_LOGIN
    roles = {rules.means[value] for value in _values(claims, rules.roles) if value in rules.means}
    if not roles:
        return Refusal.NO_ROLE
    shown = rules.asks_itself or BY_TWO_FACTORS in _values(claims, "amr")
    if roles & rules.asking and not shown:
        return Refusal.NO_SECOND_FACTOR
    name, unit = (str(_told(claims, each) or "") for each in (rules.name, rules.unit))
    return Identity(
        subject=str(claims["sub"]),
        login=login,
        name=name[:LONGEST_NAME] or login,
        unit=unit[:LONGEST_UNIT] or None,
        roles=frozenset(roles),
    )


def _values(claims: Mapping[str, Any], path: str) -> list[str]:
    told = _told(claims, path)
    many = told if isinstance(told, list) else [told]
    return [value for value in many if isinstance(value, str)]


def _told(claims: Mapping[str, Any], path: str) -> Any:
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
