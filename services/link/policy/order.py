"""In which order a neighbour's parcels count, and what a receipt says.

Each side numbers its parcels from 1 under an incarnation, an id that grows with time, and begins a
new one whenever it starts to send: a node that was restored from a backup does not know which
numbers it gave since. What was not receipted goes again under the new one; facts that the
neighbour has already are known to it by their ids.

Receipts only grow, so they tell of a restore: a node gets one for more than it knows of having
said, or its neighbour opens an incarnation with less than it had receipted.
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


@unique
class Taken(StrEnum):
    """What came of a parcel, in the words of whoever brought it."""

    NEW = "new"
    KNOWN = "known"
    """It, or what came after it, had been heard before."""
    HELD = "held"
    RECEIPT = "receipt"
    REFUSED = "refused"


def taken_of(place: Place) -> Taken:
    """Return what came of a parcel that was believed."""
    match place:
        case Place.NEXT:
            return Taken.NEW
        case Place.EARLY:
            return Taken.HELD
        case Place.RECEIPT:
            return Taken.RECEIPT
        case Place.AGAIN | Place.OLD | Place.ANEW:
            return Taken.KNOWN


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a neighbour's parcels have counted."""

    incarnation: UUID | None
    heard: int


def place_of(standing: Standing, incarnation: UUID, sequence: int) -> Place:
    """Return what becomes of a parcel."""
    if standing.incarnation is not None and incarnation < standing.incarnation:
        return Place.OLD
    if incarnation != standing.incarnation:
        return Place.ANEW
    if sequence == 0:
        return Place.RECEIPT
    if sequence <= standing.heard:
        return Place.AGAIN
    return Place.NEXT if sequence == standing.heard + 1 else Place.EARLY


Reach = tuple[UUID, int]
"""How far a counting has come: an incarnation, and a number under it."""
NOWHERE: Reach = (UUID(int=0), 0)


@dataclass(frozen=True, slots=True)
class Counting:
    """How far one's own parcels have come, and how far the incarnation before this one came."""

    said: Reach
    received: int
    former: Reach = NOWHERE


@unique
class Received(StrEnum):
    """What a receipt tells its reader."""

    UP_TO = "up_to"
    """The neighbour has everything up to there."""
    NOTHING_NEW = "nothing_new"
    RESTORED = "restored"
    """The neighbour has more than this node knows of having said."""
    LOST = "lost"
    """The neighbour has less than it had."""


def receipt_of(mine: Counting, receipt: Reach, *, begins: bool) -> Received:
    """Return what a receipt means; `begins` if it is the first of the neighbour's incarnation."""
    own, _ = mine.said
    known = mine.former if receipt[0] < own else mine.said
    if receipt > known:
        return Received.RESTORED
    # A late letter says less too, but not one of an incarnation that began after the others.
    if begins and mine.received and receipt < (own, mine.received):
        return Received.LOST
    is_news = receipt > (own, mine.received)
    return Received.UP_TO if is_news else Received.NOTHING_NEW
