"""What link does: note what is said here, take in what arrives, carry what waits."""

from services.link.handlers.anchors import AnchorState, anchor_states, drop_anchor, take_anchors
from services.link.handlers.bundle import Arrivals, Packed, begin_bundle, letters_for
from services.link.handlers.cards import (
    OwnCards,
    acknowledged,
    persons_for_before,
    settle_cards,
)
from services.link.handlers.carry import carry
from services.link.handlers.disclose import settle_rule
from services.link.handlers.files import post_pieces_by_hand
from services.link.handlers.hear import hear
from services.link.handlers.house import House
from services.link.handlers.inspect import Inspection, RefusedOf, inspect_links, refused_of
from services.link.handlers.kinds import NOTED, RELAYED
from services.link.handlers.letters import Content
from services.link.handlers.look import Look, look_at_links
from services.link.handlers.node_facts import NODE_FACTS, say_kept_node_facts
from services.link.handlers.note import note_facts
from services.link.handlers.receive import receive
from services.link.handlers.tidy import tidy

__all__ = [
    "NODE_FACTS",
    "NOTED",
    "RELAYED",
    "AnchorState",
    "Arrivals",
    "Content",
    "House",
    "Inspection",
    "Look",
    "OwnCards",
    "Packed",
    "RefusedOf",
    "acknowledged",
    "anchor_states",
    "begin_bundle",
    "carry",
    "drop_anchor",
    "hear",
    "inspect_links",
    "letters_for",
    "look_at_links",
    "note_facts",
    "persons_for_before",
    "post_pieces_by_hand",
    "receive",
    "refused_of",
    "say_kept_node_facts",
    "settle_cards",
    "settle_rule",
    "take_anchors",
    "tidy",
]
