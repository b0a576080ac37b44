"""When a token of another system holds, from where, and when its end is to be announced."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


@unique
class TokenState(StrEnum):
    """Where a token stands; only the first two open anything."""

    LIVE = "live"
    ENDING = "ending"
    """Its end is near."""
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class TokenRules:
    """How long tokens live."""

    longest: timedelta
    overlap: timedelta
    """How long a rotated token still opens beside its successor."""
    warned: timedelta
    """How long before its end people are warned."""


def token_state(
    expires_at: datetime, revoked_at: datetime | None, now: datetime, rules: TokenRules
) -> TokenState:
    """Tell where a token stands; at the instant of its end it is over."""
    if revoked_at is not None:
        return TokenState.REVOKED
    if now >= expires_at:
        return TokenState.EXPIRED
    return TokenState.ENDING if now >= expires_at - rules.warned else TokenState.LIVE


def overlap_ends(expires_at: datetime, now: datetime, rules: TokenRules) -> datetime:
    """Return until when a token that is rotated now still opens: never beyond its own end."""
    return min(expires_at, now + rules.overlap)


def normal_network(text: str) -> str | None:
    """Return the exact spelling of an address or a network; None if it is none.

    Host bits are dropped: `10.1.2.3/8` means `10.0.0.0/8`.
    """
    try:
        return str(ip_network(text.strip(), strict=False))
    except ValueError:
        return None


def comes_from(address: str, networks: Sequence[str]) -> bool:
    """Tell whether an address lies in one of the networks; without networks every one does."""
    if not networks:
        return True
    try:
        known = _plain(ip_address(address))
    except ValueError:
        return False
    return any(known in ip_network(network) for network in networks)


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    # A listener for both families tells an IPv4 address as ::ffff:10.0.0.1.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped
