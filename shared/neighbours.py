"""The nodes next to this one: the tier above and the tiers below, as far as links are set up."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Relation(StrEnum):
    """Where a neighbour stands."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A node that this one hands cases to and takes cases from."""

    code: str
    """GB/T 2260, like the node's own."""
    name: str
    tier: str
    relation: Relation
    fingerprint: str = ""
    """Of its card, as people compare it on the telephone."""
    believed_beside: tuple[str, ...] = ()
    """Fingerprints of earlier cards under which it is still believed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a message came in on this node's broker, in the broker's own words."""

    exchange: str
    """To which it was published."""
    account: str | None
    """Under which it was published, checked by the broker; None if it was not said."""

    def lets_in(self, account: str | None) -> bool:
        """Tell whether an account is the one of this entry, or one given in its place later."""
        own = self.account
        return account is not None and (account == own or account.startswith(f"{own}-"))


Neighbours = Mapping[str, Neighbour]
"""The neighbours by code; empty for a node without links."""


def above(neighbours: Neighbours) -> Neighbour | None:
    """Return the tier above, if there is a link to it."""
    return next((each for each in neighbours.values() if each.relation is Relation.ABOVE), None)


def below(neighbours: Neighbours) -> list[Neighbour]:
    """Return the tiers below, by code."""
    found = [each for each in neighbours.values() if each.relation is Relation.BELOW]
    return sorted(found, key=lambda each: each.code)
