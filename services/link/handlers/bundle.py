"""Parcels that go by hand: all that waits for a neighbour, and the way back in.

A bundle begins an incarnation, like whoever begins to send: nobody can tell whether the database
was restored since the last one. The wire goes on under the same one, so both say the same numbers.
What comes in goes through the same receiving as from the wire.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection

from services.link.carriers import Letter
from services.link.handlers.disclose import under_rule
from services.link.handlers.house import House
from services.link.handlers.letters import write
from services.link.handlers.receive import parcels_in, receive
from services.link.policy import Taken
from services.link.repository.links import (
    Link,
    Parcel,
    count_anew,
    lock_link,
    note_bundle,
    take_turn,
    waiting_parcels,
)
from shared.events.base import Envelope, Event

AT_ONCE = 50

OpenTransaction = Callable[[], AbstractContextManager[Connection]]


@dataclass(slots=True)
class Packed:
    """What has gone into a bundle so far."""

    parcels: int = 0
    facts: int = 0


def begin_bundle(db: Connection, house: House, peer: str) -> Link:
    """Return the link as the bundle will tell of it; the wire sends on under the same numbers."""
    count_anew(db, lock_link(db, peer), house.now)
    link = lock_link(db, peer)
    note_bundle(db, link, house.now)
    return link


def letters_for(
    open_transaction: OpenTransaction, house: House, link: Link, packed: Packed
) -> Iterator[Letter]:
    """Yield what was heard of the neighbour, then each parcel that it has not receipted."""
    yield write(link, None, house)
    after = link.begun_after
    while parcels := _more(open_transaction, link, after):
        for parcel in parcels:
            packed.parcels += 1
            packed.facts += parcel.facts
            yield write(link, parcel, house)
        after = parcels[-1].sequence


def _more(open_transaction: OpenTransaction, link: Link, after: int) -> Sequence[Parcel]:
    with open_transaction() as db:
        return waiting_parcels(db, link.peer, after, link.said, AT_ONCE)


@dataclass(slots=True)
class Arrivals:
    """What came of the parcels of a bundle."""

    by_message: dict[UUID, Taken] = field(default_factory=dict)

    @property
    def counts(self) -> Counter[Taken]:
        """How many there were of each."""
        return Counter(self.by_message.values())

    def hear(self, db: Connection, heard: Sequence[tuple[Envelope, Event]], house: House) -> None:
        """Take parcels in while no process of the node hears anything else."""
        take_turn(db, alone=True)
        house = under_rule(db, house)
        self.by_message |= receive(db, parcels_in(heard), house)
