"""Events said by portal: what a node counts of itself."""

from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from shared.events.base import NodeFact, Way


class UnitDay(BaseModel):
    """What one unit of the node did on a day; a small number is withheld and null."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: str
    title: str
    dispatched: int | None = None
    """Orders that it was given."""
    finished: int | None = None
    late: int | None = None
    """Limits of its orders that ran out."""


class DayCounted(NodeFact):
    """A day has ended: what the node did on it, in numbers about nobody."""

    name: ClassVar[str] = "portal.day_counted.v1"
    way: ClassVar[Way] = Way.UP

    day: date
    """By the time of China."""
    registered: int
    """At the node, and likewise finished, on time and late: kept or not to the person."""
    dispatched: int
    """Orders given to units of the node."""
    finished: int
    on_time: int
    late: int
    lamps: dict[str, int] = Field(default_factory=dict)
    """Open cases when the day was counted, by the colour of their lamp; empty if that was late."""
    evaluations: dict[str, int | None]
    """By the code of the level; a small number is withheld and null."""
    units: tuple[UnitDay, ...] = ()

    @property
    def about(self) -> str:
        """The day."""
        return self.day.isoformat()
