"""What of the node a use case of link depends on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.link.policy import Pace
from shared.events.words import Disclosure
from shared.neighbours import Entry, Neighbours, above
from shared.security.disclosure import AS_EVER, Rule
from shared.security.letters import KnownCards
from shared.security.sealing import NodeKeys


@dataclass(frozen=True, slots=True)
class House:
    """The node, its keys, and those next to it, at one instant."""

    node: str
    keys: NodeKeys = field(repr=False)
    neighbours: Neighbours
    cards: KnownCards
    pace: Pace
    now: datetime
    entries: Mapping[str, Entry] = field(default_factory=dict)
    """Neighbour → where its parcels must come in; not checked of one that is not among them."""
    level: Disclosure = Disclosure.VIEW
    """What the settings let the tier above see."""
    rule: Rule = AS_EVER
    """What the tier above may see."""

    @property
    def parent(self) -> str | None:
        """The code of the tier above, if there is a link to it."""
        found = above(self.neighbours)
        return found.code if found else None
