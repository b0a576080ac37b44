"""The numbers of the board, as it shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.portal.policy import Status


@dataclass(frozen=True, slots=True)
class UnitNumbers:
    """What one unit holds now."""

    code: str
    title: str
    open: int
    yellow: int
    red: int


@dataclass(frozen=True, slots=True)
class DayNumbers:
    """One calendar day (China): `on_time` of `finished` kept the promise to the person."""

    day: date
    registered: int
    finished: int
    on_time: int
    avoided: int = 0
    """Reports that a precedent made unnecessary."""
    withdrawn: int = 0
    """Cases that their persons withdrew, while that stands."""


@dataclass(frozen=True, slots=True)
class BoardNumbers:
    """What the wall board shows; from rollups, so the size of the house does not matter."""

    at: datetime
    by_status: Mapping[str, int]
    by_lamp: Mapping[str, int]
    by_channel: Mapping[str, int]
    by_level: Mapping[int, int]
    units: Sequence[UnitNumbers]
    days: Sequence[DayNumbers]
    """The last days up to today, the oldest first, none left out."""

    @property
    def open(self) -> int:
        """How many cases the house still owes a result."""
        return sum(n for status, n in self.by_status.items() if Status(status).is_open)

    @property
    def today(self) -> DayNumbers:
        """The numbers of today."""
        return self.days[-1]
