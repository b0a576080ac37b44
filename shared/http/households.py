"""Network addresses as askers: who counts as one household."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

HOME_BITS = 64
"""An IPv6 subscriber holds at least so many addresses: they count as one."""

Address = IPv4Address | IPv6Address


@lru_cache(4_096)
def household(address: str) -> str:
    """Return what counts as one asker: an IPv4 address, or the network of an IPv6 subscriber."""
    found = read_address(address)
    if not isinstance(found, IPv6Address):
        return address
    return str(IPv6Network((found, HOME_BITS), strict=False))


def read_address(text: str) -> Address | None:
    """Return an address as proxies write it, also with a port; None where it is none."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
