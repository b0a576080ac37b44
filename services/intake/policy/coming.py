"""In which pieces a file goes to another node, what of it is asked for and when, and what is kept.

Piece 0 is its head: name, digest, place. It is asked for first, for a file that is here already
under its digest needs no more of it. Then the others, a lot at a time.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, unique

from services.intake.policy.files import AttachmentLimits, Kind, Refusal, Sniffed

PIECE_BYTES = 131_072
"""Sealed and written as text it is 175 kB: less than a parcel may be."""
LEAST_PIECE_BYTES = 16_384
"""A node of another release may cut smaller ones, but not so small that they are a burden."""
MOST_PIECES = 32_766
HEAD = 0
NOTHING = -1
LOT = 80
"""So many pieces, 10 MB, are asked for at a time: more would only lie at the other node."""
MOST_WRONG = 3
"""So often a file may come that is not what its digest says."""
LONGEST = timedelta(hours=6)
MOST_DOUBLINGS = 16
KEPT = frozenset({Kind.JPEG, Kind.PDF, Kind.DOCX, Kind.XLSX})
"""As which files are kept: every picture is a JPEG by then."""


@unique
class Fault(StrEnum):
    """Why a file of another node is not kept."""

    TOO_LARGE = "too_large"
    FULL = "full"
    KIND = "kind"
    ACTIVE = "active"
    PICTURE = "picture"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Offered:
    """A file as another node offers it."""

    kind: str
    bytes: int
    pieces: int


def piece_count(size: int) -> int:
    """Return in how many pieces a file of so many bytes goes, beside its head."""
    return -(-size // PIECE_BYTES)


def bytes_of(number: int) -> slice:
    """Return which bytes of a file are a piece of it; the first one has number 1."""
    return slice((number - 1) * PIECE_BYTES, number * PIECE_BYTES)


def fault_of_offer(offered: Offered, limits: AttachmentLimits, known: int) -> Fault | None:
    """Return why a file is not even asked for; `known` is how many the case has or awaits."""
    if offered.kind not in KEPT:
        return Fault.KIND
    most = min(MOST_PIECES, 1 + offered.bytes // LEAST_PIECE_BYTES)
    if not 0 < offered.bytes <= limits.bytes or not 0 < offered.pieces <= most:
        return Fault.TOO_LARGE
    return Fault.FULL if known >= limits.per_case else None


def fault_of_bytes(sniffed: Sniffed, told: str) -> Fault | None:
    """Return why a file that is whole is not kept: it must be what was told."""
    if sniffed.refusal is Refusal.ACTIVE:
        return Fault.ACTIVE
    return Fault.KIND if sniffed.kind is None or sniffed.kind != told else None


def lacking(pieces: int, here: Collection[int]) -> list[int]:
    """Return the pieces that have not come, the head among them."""
    return [number for number in range(pieces + 1) if number not in here]


def next_lot(pieces: int, here: Collection[int], asked_to: int) -> list[int]:
    """Return what to ask for now; nothing while something of the lot before is under way."""
    missing = lacking(pieces, here)
    if any(number <= asked_to for number in missing):
        return []
    return lot_of(missing)


def lot_of(missing: list[int]) -> list[int]:
    """Return the pieces of one asking: the head alone, as long as it has not come."""
    return missing[:1] if HEAD in missing else missing[:LOT]


def asks_again_after(tries: int, patience: timedelta) -> timedelta:
    """Return how long to wait for what was asked for so often in vain: doubling, with an end."""
    waits: timedelta = patience * 2 ** min(tries, MOST_DOUBLINGS)
    return min(waits, max(LONGEST, patience))
