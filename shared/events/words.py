"""The words that several events share: channels, complexities, lamps, clocks, levels."""

from enum import IntEnum, StrEnum, unique

from pydantic import BaseModel, ConfigDict


@unique
class Channel(StrEnum):
    """The way a report came in (design: public names)."""

    WINDOW = "window"
    HOTLINE = "hotline"
    WEB = "web"
    ENTERPRISE_PORTAL = "enterprise_portal"
    APP = "app"
    KIOSK = "kiosk"
    SNAP = "snap"
    SMS = "sms"
    MIDWAY_EXIT = "midway_exit"
    UPPER_TIER = "upper_tier"
    OUTBOUND_CALL = "outbound_call"
    GRID = "grid"
    VIDEO = "video"
    THIRD_PARTY = "third_party"
    EVALUATION = "evaluation"


@unique
class Complexity(StrEnum):
    """How much work a case is; it chooses the resolve limit (S3-22)."""

    ON_SPOT = "on_spot"
    SIMPLE = "simple"
    ORDINARY = "ordinary"
    COMPLEX = "complex"


@unique
class Lamp(StrEnum):
    """Green, yellow within 24 hours of the limit, red past it (S3-25)."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@unique
class ClockKind(StrEnum):
    """Which promise a clock keeps."""

    CITIZEN = "citizen"
    """To the person, from acceptance; never restarted."""
    CONTACT = "contact"
    """Custody: the unit contacts the person."""
    RESOLVE = "resolve"
    """Custody: the unit finishes its order."""
    FEEDBACK = "feedback"
    """The person is told the result."""


@unique
class Level(IntEnum):
    """The five levels of 好差评 (国办发〔2019〕51号); the last two are bad."""

    VERY_DISSATISFIED = 1
    DISSATISFIED = 2
    BASICALLY_SATISFIED = 3
    SATISFIED = 4
    VERY_SATISFIED = 5

    @property
    def is_bad(self) -> bool:
        """Tell whether this level is a bad review."""
        return self <= Level.DISSATISFIED


@unique
class Outcome(StrEnum):
    """How a case or order ended (domain facts 5.2)."""

    DONE = "done"
    DONE_OTHERWISE = "done_otherwise"
    EXPLAINED_LAW = "explained_law"
    EXPLAINED_MISTAKE = "explained_mistake"
    REFERRED = "referred"
    TRACKING = "tracking"


class By(BaseModel):
    """Who did it, as far as everybody may know: the kind of actor, the role, the unit."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: str
    role: str | None = None
    unit: str | None = None
