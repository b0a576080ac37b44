"""The neighbours of a node: named in its settings, known by their cards.

A link begins when the neighbour's card lies in the folder of cards, and with the next start of the
node's processes. A card holds public keys only; whose it is, people compare by its fingerprint.
"""

from collections.abc import Mapping
from pathlib import Path

from backstop.settings import BadSettings, NodeSettings
from shared.neighbours import Neighbour, Neighbours, Relation
from shared.security.letters import Card
from shared.security.sealing import NodeKeys


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
    card = Card.read(file)
    if card.code not in (settings.parent, *settings.children):
        raise BadSettings(f"{file} is the card of {card.code}, no neighbour of {settings.code}")
    settings.cards.mkdir(parents=True, exist_ok=True)
    place = settings.cards / f"{card.code}.json"
    place.write_text(card.as_json() + "\n", encoding="utf-8")
    return card


def cards_of(settings: NodeSettings) -> Mapping[str, Card]:
    """Read the cards that are there of this node's neighbours; BadSettings for a foreign one."""
    named = [settings.parent, *settings.children]
    files = {code: settings.cards / f"{code}.json" for code in named if code is not None}
    cards = {code: Card.read(file) for code, file in files.items() if file.is_file()}
    for code, card in cards.items():
        if card.code != code:
            raise BadSettings(f"{files[code]} is the card of {card.code}")
    return cards


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
