"""Events said by sla."""

from datetime import date
from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.events.base import NODE_FACTS, CaseEvent, Event, NodeFact, Way
from shared.events.local import LocalCause, LocalDay
from shared.events.words import ClockDetail, ClockKind, Complexity, Lamp


class ClockEvent(CaseEvent):
    """A fact about one clock of a case."""

    clock_id: UUID
    kind: ClockKind
    kind_detail: str = ""
    """The kind in a word that came later than those of `kind`; empty where there is none."""
    order_id: UUID | None = None
    """The order; of a leg's clock the hand-over that began it, of a part's the part, of a
    tracking clock the report."""
    unit_code: str | None = None
    due_at: AwareDatetime
    lamp: Lamp
    turns_at: AwareDatetime | None = None
    """When it shows its next lamp, if nothing is done; none while it rests, nor of a red one."""

    @property
    def kind_told(self) -> str:
        """The kind, in the newest word for it that this release knows."""
        known = self.kind_detail in set(ClockDetail)
        return self.kind_detail if known else self.kind.value


class Allowance(BaseModel):
    """How far the row of a limit lets a unit be given more time; None is as the node allows."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    most: int | None = Field(default=None, ge=0)
    """How often."""
    days: int | None = Field(default=None, ge=1)
    """By how many working days at once."""


class ClockStarted(ClockEvent):
    """A clock began to run towards its limit."""

    name: ClassVar[str] = "sla.clock_started.v1"

    started_at: AwareDatetime
    provisional: bool = False
    """The limit reaches into a year whose holiday notice is not published."""
    explanation: str = ""
    """Digest of the explained due date, which another node can recompute."""
    sign_by: AwareDatetime | None = None
    """Of a clock of an order: until when its unit signs, or gives it back."""
    counted_from: AwareDatetime | None = None
    """Of a unit's clock that counts from its signature: from when, at the latest where nobody has
    signed yet; none where that is `started_at`. Another node recomputes the explanation by it."""
    allowance: Allowance | None = None
    """Of an order's resolve clock: how far it may be extended; none where no row says that."""


class LampChanged(ClockEvent):
    """A running clock changed its lamp."""

    name: ClassVar[str] = "sla.lamp_changed.v1"


class DeadlineMissed(ClockEvent):
    """A running clock passed its limit."""

    name: ClassVar[str] = "sla.deadline_missed.v1"


@unique
class StopReason(StrEnum):
    """Why a clock stopped."""

    MET = "met"
    RETURNED = "returned"
    HANDED_OVER = "handed_over"


WITHDRAWN = "withdrawn"
"""The later word of a stop: the person withdrew the case. Neither kept nor missed by that."""


class ClockStopped(ClockEvent):
    """A clock stopped; `on_time` tells whether its promise was kept."""

    name: ClassVar[str] = "sla.clock_stopped.v1"

    reason: StopReason
    reason_detail: str = ""
    """The reason in a word that came later than those of `reason`; empty where there is none."""
    on_time: bool
    explained: bool = False
    """It was met by an explanation, and the work goes on (S3-23)."""

    @property
    def reason_told(self) -> str:
        """The reason, in the newest word for it that this release knows."""
        return WITHDRAWN if self.reason_detail == WITHDRAWN else self.reason.value


@unique
class ResumeReason(StrEnum):
    """Why a clock runs on."""

    REOPENED = "reopened"
    """The case was opened again: towards its old limit."""
    RECEIVED = "received"
    """What was waited for is there: with the working time that was left."""
    CAP_OVER = "cap_over"
    """It may not rest any longer: with the working time that was left."""


TAKEN_BACK = "taken_back"
"""The later word of a resumption: a withdrawal was taken back, and the time that was left runs."""


class ClockResumed(ClockEvent):
    """A clock runs on."""

    name: ClassVar[str] = "sla.clock_resumed.v1"

    reason: ResumeReason = ResumeReason.REOPENED
    reason_detail: str = ""
    """The reason in a word that came later than those of `reason`; empty where there is none."""
    provisional: bool | None = None
    """Of a clock that rested: its limit may move with a notice of the calendar."""

    @property
    def reason_told(self) -> str:
        """The reason, in the newest word for it that this release knows."""
        return TAKEN_BACK if self.reason_detail == TAKEN_BACK else self.reason.value


