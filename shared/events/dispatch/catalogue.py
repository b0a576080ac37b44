"""Events of the dispatch catalogue: units and items."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.events.base import Event, NodeFact, Way
from shared.events.words import STORABLE, Complexity

MOST_GRANTS = 20_000
ShortLine = Annotated[str, StringConstraints(max_length=400, pattern=STORABLE)]
LongLine = Annotated[str, StringConstraints(max_length=5_000, pattern=STORABLE)]


class UnitListed(Event):
    """A unit was entered in the unit tree, or its entry was changed."""

    name: ClassVar[str] = "dispatch.unit_listed.v1"

    unit_id: UUID
    code: str
    title: str
    region: str
    parent: str | None = None
    phone: str | None = None
    """The unit's public telephone."""
    active: bool = True
    """As entered; in use is a unit that is active on a day within its validity."""
    kind: str = "ordinary"
    """`ordinary`, `vertical` (run by a tier above) or `outside` (asked, never given an order)."""
    supervised_by: str | None = None
    """The body that runs a vertical unit, by its name."""
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day."""
    successors: tuple[str, ...] = ()
    """Codes of the units that take over from the day after."""

    @property
    def subject_id(self) -> UUID:
        """The unit."""
        return self.unit_id


class ItemListed(Event):
    """A service item was entered in the catalogue, or its entry was changed.

    `unit_code` owns it where `owners`, units by region, name nobody; empty is nobody. From the day
    after `valid_until` on `successor` is meant.
    """

    name: ClassVar[str] = "dispatch.item_listed.v1"

    item_id: UUID
    code: str
    title: str
    kind: str
    unit_code: str
    complexity: Complexity = Complexity.ORDINARY
    active: bool = True
    legal_basis: str = ""
    owners: Mapping[str, str] = Field(default_factory=dict)
    valid_from: date | None = None
    valid_until: date | None = None
    successor: str | None = None

    @property
    def subject_id(self) -> UUID:
        """The item."""
        return self.item_id


class GrantTold(BaseModel):
    """A row of the authority table: a tier may handle the item."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    tier: ShortLine
    region: ShortLine = ""
    """Significant code; empty is everywhere."""
    valid_from: date
    valid_until: date | None = None
    legal_basis: LongLine


class ItemShared(NodeFact):
    """A tier tells those below of an item of its catalogue, as a reference for their own."""

    name: ClassVar[str] = "dispatch.item_shared.v1"
    way: ClassVar[Way] = Way.DOWN

    code: ShortLine
    title: LongLine
    kind: ShortLine
    active: bool = True
    authority: tuple[GrantTold, ...] = Field(default=(), max_length=MOST_GRANTS)

    @property
    def about(self) -> str:
        """The item."""
        return self.code
