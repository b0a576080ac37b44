"""The words that several events share: channels, complexities, lamps, clocks, levels."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum, unique
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict

STORABLE = r"^[^\x00]*$"
"""What a column of text takes."""
MOST_COUNTED = 2_147_483_647
"""What a column of integers takes."""


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
class DemandKind(StrEnum):
    """What a person asks for (facts 5.6)."""

    CONSULT = "consult"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGESTION = "suggestion"
    PRAISE = "praise"


@unique
class Language(StrEnum):
    """In which language a person is told about their case."""

    ZH = "zh"
    EN = "en"


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
    LEG = "leg"
    """Custody: a node that took the case over from another one resolves it (N3)."""


@unique
class ClockDetail(StrEnum):
    """Which promise a clock keeps: the words above and those that came later."""

    CITIZEN = "citizen"
    CONTACT = "contact"
    RESOLVE = "resolve"
    FEEDBACK = "feedback"
    LEG = "leg"
    CO_HANDLE = "co_handle"
    """Custody: a unit does its part of another's order (N9)."""
    TRACKING = "tracking"
    """Custody: a unit that goes on with a matter tells its person more of it (S3-23)."""
    RECTIFY = "rectify"
    """Custody: a result that did not hold is put right."""
    SUPERVISION = "supervision"
    """Custody: a supervision slip is answered."""
    MEETING = "meeting"
    """Custody: a meeting that was called is held (N8)."""
    CALLBACK = "callback"
    """Custody: the unit calls the person back after its result (S3-26)."""
    CENTRE_CALLBACK = "centre_callback"
    """Custody: the centre does, to supervise (S3-27)."""

    @property
    def nearest(self) -> ClockKind:
        """The word that every release reads and that says most of it."""
        return _NEAREST_CLOCK[self] if self in _NEAREST_CLOCK else ClockKind(self)


_NEAREST_CLOCK: Mapping[ClockDetail, ClockKind] = MappingProxyType(
    {
        ClockDetail.CO_HANDLE: ClockKind.RESOLVE,
        ClockDetail.TRACKING: ClockKind.FEEDBACK,
        ClockDetail.RECTIFY: ClockKind.RESOLVE,
        ClockDetail.SUPERVISION: ClockKind.RESOLVE,
        ClockDetail.MEETING: ClockKind.RESOLVE,
        ClockDetail.CALLBACK: ClockKind.FEEDBACK,
        ClockDetail.CENTRE_CALLBACK: ClockKind.FEEDBACK,
    }
)


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
    """How a case or order ended, in the words that nodes of every release read."""

    DONE = "done"
    DONE_OTHERWISE = "done_otherwise"
    EXPLAINED_LAW = "explained_law"
    EXPLAINED_MISTAKE = "explained_mistake"
    REFERRED = "referred"
    TRACKING = "tracking"


@unique
class OutcomeDetail(StrEnum):
    """How a case or order ended (domain facts 5.2): the words above and those that came later."""

    DONE = "done"
    DONE_OTHERWISE = "done_otherwise"
    EXPLAINED_LAW = "explained_law"
    EXPLAINED_MISTAKE = "explained_mistake"
    REFERRED = "referred"
    TRACKING = "tracking"
    NOT_ACCEPTED = "not_accepted"
    EMERGENCY = "emergency"
    """Transferred at once to who answers emergencies."""
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    UNREACHABLE = "unreachable"
    BACKLOG = "backlog"
    """Goes on by the mechanism for historical backlogs."""

    @property
    def nearest(self) -> Outcome:
        """The word that every release reads and that says most of it."""
        return _NEAREST[self] if self in _NEAREST else Outcome(self)


_NEAREST: Mapping[OutcomeDetail, Outcome] = MappingProxyType(
    {
        OutcomeDetail.NOT_ACCEPTED: Outcome.EXPLAINED_LAW,
        OutcomeDetail.EMERGENCY: Outcome.REFERRED,
        OutcomeDetail.WITHDRAWN: Outcome.DONE_OTHERWISE,
        OutcomeDetail.MERGED: Outcome.DONE_OTHERWISE,
        OutcomeDetail.UNREACHABLE: Outcome.DONE_OTHERWISE,
        OutcomeDetail.BACKLOG: Outcome.TRACKING,
    }
)


def newest_outcome(outcome: Outcome, detail: str) -> str:
    """Return the later word for an outcome, where this release knows it; else the old one."""
    return detail if detail in set(OutcomeDetail) else outcome


@unique
class Scope(StrEnum):
    """Which tiers have a precedent beside the node that published it."""

    NODE = "node"
    UP = "up"
    DOWN = "down"
    BOTH = "both"


@unique
class HandOverKind(StrEnum):
    """Why custody of a case moves to a neighbouring node."""

    UP = "up"
    """Raised: this tier cannot solve it."""
    DOWN = "down"
    """Assigned to a tier below, whose matter it is."""
    RETURN = "return"
    """Given back with a ground, to the node that it came from."""
    RESULT = "result"
    """The leg is finished: its result goes to the node that it came from."""
    REOPENED = "reopened"
    """The person was not content: to the node that the last result came from (S3-24)."""


@unique
class HandOverGround(StrEnum):
    """Why custody was not taken, or is given back."""

    NOT_OUR_TIER = "not_our_tier"
    NOT_OUR_DUTY = "not_our_duty"
    NOT_OUR_AREA = "not_our_area"
    DELEGATED = "delegated"
    """The matter was delegated to the tier that it comes from."""
    INSUFFICIENT = "insufficient"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    """The offerer took the offer back before it was answered."""
    STALE = "stale"
    """Custody had moved on before the offer was heard."""


class By(BaseModel):
    """Who did it, as far as everybody may know: the kind of actor, the role, the unit."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: str
    role: str | None = None
    unit: str | None = None


class ChannelFieldTold(BaseModel):
    """What a channel says of a report beside the report: a hall, a call, a document."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    value_masked: str
    """`yes` and `no` for what is asked so."""


@unique
class Disclosure(StrEnum):
    """What a node lets the tier above see of cases that the tier above has not taken over."""

    NONE = "none"
    """Nothing: it hears of what is handed over, reported or counted."""
    VIEW = "view"
    """The masked case from its first moment."""
    ASSIST = "assist"
    """The same, and the tier above may advise without taking the case over."""
