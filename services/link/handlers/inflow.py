"""What comes in of one neighbour: its receipts, the order of its parcels, and what they hold.

Whatever a parcel changes is kept until something must be looked at in the database again, and
then written for all at once: one parcel costs as much as two hundred.
"""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy import Connection

from services.link.handlers.anchors import take_anchors
from services.link.handlers.cards import take_cards
from services.link.handlers.custody import take_custody
from services.link.handlers.facts import take_facts
from services.link.handlers.files import take_pieces
from services.link.handlers.house import House
from services.link.handlers.letters import Content, Head, Opened
from services.link.handlers.node_facts import post_node_facts_first, take_node_facts
from services.link.handlers.receipts import asked_by
from services.link.policy import Place, Reach, Standing, place_of
from services.link.repository.links import (
    change_link,
    drop_held,
    first_held,
    hold,
    lock_link,
    take_held,
)
from shared.outbox import nudge

AGAIN = -1
"""As what was receipted: the neighbour asks again, so it is told again."""
FACTS_AT_ONCE = 2_000
"""More facts than these are not kept unwritten."""
HELD_AT_ONCE = 50


def take_in(db: Connection, peer: str, parcels: Sequence[Opened], house: House) -> list[Place]:
    """Take in parcels of a neighbour that are believed; return the place that each had."""
    inflow = _Inflow(db, peer, house)
    places = [inflow.take(parcel) for parcel in parcels]
    inflow.write()
    return places


class _Inflow:
    def __init__(self, db: Connection, peer: str, house: House) -> None:
        self.db = db
        self.peer = peer
        self.house = house
        self.counted: list[Content] = []
        """Not written yet, like the next two."""
        self.facts = 0
        self.early: dict[int, str] = {}
        self.told: tuple[UUID, Reach] | None = None
        """What the parcel before was a receipt for, and its incarnation."""
        self._look()

    def take(self, parcel: Opened) -> Place:
        """Take in the parcel that came next."""
        self._heed(parcel.head)
        place = self._place_of(parcel.head)
        match place:
            case Place.NEXT:
                self._count(parcel.content)
                self._count_held()
            case Place.EARLY:
                self._keep(parcel)
            case Place.AGAIN:
                self.is_asked = True
            case Place.ANEW | Place.OLD | Place.RECEIPT:
                pass
        return place

    def write(self) -> None:
        """Write what has come in so far."""
        self._take_counted()
        self._hold_early()
        again = {"receipted": AGAIN} if self.is_asked else {}
        heard = {"their_incarnation": self.standing.incarnation, "heard": self.standing.heard}
        change_link(self.db, self.peer, last_heard_at=self.house.now, **heard, **again)
        if self.is_asked or self.standing != self.link.standing:
            nudge(self.db)

    def _look(self) -> None:
        self.link = lock_link(self.db, self.peer)
        self.standing = self.link.standing
        self.is_asked = False
        self.held = first_held(self.db, self.peer)

    def _heed(self, head: Head) -> None:
        if self.told == (head.incarnation, head.reach):
            return
        self.told = head.incarnation, head.reach
        known = self.standing.incarnation
        begins = known is not None and known < head.incarnation
        act = asked_by(self.db, self.link, head, self.house, begins=begins)
        if act is not None:
            self.write()
            act(lock_link(self.db, self.peer))
            self._look()

    def _place_of(self, head: Head) -> Place:
        place = place_of(self.standing, head.incarnation, head.sequence)
        if place is not Place.ANEW:
            return place
        drop_held(self.db, self.peer)
        if self.standing.incarnation is None:
            post_node_facts_first(self.db, self.peer, self.house)
        self.early, self.held, self.is_asked = {}, None, True
        self.standing = Standing(head.incarnation, 0)
        return place_of(self.standing, head.incarnation, head.sequence)

    def _count(self, content: Content) -> None:
        self.standing = Standing(self.standing.incarnation, self.standing.heard + 1)
        self.counted.append(content)
        self.facts += len(content.facts)
        if self.facts >= FACTS_AT_ONCE:
            self._take_counted()

    def _count_held(self) -> None:
        while self.held == self.standing.heard + 1:
            self._hold_early()
            for content in take_held(self.db, self.peer, self.held, HELD_AT_ONCE):
                self._count(Content.model_validate_json(content))
            self.held = first_held(self.db, self.peer)

    def _keep(self, parcel: Opened) -> None:
        sequence = parcel.head.sequence
        self.early.setdefault(sequence, parcel.text)
        self.held = sequence if self.held is None else min(self.held, sequence)

    def _hold_early(self) -> None:
        hold(self.db, self.peer, self.early, self.house.now)
        self.early = {}

    def _take_counted(self) -> None:
        for is_plain, run in groupby(self.counted, lambda content: content.is_plain):
            if is_plain:
                take_facts(self.db, self.peer, list(run), self.house)
                continue
            for content in run:
                _take(self.db, self.peer, content, self.house)
        self.counted, self.facts = [], 0


def _take(db: Connection, peer: str, content: Content, house: House) -> None:
    take_facts(db, peer, [content], house)
    take_anchors(db, peer, content, house)
    take_custody(db, peer, content, house)
    take_node_facts(db, peer, content, house)
    take_pieces(db, peer, content, house)
    take_cards(db, peer, content, house)
