"""The renewal of cards, over every carrier: told in parcels, so behind all that was said before.

A neighbour that answers has nothing more for the card before: what it sealed for that one was
posted before its answer, and parcels are heard in their order.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from services.link.handlers.house import House
from services.link.handlers.letters import CardAnswer, Content
from services.link.handlers.person import label_of
from services.link.handlers.posting import post_beside
from services.link.policy import is_told, may_answer
from services.link.repository.cards import (
    Standing,
    change_standing,
    closed_boxes,
    lock_standing,
    standings,
)
from services.link.repository.links import lock_link, note_refused
from services.link.tables import plumbing
from shared.audit import Entry, record
from shared.metrics import PARCELS_REFUSED
from shared.security.actor import Actor, ActorKind
from shared.security.card_words import NotBelieved, SignedWord, heard
from shared.security.key_file import CARD
from shared.security.letters import Card, opens_newest
from shared.security.sealing import NodeKeys, sm3

log = logging.getLogger(__name__)

OpenTransaction = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class OwnCards:
    """The card under which a node signs, and the one that follows it, if one does."""

    keys: NodeKeys = field(repr=False)
    """As they were at one moment."""
    present: Card
    following: Card | None

    @classmethod
    def of(cls, keys: NodeKeys, code: str, name: str = "", tier: str = "") -> "OwnCards":
        """Return both; name and tier are not needed to tell them apart."""
        keys = keys.still
        present = Card.of(keys, code, name, tier)
        return cls(keys, present, present.next_of(keys))

    @property
    def newest(self) -> Card:
        """The one that holds in the end."""
        return self.following or self.present


def settle_cards(open_transaction: OpenTransaction, house: House) -> None:
    """Put in place what neighbours announced, answer it, and tell them of this node's cards."""
    own = OwnCards.of(house.keys, house.node)
    with open_transaction() as db:
        known = standings(db)
    for peer in sorted(house.neighbours):
        if not _is_settled(known.get(peer, Standing(peer=peer)), own, house):
            _settle(open_transaction, peer, own, house)


def take_cards(db: Connection, peer: str, content: Content, house: House) -> None:
    """Keep what a neighbour says of its card until it is in place, and what it says of ours."""
    for signed in content.cards:
        _take_word(db, peer, signed, house)
    for answer in content.card_answers:
        _take_answer(db, peer, answer, house)


def tell_cards_again(db: Connection, peer: str, house: House) -> None:
    """A neighbour was put back, and may have forgotten what it was told, and that it answered."""
    lock_standing(db, peer)
    is_asked = OwnCards.of(house.keys, house.node).following is not None
    answer = {"acknowledged": None, "acknowledged_at": None} if is_asked else {}
    change_standing(db, peer, told_at=None, ended=None, **answer)


def acknowledged(
    db: Connection, own: OwnCards, peers: Iterable[str]
) -> Mapping[str, datetime | None]:
    """Return since when each neighbour is known to have this node's newest card."""
    newest = own.newest.fingerprint
    have = [each for each in standings(db).values() if each.acknowledged == newest]
    since = {each.peer: each.acknowledged_at for each in have}
    return {peer: since.get(peer) for peer in sorted(peers)}


def persons_for_before(db: Connection, own: OwnCards) -> int:
    """Return how many persons lie here that the newest card does not open."""
    return sum(
        not opens_newest(own.keys, sealed, label_of(case_id))
        for case_id, sealed in closed_boxes(db)
    )


def _take_word(db: Connection, peer: str, signed: SignedWord, house: House) -> None:
    standing = lock_standing(db, peer)
    known = house.cards.get(peer)
    if known is None:  # it was taken away since the parcel was believed
        _refuse(db, peer, "no_neighbour", signed.body, house)
        return
    try:
        card = heard(_after_waiting(known, standing, house), signed, house.now)
    except NotBelieved as error:
        _refuse(db, peer, error.fault.value, signed.body, house)
        return
    if card == known:
        # It is told again because the answer was lost.
        if not signed.word.ended:
            change_standing(db, peer, theirs=card.fingerprint, placed_at=house.now, answered=None)
        return
    change_standing(db, peer, word=signed.model_dump_json())
    log.warning("card told", extra={"node": house.node, "peer": peer})