@unique
class PauseReason(StrEnum):
    """Why a unit's clock rests; the promise to the person never does."""

    MATERIALS = "materials"


class ClockPaused(ClockEvent):
    """A unit's clock rests, at most until a limit."""

    name: ClassVar[str] = "sla.clock_paused.v1"

    reason: PauseReason
    until: AwareDatetime


@unique
class MoveReason(StrEnum):
    """Why a due date is another one than before."""

    CALENDAR = "calendar"
    """A notice of the working calendar was signed."""
    EXTENSION = "extension"
    """A unit was given more time."""
    LIMITS = "limits"
    """A version of the limits was signed that moves open cases."""


class DueDateMoved(ClockEvent):
    """The limit of a clock is another one than before, or is no longer provisional."""

    name: ClassVar[str] = "sla.due_date_moved.v1"

    due_before: AwareDatetime
    provisional: bool
    provisional_before: bool
    reason: MoveReason = MoveReason.CALENDAR
    explanation: str = ""
    """Digest of the explained due date, as of a clock that starts."""
    days: int | None = None
    """Of an extension: how many working days."""
    promise_due_at: AwareDatetime | None = None
    """The promise to the person, where an extension ends behind it: it will not hold."""
    because: str = ""
    """Of an extension: why it was granted, masked."""
    sign_by: AwareDatetime | None = None
    """Of an order's resolve clock, when this is another moment than before: until when its unit
    signs, or gives it back; the limit of the clock itself may be the same."""
    allowance: Allowance | None = None
    """Of an order's resolve clock, where another row decides now: how far it may be extended."""
    complexity: Complexity | None = None
    """The complexity by which it is counted now, where that was put right."""
    would_be_at: AwareDatetime | None = None
    """Where it would lie by that complexity: it has passed already, so that the old one stays."""
    signed_at: AwareDatetime | None = None
    """Of a unit's clock that counts from its signature: the unit has signed, and from now on the
    limit does not lie where it would have lain at the latest. The reason is `limits`."""
    counted_from: AwareDatetime | None = None
    """Of a unit's clock that counts from its signature: from when now, as of one that starts."""
    local: LocalCause | None = None
    """Of a move by the calendar: the local notice, where it was one and not the country's."""


@unique
class TermKind(StrEnum):
    """What has to be done in a time that is no promise to anybody."""

    SIGN = "sign"
    """A unit signs for its order."""
    SEARCH = "search"
    """A dispatcher finds the unit for a pooled case."""


class TermEvent(CaseEvent):
    """A fact about a term that has not been kept so far."""

    kind: TermKind
    order_id: UUID | None = None
    unit_code: str | None = None
    due_at: AwareDatetime


class TermNear(TermEvent):
    """A term is nearly over."""

    name: ClassVar[str] = "sla.term_near.v1"


class TermOver(TermEvent):
    """A term is over."""

    name: ClassVar[str] = "sla.term_over.v1"


class WorkedYearTold(Event):
    """On which days of a year people work at this node, by what is known of it now."""

    name: ClassVar[str] = "sla.worked_year_told.v1"
    stays_here: ClassVar[bool] = True
    in_journal: ClassVar[bool] = False

    year: int
    worked: tuple[date, ...]

    @property
    def subject_id(self) -> UUID:
        """The year."""
        return uuid5(NODE_FACTS, f"{self.name} {self.year}")


class LocalYearTold(Event):
    """On which days of a year a unit of this node works otherwise than the country does."""

    name: ClassVar[str] = "sla.local_year_told.v1"
    stays_here: ClassVar[bool] = True
    in_journal: ClassVar[bool] = False

    year: int
    unit_code: str = ""
    """Empty for every unit that has no notice of its own."""
    days: tuple[LocalDay, ...]

    @property
    def subject_id(self) -> UUID:
        """The year, and whose it is."""
        return uuid5(NODE_FACTS, f"{self.name} {self.year} {self.unit_code}")


