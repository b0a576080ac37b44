"""What is local in the calendar, inside the events of sla."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class LocalDay(BaseModel):
    """A day on which it is otherwise than in the country."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    day: date
    hours: str = Field(default="", max_length=200)
    """When it is worked, `09:00-12:00`; empty for a day off."""
    opens: bool = False
    """In the country it is off."""


class LocalCause(BaseModel):
    """A local notice of the calendar that moved a due date, as far as that is to be told."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    region: str = Field(max_length=12)
    """The digits of its GB/T 2260 code that count; of a unit, those of its node."""
    unit_code: str = ""
    names: tuple[str, ...] = ()
    """For what its days are named that lie between the start and the limit; none of weekdays."""
    off: bool = False
    """All of these days are off."""