def _after_waiting(known: Card, standing: Standing, house: House) -> Card:
    if standing.word is not None:
        with suppress(NotBelieved):  # people put another card in its place meanwhile
            return heard(known, SignedWord.model_validate_json(standing.word), house.now)
    return known


def _take_answer(db: Connection, peer: str, answer: CardAnswer, house: House) -> None:
    newest = OwnCards.of(house.keys, house.node).newest
    standing = lock_standing(db, peer)
    if answer.fingerprint != newest.fingerprint or standing.acknowledged == answer.fingerprint:
        return
    known = {"acknowledged": answer.fingerprint, "acknowledged_at": house.now}
    change_standing(db, peer, **known)


def _is_settled(standing: Standing, own: OwnCards, house: House) -> bool:
    owes_nothing = standing.word is None and standing.theirs == standing.answered
    return owes_nothing and _is_told(standing, own, house)


def _is_told(standing: Standing, own: OwnCards, house: House) -> bool:
    name = own.newest.fingerprint
    if own.following is None:
        return not own.present.before or standing.ended == name
    known = standing.acknowledged == name
    return is_told(standing.told == name, standing.told_at, known, house.now)


def _settle(open_transaction: OpenTransaction, peer: str, own: OwnCards, house: House) -> None:
    with open_transaction() as db:
        lock_link(db, peer)  # first, as whoever hears a parcel does
        standing = lock_standing(db, peer)
        _place(db, standing, house)
        _answer(db, standing, house)
        if not _is_told(standing, own, house):
            _tell(db, standing, own, house)


def _place(db: Connection, standing: Standing, house: House) -> None:
    card = house.cards.get(standing.peer)
    if standing.word is None or card is None:
        return
    signed = SignedWord.model_validate_json(standing.word)
    try:
        following = heard(card, signed, house.now)
        if following != card:
            house.cards.keep(following)
    except NotBelieved as error:  # people put another card in its place meanwhile
        _refuse(db, standing.peer, error.fault.value, signed.body, house)
        change_standing(db, standing.peer, word=None)
        return
    except OSError as error:
        reason = type(error).__name__
        told = {"node": house.node, "peer": standing.peer, "reason": reason}
        log.error("card not kept", extra=told)  # noqa: TRY400 - once a minute, without a trace
        return
    placed = {} if signed.word.ended else {"theirs": following.fingerprint, "placed_at": house.now}
    change_standing(db, standing.peer, word=None, **placed)
    _leave_trace(db, standing.peer, following, house, is_ended=signed.word.ended)


def _answer(db: Connection, standing: Standing, house: House) -> None:
    if standing.theirs is None or standing.theirs == standing.answered:
        return
    if not may_answer(standing.placed_at, house.now):
        return
    told = CardAnswer(fingerprint=standing.theirs)
    post_beside(db, standing.peer, {"card_answers": [told.model_dump()]}, house)
    change_standing(db, standing.peer, answered=standing.theirs)


def _tell(db: Connection, standing: Standing, own: OwnCards, house: House) -> None:
    card, keys = own.newest, own.keys
    if own.following is None:
        signed = SignedWord.ended(keys, card, card.before[-1].until or house.now)
        changes: dict[str, object] = {"ended": card.fingerprint}
    else:
        signed = SignedWord.renewed(keys, card, keys.made.get(CARD, house.now))
        changes = {"told": card.fingerprint, "told_at": house.now}
    post_beside(db, standing.peer, {"cards": [signed.model_dump()]}, house)
    change_standing(db, standing.peer, **changes)


def _refuse(db: Connection, peer: str, reason: str, body: str, house: House) -> None:
    note_refused(db, peer, reason, sm3(body.encode()), house.now)
    PARCELS_REFUSED.labels(node=house.node, reason=reason).inc()
    log.error("card refused", extra={"node": house.node, "peer": peer, "reason": reason})


def _leave_trace(db: Connection, peer: str, card: Card, house: House, *, is_ended: bool) -> None:
    entry = Entry(
        at=house.now,
        actor=Actor(kind=ActorKind.SYSTEM, node=house.node, id="link"),
        action="card.ended" if is_ended else "card.followed",
        object_kind="node",
        object_id=peer,
        reason=card.fingerprint,
    )
    record(db, plumbing.audit, entry)
