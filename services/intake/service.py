"""What wakes intake: facts of other services about its cases, and time."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection

from services.intake import handlers
from services.intake.handlers import FileHouse
from services.intake.tables import plumbing
from shared.chassis import (
    Cards,
    Database,
    Files,
    Keys,
    NodeSettings,
    Relay,
    Sealer,
    every,
    hears,
    hears_many,
)
from shared.clock import utcnow
from shared.events.base import CaseEvent
from shared.events.dispatch import ItemListed, UnitListed
from shared.events.link import (
    CaseReceived,
    FactRelayed,
    NodeFactRelayed,
    OrderPassedOn,
    PiecesArrived,
)
from shared.store.loose import Room, shelf_at

FORGET_EVERY_SECONDS = 600
SEND_EVERY_SECONDS = 1
SEND_BATCH = 50
ASK_EVERY_SECONDS = 30
ASK_BATCH = 50
DROP_EVERY_SECONDS = 10
END_EVERY_SECONDS = 60
DROP_BATCH = 100
LOOK_EVERY_SECONDS = 300
MOVE_EVERY_SECONDS = 5
RETAIN_EVERY_SECONDS = 300
RETAIN_BATCH = 200
TELL_EVERY_SECONDS = 300
TELL_BATCH = 100


class IntakeService:
    """The running service; a new instance per message, so it keeps no state."""

    name = "intake"

    settings = NodeSettings()
    unit = Database(plumbing)
    keys = Keys()
    cards = Cards()
    files = Files()
    relay = Relay()
    sealer = Sealer()

    @hears_many(*handlers.FOLLOWED)
    def on_facts(self, db: Connection, events: Sequence[CaseEvent]) -> None:
        """Something happened to cases: their persons will want to know."""
        handlers.follow(db, events)
        handlers.adopt_shared(db, events, self._files)
        handlers.give_to_takers(db, events, self._files)

    @hears_many(FactRelayed)
    def on_facts_relayed(self, db: Connection, events: Sequence[FactRelayed]) -> None:
        """Other nodes said something about cases, perhaps about some that are here."""
        handlers.hear_neighbours(db, events, self._files)

    @hears(NodeFactRelayed)
    def on_node_fact_relayed(self, db: Connection, event: NodeFactRelayed) -> None:
        """Another node told of itself, perhaps what it knows that other regions can do."""
        handlers.hear_benchmark(db, event, self.unit.node)

    @hears(OrderPassedOn)
    def on_order_passed_on(self, db: Connection, event: OrderPassedOn) -> None:
        """An order to erase or correct went on to other nodes, who owe their answer."""
        handlers.note_passed_on(db, event, self.unit.node)

    @hears(CaseReceived)
    def on_case_received(self, db: Connection, event: CaseReceived) -> None:
        """A case came from another node, with its person."""
        handlers.receive_case(db, self.keys, event, self.unit.node)

    @hears_many(PiecesArrived)
    def on_pieces_arrived(self, db: Connection, events: Sequence[PiecesArrived]) -> None:
        """Pieces of files came from a neighbour: ask for more of them, or keep what is whole."""
        handlers.take_pieces(db, events, self._files)

    @hears(ItemListed)
    def on_item_listed(self, db: Connection, event: ItemListed) -> None:
        """The catalogue changed: reports about this item are accepted at once, or no more."""
        handlers.list_item(db, event)

    @hears(UnitListed)
    def on_unit_listed(self, db: Connection, event: UnitListed) -> None:
        """A unit's entry changed: people are told its telephone."""
        handlers.list_unit(db, event)

    @every(seconds=FORGET_EVERY_SECONDS)
    def forget_old_counts(self) -> None:
        """Time passed: codes of long ago count no more."""
        with self.unit.transaction() as db:
            now, rules = utcnow(), self.settings.lost_code_rules
            longest = max(self.settings.guess_limits.window, rules.window)
            handlers.forget_old_counts(db, longest, now)
            handlers.forget_old_asks(db, rules, now)

    @every(seconds=SEND_EVERY_SECONDS)
    def send_codes(self) -> bool:
        """Time passed: people who lost their query code wait; True while there may be more."""
        house = self.settings.code_house(self.unit.node, self.keys)
        with self.unit.transaction() as db:
            return handlers.send_codes(db, house, utcnow(), SEND_BATCH) == SEND_BATCH

    @every(seconds=ASK_EVERY_SECONDS)
    def ask_again_for_files(self) -> bool:
        """Time passed: go on with files of which nothing comes; True while there are more."""
        late = handlers.ask_again(self.unit.transaction, self._files, ASK_BATCH)
        return late == ASK_BATCH

    @every(seconds=RETAIN_EVERY_SECONDS)
    def keep_no_longer(self) -> bool:
        """Time passed: ask for what was kept long enough, erase what a backup brought back."""
        node, now = self.unit.node, utcnow()
        with self.unit.transaction() as db:
            again = handlers.erase_again(db, node, now, RETAIN_BATCH)
            due = handlers.ask_for_due(db, self.settings.keeping, node, now, RETAIN_BATCH)
            return RETAIN_BATCH in (again, due)

    @every(seconds=TELL_EVERY_SECONDS)
    def tell_other_tiers(self) -> bool:
        """The node may have been upgraded: say what only it knew; True while there is more."""
        with self.unit.transaction() as db:
            return handlers.tell_untold(db, self.unit.node, utcnow(), TELL_BATCH) == TELL_BATCH

    @every(seconds=MOVE_EVERY_SECONDS)
    def move_to_store(self) -> bool:
        """Time passed: move what still lies in rows into the store; True while there is more."""
        return handlers.move_to_store(self.unit.transaction, self.files)

    @every(seconds=DROP_EVERY_SECONDS)
    def drop_loose(self) -> bool:
        """Time passed: drop the bytes of what was erased or given up; True while there is more."""
        return self._room.drop_loose(utcnow(), DROP_BATCH) == DROP_BATCH

    @every(seconds=END_EVERY_SECONDS)
    def end_old_uploads(self) -> bool:
        """Time passed: give up what nobody has finished sending; True while there is more."""
        with self.unit.transaction() as db:
            return handlers.end_old_uploads(db, utcnow(), DROP_BATCH) == DROP_BATCH

    @every(seconds=LOOK_EVERY_SECONDS)
    def look_for_loose(self) -> None:
        """Time passed: look on one of the shelves for bytes of which no row tells."""
        now = utcnow()
        self._room.note_loose(shelf_at(now, timedelta(seconds=LOOK_EVERY_SECONDS)), now)

    @property
    def _room(self) -> Room:
        return handlers.file_room(self.unit.transaction, self.files)

    @property
    def _files(self) -> FileHouse:
        limits, patience = self.settings.attachment_limits, self.settings.file_patience
        house = (self.unit.node, self.keys, self.cards, limits, patience)
        return FileHouse(*house, utcnow(), self.files)
