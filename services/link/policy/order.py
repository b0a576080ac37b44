"""In which order a neighbour's parcels count, and what a receipt says.

Each side numbers its parcels from 1 under an incarnation, an id that grows with time. Whoever was
restored from a backup counts under numbers that its neighbour has heard; the neighbour's receipt
betrays it, and it begins a new incarnation with what was not received.
"""

from dataclasses import dataclass
from enum import StrEnum, unique
from uuid import UUID


@unique
class Place(StrEnum):
    """What becomes of a parcel that is believed."""

    NEXT = "next"
    """It is the next one: it counts now, and what waits behind it."""
    EARLY = "early"
    """One before it is missing: it is held."""
    AGAIN = "again"
    """It counted before: it is only receipted again."""
    ANEW = "anew"
    """The neighbour counts anew: what was held of before is dropped, and this one is looked at."""
    OLD = "old"
    """Of an incarnation that has ended: dropped."""
    RECEIPT = "receipt"
    """It carries no facts and no number."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a neighbour's parcels have counted."""

    incarnation: UUID | None
    heard: int


def place_of(standing: Standing, incarnation: UUID, sequence: int) -> Place:
    """Return what becomes of a parcel."""
    if standing.incarnation is not None and incarnation < standing.incarnation:
        return Place.OLD
    if sequence == 0:
        return Place.RECEIPT
    if incarnation != standing.incarnation:
        return Place.ANEW
    if sequence <= standing.heard:
        return Place.AGAIN
    return Place.NEXT if sequence == standing.heard + 1 else Place.EARLY


@unique
class Received(StrEnum):
    """What a receipt tells its reader."""

    UP_TO = "up_to"
    """The neighbour has everything up to there."""
    NOTHING_NEW = "nothing_new"
    RESTORED = "restored"
    """The neighbour has more than this node knows of having said."""


def receipt_of(own: UUID, said: int, received: int, receipt: tuple[UUID | None, int]) -> Received:
    """Return what a receipt `(incarnation, up to)` means for one's own counting."""
    incarnation, up_to = receipt
    if incarnation != own or up_to <= received:
        return Received.NOTHING_NEW
    return Received.RESTORED if up_to > said else Received.UP_TO
