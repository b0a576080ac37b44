"""Events of the dispatch catalogue: units and items."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.events.base import Event, NodeFact, Way
from shared.events.words import Complexity


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

    @property
    def subject_id(self) -> UUID:
        """The unit."""
        return self.unit_id


class ItemListed(Event):
    """A service item was entered in the catalogue, or its entry was changed."""

    name: ClassVar[str] = "dispatch.item_listed.v1"

    item_id: UUID
    code: str
    title: str
    kind: str
    unit_code: str
    complexity: Complexity = Complexity.ORDINARY
    active: bool = True

    @property
    def subject_id(self) -> UUID:
        """The item."""
        return self.item_id


class GrantTold(BaseModel):
    """A row of the authority table: a tier may handle the item."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    tier: str
    region: str = ""
    """Significant code; empty is everywhere."""
    valid_from: date
    valid_until: date | None = None
    legal_basis: str


class ItemShared(NodeFact):
    """A tier tells those below of an item of its catalogue, as a reference for their own."""

    name: ClassVar[str] = "dispatch.item_shared.v1"
    way: ClassVar[Way] = Way.DOWN

    code: str
    title: str
    kind: str
    active: bool = True
    authority: tuple[GrantTold, ...] = ()

    @property
    def about(self) -> str:
        """The item."""
        return self.code
