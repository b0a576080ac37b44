"""The neighbours of a node: named in its settings, known by their cards.

A link begins when the neighbour's card lies in the folder of cards, and with the next start of the
node's processes. A card holds public keys only; whose it is, people compare by its fingerprint.
"""

import logging
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from backstop.settings import BadSettings, NodeSettings
from shared.clock import utcnow
from shared.neighbours import Neighbour, Neighbours, Relation
from shared.security.letters import Card, KnownCards, fingerprint_of, keys_of
from shared.security.sealing import NodeKeys, VaultUnavailable

RANDOM_BYTES = 8

log = logging.getLogger(__name__)

Mark = tuple[int, int]


def card_of(settings: NodeSettings) -> Card:
    """Return the node's own card, as its neighbours need it."""
    keys = NodeKeys.load(settings.key_file)
    return Card.of(keys, settings.code, settings.name, settings.tier)


def write_card(settings: NodeSettings, folder: Path | None = None) -> Path:
    """Write the node's card into a folder of cards, its own unless told another; return where."""
    file = (folder or settings.cards) / f"{settings.code}.json"
    card = card_of(settings)
    if not _follows(file, card):
        _put(file, card)
    return file


def place_card(settings: NodeSettings, file: Path) -> Card:
    """Put the card of a neighbour that the settings name into the folder; return it."""
    return keep_card(settings, Card.read(file), str(file))


def keep_card(settings: NodeSettings, card: Card, source: str) -> Card:
    """Put a card into the folder; BadSettings if it is of no neighbour that the settings name."""
    if card.code not in (settings.parent, *settings.children):
        raise BadSettings(f"{source} is the card of {card.code}, no neighbour of {settings.code}")
    place = settings.cards / f"{card.code}.json"
    kept = _after(place, card, utcnow())
    _put(place, kept)
    return kept


def show_card(settings: NodeSettings, other: NodeSettings) -> None:
    """Put the card of a node into the folder of a neighbour on this host, unless it has it."""
    own, place = (each.cards / f"{settings.code}.json" for each in (settings, other))
    if own.is_file():
        card = Card.read(own)
        if not _follows(place, card):
            keep_card(other, card, str(own))


def drop_card(settings: NodeSettings, code: str) -> None:
    """Take the card of a neighbour out of the folder: nothing of it is believed any more."""
    (settings.cards / f"{code}.json").unlink(missing_ok=True)


def cards_of(settings: NodeSettings) -> Mapping[str, Card]:
    """Read the cards that are there of this node's neighbours; BadSettings for a foreign one."""
    named = [settings.parent, *settings.children]
    files = {code: settings.cards / f"{code}.json" for code in named if code is not None}
    cards = {code: Card.read_kept(file) for code, file in files.items() if file.is_file()}
    for code, card in cards.items():
        if card.code != code:
            raise BadSettings(f"{files[code]} is the card of {card.code}")
    return cards


class LiveCards(KnownCards):
    """The cards as the folder holds them at this moment: one that is taken away is gone at once.

    So is one that cannot be read, until it can: what other neighbours say is heard meanwhile.
    Which neighbours a process has links to is settled when it starts.
    """

    def __init__(self, settings: NodeSettings) -> None:
        """Look at all of them once, so that a foreign one stops the start."""
        self._files = {code: settings.cards / f"{code}.json" for code in cards_of(settings)}
        self._read: dict[str, tuple[Mark, Card | None]] = {}

    def __getitem__(self, code: str) -> Card:
        """Return a card, read again if its file is another one."""
        file = self._files[code]
        try:
            found = file.stat()
        except OSError as error:
            raise KeyError(code) from error
        mark = (found.st_mtime_ns, found.st_ino)
        if code not in self._read or self._read[code][0] != mark:
            self._read[code] = (mark, _legible(file))
        card = self._read[code][1]
        if card is None or card.code != code:
            raise KeyError(code)
        return card

    def keep(self, card: Card) -> None:
        """Put a card in the place of the one before, for all processes; OSError if it cannot be.

        A neighbour without a card in the folder gets none.
        """
        file = self._files[card.code]
        if file.is_file():
            _put(file, card)

    def __iter__(self) -> Iterator[str]:
        """Yield the codes of the neighbours whose cards are there."""
        return (code for code, file in self._files.items() if file.is_file())

    def __len__(self) -> int:
        """Return how many are there."""
        return sum(1 for _code in self)


def _legible(file: Path) -> Card | None:
    try:
        return Card.read_kept(file)
    except VaultUnavailable as error:
        told = {"file": file.name, "reason": str(error)}
        log.error("card not read", extra=told)  # noqa: TRY400 - once, without a trace
        return None


def neighbours_of(settings: NodeSettings, cards: Mapping[str, Card]) -> Neighbours:
    """Return the neighbours that a node has links to."""
    return {code: _neighbour(settings, card) for code, card in cards.items()}


class LiveNeighbours(Mapping[str, Neighbour]):
    """The neighbours to which there were links at the start, as their cards are now."""

    def __init__(self, settings: NodeSettings, cards: Mapping[str, Card]) -> None:
        self._settings, self._cards = settings, cards
        self._first = neighbours_of(settings, cards)

    def __getitem__(self, code: str) -> Neighbour:
        """Return a neighbour; as it was at the start if its card was taken away."""
        first, card = self._first[code], self._cards.get(code)
        return first if card is None else _neighbour(self._settings, card)

    def __iter__(self) -> Iterator[str]:
        """Yield the codes."""
        return iter(self._first)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._first)


def _neighbour(settings: NodeSettings, card: Card) -> Neighbour:
    return Neighbour(
        code=card.code,
        name=card.name,
        tier=card.tier,
        relation=Relation.ABOVE if card.code == settings.parent else Relation.BELOW,
        fingerprint=card.fingerprint,
        believed_beside=tuple(map(fingerprint_of, card.believed)),
    )


def _put(file: Path, card: Card) -> None:
    # Anybody may read it; no process may read half of one.
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(RANDOM_BYTES)}")
    try:
        with draft.open("x", encoding="utf-8") as written:
            written.write(card.as_kept() + "\n")
            written.flush()
            os.fsync(written.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _after(file: Path, card: Card, now: datetime) -> Card:
    # What was signed under the card before can be verified for the time of then.
    try:
        known = Card.read_kept(file)
    except VaultUnavailable:
        return card
    if known.code != card.code:
        return card
    if known.keys == card.keys:
        return replace(card, before=known.before)
    followed = known.followed_by(*card.keys).alone_since(now)
    before = tuple(each for each in followed.before if keys_of(each) != card.keys)
    return replace(card, before=before)


def _follows(file: Path, card: Card) -> bool:
    # Neighbours on this host may have been told of the next one already.
    try:
        known = Card.read_kept(file)
    except VaultUnavailable:
        return False
    return card.keys in {known.keys, *map(keys_of, known.believed)}