class MeetingNear(CaseEvent):
    """It is the working day before a round of a coordination meeting."""

    name: ClassVar[str] = "sla.meeting_near.v1"
    stays_here: ClassVar[bool] = True
    in_journal: ClassVar[bool] = False

    meeting_id: UUID
    starts_at: AwareDatetime


@unique
class StepKind(StrEnum):
    """What follows beside a limit."""

    REMIND = "remind"
    """Somebody is reminded before it passes."""
    URGE = "urge"
    """Somebody is told that it has passed (催办)."""
    SUPERVISE = "supervise"
    """The node gives the unit a supervision slip (督办单)."""
    BULLETIN = "bulletin"
    """The case stands on the list for the bulletin (通报); a person decides."""
    RAISE = "raise"
    """The dispatcher is asked to hand the case up (提级); nothing goes up by itself."""


@unique
class Whom(StrEnum):
    """Whom a step addresses: whoever of that part is on duty, or stands in."""

    UNIT = "unit"
    UNIT_LEAD = "unit_lead"
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"


class StepTaken(ClockEvent):
    """A step of the ladder beside a clock's limit was taken; of one clock each level once."""

    name: ClassVar[str] = "sla.step_taken.v1"

    step: StepKind
    level: int = Field(ge=1, le=9)
    whom: Whom
    step_due_at: AwareDatetime
    """When it was due; a reminder of the quiet hours is said at their end."""
    late: bool = False
    """It was taken later than it could have been, as after a stop."""
    row: str = Field(default="", max_length=20)
    """The row of the ladder that says so."""
    answer_by: AwareDatetime | None = None
    """Of a supervision slip: until when the unit answers it."""
    message_id: UUID | None = None
    """Of a reminder: the one message that tells this part of all that falls together."""


class NoticeDay(BaseModel):
    """One day that a notice turns."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    day: date
    name: str = Field(max_length=40)
    """The holiday."""
    off: bool


class NoticeSigned(NodeFact):
    """A notice of the working calendar counts at this node from now on."""

    name: ClassVar[str] = "sla.notice_signed.v1"
    way: ClassVar[Way] = Way.DOWN

    year: int
    title: str = Field(max_length=200)
    number: str = Field(default="", max_length=200)
    issued_on: date | None = None
    days: tuple[NoticeDay, ...]
    digest: str
    """SM3 of what is in it, the same at every node."""

    @property
    def about(self) -> str:
        """The year."""
        return str(self.year)


class LocalNoticeDay(NoticeDay):
    """One day that a local notice turns, off or worked, and when it is worked."""

    hours: str = Field(default="", max_length=200)
    """The spans, `09:00-12:00`; empty for the usual ones."""


class NoticeWeek(BaseModel):
    """When somebody opens on some weekdays, 0 being Monday; no hours are a day off."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    weekdays: tuple[int, ...]
    hours: str = Field(default="", max_length=200)
    since: date
    until: date | None = None
    """The last day on which it holds; None until further notice."""


class LocalNoticeSigned(NodeFact):
    """A notice of a region's or a unit's own days and hours counts at this node from now on."""

    name: ClassVar[str] = "sla.local_notice_signed.v1"
    way: ClassVar[Way] = Way.DOWN

    year: int
    region: str = Field(pattern=r"^[0-9]{2,12}$")
    """The digits of its GB/T 2260 code that count; of a unit, those of its node."""
    unit_code: str = Field(default="", max_length=64)
    title: str = Field(max_length=200)
    number: str = Field(default="", max_length=200)
    issued_on: date | None = None
    days: tuple[LocalNoticeDay, ...] = ()
    weeks: tuple[NoticeWeek, ...] = ()
    digest: str
    """SM3 of what is in it, the same at every node."""

    @property
    def about(self) -> str:
        """The year, and whose it is."""
        return f"{self.year} {self.region} {self.unit_code}"
