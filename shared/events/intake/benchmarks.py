"""What intake says of its register of what other regions can do."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.events.base import NodeFact, Way
from shared.events.words import MOST_COUNTED, STORABLE

REGION = r"^[1-9][0-9]{5}$"


class BenchmarkNoted(NodeFact):
    """A node noted that another region can do an item (N13).

    Said again when it is corrected, confirmed or withdrawn: the last counts. It names nobody, of
    whichever node they are.
    """

    name: ClassVar[str] = "intake.benchmark_noted.v1"
    way: ClassVar[Way] = Way.UP

    benchmark_id: UUID
    edition: int = Field(ge=1, le=MOST_COUNTED)
    """Counts its wordings, from 1."""
    item_code: str | None = Field(default=None, max_length=64, pattern=STORABLE)
    """In the catalogue of the node that noted it."""
    item_name: str = Field(max_length=400, pattern=STORABLE)
    region: str = Field(pattern=REGION)
    evidence_masked: str = Field(max_length=10_000, pattern=STORABLE)
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day."""
    noted_at: AwareDatetime
    confirmed_at: AwareDatetime | None = None
    """Since when the node vouches for it to the tiers below; those are told from then on."""
    adopted_from: UUID | None = None
    """The entry of a tier below which it was taken from."""
    adopted_node: str | None = Field(default=None, max_length=12, pattern=STORABLE)
    withdrawn_at: AwareDatetime | None = None
    withdrawn_because_masked: str | None = Field(default=None, max_length=10_000, pattern=STORABLE)

    @property
    def about(self) -> str:
        """The entry."""
        return str(self.benchmark_id)

    @property
    def ways(self) -> frozenset[Way]:
        """Up, and down as well once it is confirmed: whoever was told of it hears of its end."""
        return frozenset(Way) if self.confirmed_at else frozenset({Way.UP})
