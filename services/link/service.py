"""What wakes link: every fact about a case of this node, parcels of its neighbours, and time."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.link import handlers
from services.link.handlers import House
from services.link.tables import plumbing
from shared.chassis import (
    Books,
    Cards,
    Carrier,
    Database,
    Entries,
    Keys,
    Neighbourhood,
    NodeSettings,
    Relay,
    Sealer,
    carries,
    every,
    hears_envelopes,
)
from shared.clock import utcnow
from shared.events.base import Envelope, Event
from shared.events.dispatch import CustodyTold
from shared.events.link import DisclosureSet, ParcelArrived

CARRY_EVERY_SECONDS = 1
MEASURE_EVERY_SECONDS = 10
LOOK_FOR_A_NEW_DAY_EVERY_SECONDS = 60
LOOK_AT_CARDS_EVERY_SECONDS = 15
TIDY_EVERY_SECONDS = 3600
TIDY_BATCH = 5_000
TOLD_OF_NODES = [kind for kind in handlers.NODE_FACTS.values() if kind is not DisclosureSet]
"""What link itself says of the node needs no hearing."""


class LinkService:
    """The running service; it keeps no state."""

    name = "link"

    settings = NodeSettings()
    unit = Database(plumbing)
    keys = Keys()
    neighbours = Neighbourhood()
    cards = Cards()
    entries = Entries()
    carrier = Carrier()
    relay = Relay()
    sealer = Sealer()
    books = Books()

    @hears_envelopes(*handlers.NOTED.values(), *TOLD_OF_NODES, CustodyTold, ParcelArrived)
    def on_anything(self, db: Connection, heard: Sequence[tuple[Envelope, Event]]) -> None:
        """Something happened to a case here, or a neighbour wrote."""
        handlers.hear(db, heard, self._house())

    @carries(seconds=CARRY_EVERY_SECONDS)
    def carry(self, peer: str) -> bool:
        """Something waits, or it is time for a beat; True while there may be more."""
        term = self.relay.term
        if term is None:
            return False
        return handlers.carry(self.unit.transaction, self.carrier, self._house(), peer, term)

    @every(seconds=LOOK_FOR_A_NEW_DAY_EVERY_SECONDS)
    def anchor(self) -> None:
        """A day may have begun: sign the heads of all audits, and give them to the tier above."""
        if self.relay.leads:
            handlers.drop_anchor(self.unit.transaction, self.books, self._house())

    @every(seconds=MEASURE_EVERY_SECONDS)
    def measure(self) -> None:
        """Look whether shovels take along what was carried to the own broker."""
        self.carrier.measure()

    @every(seconds=TIDY_EVERY_SECONDS)
    def tidy(self) -> bool:
        """Time passed: what was not believed long ago is forgotten; True while there is more."""
        with self.unit.transaction() as db:
            before = utcnow() - self.settings.refusals_kept
            return handlers.tidy(db, before, TIDY_BATCH) == TIDY_BATCH

    @every(seconds=LOOK_FOR_A_NEW_DAY_EVERY_SECONDS)
    def disclose(self) -> None:
        """The node may have started with another rule: let it hold, and tell the tier above."""
        if self.relay.leads:
            handlers.settle_rule(self.unit.transaction, self._house())

    @every(seconds=LOOK_AT_CARDS_EVERY_SECONDS)
    def renew_cards(self) -> None:
        """This node may have a new card, or a neighbour: tell it, put it in place, answer."""
        if self.relay.leads:
            handlers.settle_cards(self.unit.transaction, self._house())

    @every(seconds=LOOK_FOR_A_NEW_DAY_EVERY_SECONDS)
    def catch_up(self) -> None:
        """The node may have been upgraded: say what came before that it can read only now."""
        if self.relay.leads:
            handlers.say_kept_node_facts(self.unit.transaction, self._house())

    def _house(self) -> House:
        known = (self.unit.node, self.keys, self.neighbours, self.cards)
        told = self.settings
        return House(*known, told.pace, utcnow(), self.entries, told.disclosure)
