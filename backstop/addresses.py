"""Who asks: the address of a connection, or the one that a proxy we trust names in its place."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import AfterValidator

from shared.http.households import read_address

UNKNOWN = "?"


def _network(text: str) -> str:
    return str(ip_network(text.strip()))


NetworkName = Annotated[str, AfterValidator(_network)]
"""An address or a network: `10.0.0.5`, `10.1.0.0/16`, `fd00::/8`."""


class Networks:
    """A list of networks in which an address may lie."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        self._networks: list[IPv4Network | IPv6Network] = [ip_network(name) for name in names]

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self._networks)

    def has(self, address: str) -> bool:
        """Tell whether an address lies in one of them."""
        found = read_address(address) if self._networks else None
        return found is not None and any(found in network for network in self._networks)


def client_of(peer: str, forwarded: str, proxies: Networks) -> str:
    """Return who asks, given the connection's other end and what `X-Forwarded-For` says.

    Read from its end, which our own proxy wrote: what stands before the first stranger is only
    what that stranger claims. A proxy that nobody listed is a client like any other.
    """
    client = peer
    for claimed in reversed(forwarded.split(",")):
        if not proxies.has(client):
            break
        found = read_address(claimed)
        if found is None:
            break
        client = str(found)
    return client
