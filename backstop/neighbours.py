"""The neighbours of a node: named in its settings, known by their cards.

A link begins when the neighbour's card lies in the folder of cards, and with the next start of the
node's processes. A card holds public keys only; whose it is, people compare by its fingerprint.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from backstop.settings import BadSettings, NodeSettings
from shared.neighbours import Neighbour, Neighbours, Relation
from shared.security.letters import Card
from shared.security.sealing import NodeKeys

Mark = tuple[int, int]


def card_of(settings: NodeSettings) -> Card:
    """Return the node's own card, as its neighbours need it."""
    keys = NodeKeys.load(settings.key_file)
    return Card.of(keys, settings.code, settings.name, settings.tier)


def write_card(settings: NodeSettings, folder: Path | None = None) -> Path:
    """Write the node's card into a folder of cards, its own unless told another; return where."""
    file = (folder or settings.cards) / f"{settings.code}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(card_of(settings).as_json() + "\n", encoding="utf-8")
    return file


def place_card(settings: NodeSettings, file: Path) -> Card:
    """Put the card of a neighbour that the settings name into the folder; return it."""
    return keep_card(settings, Card.read(file), str(file))


def keep_card(settings: NodeSettings, card: Card, source: str) -> Card:
    """Put a card into the folder; BadSettings if it is of no neighbour that the settings name."""
    if card.code not in (settings.parent, *settings.children):
        raise BadSettings(f"{source} is the card of {card.code}, no neighbour of {settings.code}")
    settings.cards.mkdir(parents=True, exist_ok=True)
    place = settings.cards / f"{card.code}.json"
    place.write_text(card.as_json() + "\n", encoding="utf-8")
    return card


def drop_card(settings: NodeSettings, code: str) -> None:
    """Take the card of a neighbour out of the folder: nothing of it is believed any more."""
    (settings.cards / f"{code}.json").unlink(missing_ok=True)


def cards_of(settings: NodeSettings) -> Mapping[str, Card]:
    """Read the cards that are there of this node's neighbours; BadSettings for a foreign one."""
    named = [settings.parent, *settings.children]
    files = {code: settings.cards / f"{code}.json" for code in named if code is not None}
    cards = {code: Card.read(file) for code, file in files.items() if file.is_file()}
    for code, card in cards.items():
        if card.code != code:
            raise BadSettings(f"{files[code]} is the card of {card.code}")
    return cards


class LiveCards(Mapping[str, Card]):
    """The cards as the folder holds them at this moment: one that is taken away is gone at once.

    Which neighbours a process has links to is settled when it starts.
    """

    def __init__(self, settings: NodeSettings) -> None:
        """Look at all of them once, so that a foreign one stops the start."""
        self._files = {code: settings.cards / f"{code}.json" for code in cards_of(settings)}
        self._read: dict[str, tuple[Mark, Card]] = {}

    def __getitem__(self, code: str) -> Card:
        """Return a card, read again if its file is another one."""
        file = self._files[code]
        try:
            found = file.stat()
        except OSError as error:
            raise KeyError(code) from error
        mark = (found.st_mtime_ns, found.st_ino)
        if code not in self._read or self._read[code][0] != mark:
            self._read[code] = (mark, Card.read(file))
        card = self._read[code][1]
        if card.code != code:
            raise KeyError(code)
        return card

    def __iter__(self) -> Iterator[str]:
        """Yield the codes of the neighbours whose cards are there."""
        return (code for code, file in self._files.items() if file.is_file())

    def __len__(self) -> int:
        """Return how many are there."""
        return sum(1 for _code in self)


def neighbours_of(settings: NodeSettings, cards: Mapping[str, Card]) -> Neighbours:
    """Return the neighbours that a node has links to."""
    return {
        code: Neighbour(
            code=code,
            name=card.name,
            tier=card.tier,
            relation=Relation.ABOVE if code == settings.parent else Relation.BELOW,
            fingerprint=card.fingerprint,
        )
        for code, card in cards.items()
    }
