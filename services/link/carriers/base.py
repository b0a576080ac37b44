"""The port between link and whatever brings its letters to a neighbour.

A carrier may double and reorder letters, lose them or be away: order, repetition and loss are
settled by numbers and receipts. It only must not say that a letter is there before it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from shared.clock import new_id


@dataclass(frozen=True, slots=True)
class Letter:
    """A parcel that is ready to go."""

    sequence: int
    body: str
    """JSON, exactly as it was signed."""
    signature: str
    parcel_id: UUID = field(default_factory=new_id)
    """The same each time it goes."""


class Carrier(Protocol):
    """Brings letters to neighbours."""

    def rests(self, peer: str) -> bool:
        """Tell whether it would not even try now, so that nobody writes letters in vain."""

    def carry(self, peer: str, letters: Sequence[Letter]) -> int:
        """Return how many, from the first on, lie where the neighbour finds them or is sent them.

        What is counted outlives the end of this process and of the carrier's.
        """
