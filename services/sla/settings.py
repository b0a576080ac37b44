"""What an operator may change about sla."""

from datetime import timedelta
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.sla.handlers import Promise
from services.sla.policy import Limit, Limits, PauseRules, QuietHours, WorkingHours, place_of
from services.sla.repository import Shelf


class Settings(BaseModel):
    """Limits are those of the design unless the node says otherwise; see `docs/adr/`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: str = Field(
        default="",
        pattern=r"^([0-9]{6,12})?$",
        description="Whose days off count for what no unit owes; the code of the node if empty.",
    )
    working_hours: str = Field(
        default="09:00-12:00,13:00-17:00",
        description="When the windows are open on a working day, several spans with commas.",
    )
    yellow_hours: int = Field(
        default=24, ge=1, le=240, description="How many hours before its limit a lamp is yellow."
    )
    pause_days: int = Field(
        default=5,
        ge=1,
        le=60,
        description="How many working days a unit's clock rests at most for materials.",
    )
    pauses_most: int = Field(
        default=2, ge=0, le=20, description="How often the clock of one order may rest."
    )
    remind_hours: int = Field(
        default=4,
        ge=0,
        le=240,
        description="How many hours before its limit a unit is reminded to sign.",
    )
    quiet_hours: str = Field(
        default="22:00-08:00",
        description="Between which clock times no reminder is said, in China; empty for none. "
        "Lamps and limits know no quiet hours.",
    )
    limits: dict[str, dict[str, str | int]] = Field(
        default_factory=dict,
        description='Limits that differ from the defaults, as JSON: {"complex": {"amount": 7}}.',
    )

    notices_from_above: Literal["sign", "count"] = Field(
        default="sign",
        description="What becomes of a calendar notice that a tier above signed: sign waits for "
        "one person here, count lets it count at once, unless it contradicts a notice of this "
        "node.",
    )

    @field_validator("working_hours")
    @classmethod
    def _readable(cls, text: str) -> str:
        WorkingHours.parse(text)
        return text

    @field_validator("quiet_hours")
    @classmethod
    def _times(cls, text: str) -> str:
        QuietHours.parse(text)
        return text

    @field_validator("limits")
    @classmethod
    def _known(cls, overrides: dict[str, dict[str, str | int]]) -> dict[str, dict[str, str | int]]:
        Limits.overriding(overrides)
        return overrides

    @cached_property
    def promise(self) -> Promise:
        """The promise these settings make, in the words of the policy."""
        shelf = Shelf(WorkingHours.parse(self.working_hours))
        days = shelf.put((), ())
        return Promise(
            limits=Limits.overriding(self.limits),
            calendar=days.national,
            yellow_before=timedelta(hours=self.yellow_hours),
            shelf=shelf,
            pauses=PauseRules(self.pauses_most, Limit(self.pause_days)),
            remind_before=timedelta(hours=self.remind_hours),
            quiet=QuietHours.parse(self.quiet_hours),
            days=days,
            home=place_of(self.home),
        )
