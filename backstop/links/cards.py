"""The card of a node follows another while the node runs (ADR 17).

Each step is one rename of the key file, or one transaction; what is left to do between two of them
is seen by the running node, which does it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from backstop.node import Node
from services.intake.repository.coming import awaited
from services.link import handlers
from services.link.handlers import House, OwnCards
from services.link.policy import Hindrance, UnderWay, hindrances
from services.portal.tables import plumbing
from shared.audit import Entry, record
from shared.errors import Refused
from shared.security.actor import Actor
from shared.security.key_file import CARD, KeyFile

Hindrances = Mapping[Hindrance, Collection[str]]


class StillNeeded(Exception):
    """The earlier card cannot end yet, for these reasons."""

    def __init__(self, reasons: Hindrances) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class CardsState:
    """The cards of a node, and which neighbour has the newest since when."""

    present: str
    """The fingerprint of the card under which it signs."""
    following: str | None
    renewed_at: datetime | None
    acknowledged: Mapping[str, datetime | None]
    hindrances: Hindrances
    """Why the present one cannot end yet; empty where none follows it."""


class NodeCards:
    """What an operator may do with the card of a running node."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._file = KeyFile(node.settings.key_file)

    def state(self, now: datetime) -> CardsState:
        """Tell how things stand."""
        own = self._own()
        with self._node.unit("link").transaction() as db:
            known = handlers.acknowledged(db, own, self._node.neighbours)
        return CardsState(
            present=own.present.fingerprint,
            following=own.following.fingerprint if own.following else None,
            renewed_at=own.keys.made.get(CARD),
            acknowledged=known,
            hindrances={} if own.following is None else self._hindrances(now),
        )

    def rotate(self, actor: Actor, now: datetime) -> CardsState:
        """Make the next card and tell every neighbour of it; Refused while one follows already."""
        with self._node.unit("portal").transaction() as db:
            self._file.rotate_card(now)
            self._leave_trace(db, "card.rotate", actor, now)
        self.tell(now)
        return self.state(now)

    def tell(self, now: datetime) -> None:
        """Do at once what the running node does within a quarter of a minute."""
        handlers.settle_cards(self._node.unit("link").transaction, self._house(now))

    def finish(self, actor: Actor, now: datetime) -> CardsState:
        """Destroy the secret of the earlier card, and tell every neighbour.

        StillNeeded says why not; Refused where no card follows another.
        """
        if self._own().following is None:
            raise Refused("card_not_renewing")
        reasons = self._hindrances(now)
        if reasons:
            raise StillNeeded(reasons)
        with self._node.unit("portal").transaction() as db:
            self._file.finish_card(now)
            self._leave_trace(db, "card.retire", actor, now)
        self.tell(now)
        return self.state(now)

    def _hindrances(self, now: datetime) -> Hindrances:
        own = self._own()
        with self._node.unit("intake").transaction() as db:
            owed = awaited(db)
        with self._node.unit("link").transaction() as db:
            found = UnderWay(
                renewed_at=own.keys.made.get(CARD, now),
                acknowledged=handlers.acknowledged(db, own, self._node.neighbours),
                persons=handlers.persons_for_before(db, own),
                files_since={
                    peer: files.oldest_at for peer, files in owed.items() if files.oldest_at
                },
            )
        return hindrances(found, now)

    def _own(self) -> OwnCards:
        return OwnCards.of(self._node.keys.now, self._node.code)

    def _house(self, now: datetime) -> House:
        node = self._node
        pace = node.settings.link.pace
        return House(node.code, node.keys, node.neighbours, node.cards, pace, now)

    def _leave_trace(self, db: Connection, action: str, actor: Actor, now: datetime) -> None:
        name = self._own().newest.fingerprint
        entry = Entry(at=now, actor=actor, action=action, object_kind="key", object_id=name)
        record(db, plumbing.audit, entry)
