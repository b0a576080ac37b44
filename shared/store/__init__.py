"""Bytes outside the database, found by the digest of what they are; what lies here is sealed.

A row that tells an address is written after the bytes are safe, and bytes are dropped after the
row is gone: what is cut off between leaves bytes that nobody tells of, never a row without them.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from re import compile as pattern
from typing import Protocol

from shared.errors import Permanent, Unavailable

ADDRESS = pattern(r"[0-9a-f]{64}")
SHELVES = 256
"""Addresses lie by their first two digits, so that one of so many can be looked through alone."""


class StoreAway(Unavailable):
    """The store does not answer, or has no room: what needs it is refused or waits."""


class Lost(Permanent):
    """Nothing lies at this address, or it is none."""


class Store(Protocol):
    """Where sealed bytes lie; every method raises StoreAway if it cannot tell."""

    def put(self, pieces: Iterable[bytes]) -> str:
        """Keep these pieces as one; return its address when they are safe."""

    def read(self, address: str, piece: int) -> Iterator[bytes]:
        """Yield pieces of so many bytes, the last one perhaps shorter; Lost if there are none."""

    def drop(self, address: str) -> None:
        """Keep it no longer; what is not there is dropped already."""

    def shelf(self, number: int) -> Iterator[str]:
        """Yield the addresses on one of the shelves, 0 to 255."""

    def tidy(self, before: datetime) -> None:
        """Throw away what nobody has gone on writing since then."""


def checked(address: str) -> str:
    """Return an address that is one; Lost for anything else, so that none leads elsewhere."""
    if not ADDRESS.fullmatch(address):
        raise Lost("no address of the store")
    return address


def mark_of(shelf: int) -> str:
    """Return how the addresses of a shelf begin."""
    return f"{shelf:02x}"
