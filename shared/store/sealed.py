"""Bytes sealed part by part: of any size in the memory of one part, and whole or not at all.

Each part is bound to whose it is, to its place and to how many there are: it opens nowhere else,
in no other order and not cut short.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from shared.security.sealing import NONCE_BYTES, TAG_BYTES, NodeKeys, Sealer
from shared.store import Store

PART_BYTES = 262_144
"""So much is sealed at a time."""
SEALED_BYTES = PART_BYTES + NONCE_BYTES + TAG_BYTES

Label = Callable[[int, int], str]
"""Part, number of parts → to what the part is bound."""


@dataclass(frozen=True, slots=True)
class Safe:
    """What it takes to keep files: the node's keys, and where sealed bytes lie."""

    keys: NodeKeys = field(repr=False)
    store: Store = field(repr=False)


def part_count(size: int) -> int:
    """Return in how many parts so many bytes are kept."""
    return -(-size // PART_BYTES)


def lay_down(store: Store, sealer: Sealer, label: Label, source: BinaryIO, size: int) -> str:
    """Seal so many bytes into the store; return where they lie."""
    return store.put(_sealed(sealer, label, source, part_count(size)))


def opened(sealer: Sealer, label: Label, parts: Sequence[bytes]) -> bytes:
    """Open all the sealed parts of a file."""
    count = len(parts)
    return b"".join(sealer.open_bytes(label(part, count), each) for part, each in enumerate(parts))


def _sealed(sealer: Sealer, label: Label, source: BinaryIO, parts: int) -> Iterator[bytes]:
    source.seek(0)
    for part in range(parts):
        yield sealer.seal_bytes(label(part, parts), source.read(PART_BYTES))
