"""Events said by portal: what a node counts of itself, what its units are told."""

from datetime import date
from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.events.base import Event, NodeFact, Way


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
    withdrawn: int | None = None
    """By their persons, of cases registered at the node; null where it is not told."""
    lamps: dict[str, int] = Field(default_factory=dict)
    """Open cases when the day was counted, by the colour of their lamp; empty if that was late."""
    evaluations: dict[str, int | None]
    """By the code of the level; a small number is withheld and null."""
    units: tuple[UnitDay, ...] = ()

    @property
    def about(self) -> str:
        """The day."""
        return self.day.isoformat()


@unique
class NoticeKind(StrEnum):
    """What staff are told: something that is theirs to act upon, or that ended for them."""

    ORDER = "order"
    ORDER_BACK = "order_back"
    """A unit gave its order back: the dispatch desk finds another one."""
    ARBITRATED = "arbitrated"
    """It was decided that a disputed case is the unit's."""
    ARBITRATED_AWAY = "arbitrated_away"
    """It was decided that it is of no unit of the node."""
    EXTENSION = "extension"
    NO_EXTENSION = "no_extension"
    PART = "part"
    DUTY = "duty"
    """A meeting gave the unit a part."""
    PART_ANSWERED = "part_answered"
    PART_DISSENTED = "part_dissented"
    PART_DECLINED = "part_declined"
    PART_URGED = "part_urged"
    PART_BACK = "part_back"
    MEETING = "meeting"
    MEETING_MOVED = "meeting_moved"
    MEETING_OFF = "meeting_off"
    MEETING_SOON = "meeting_soon"
    """It is on the next working day."""
    MINUTES = "minutes"
    """A meeting gave the unit a duty that belongs to its own order."""
    SUPERVISION = "supervision"
    SIGN_SOON = "sign_soon"
    SIGN_OVER = "sign_over"
    SEARCH_SOON = "search_soon"
    SEARCH_OVER = "search_over"
    LIMIT_SOON = "limit_soon"
    """A limit is near: a step of its ladder."""
    LIMIT_OVER = "limit_over"
    """It has passed, and somebody is urged."""
    SLIP = "slip"
    """It has passed so long ago that the unit is asked by a supervision slip of its own node."""
    BULLETIN = "bulletin"
    RAISING = "raising"
    """A higher tier should have the case: the dispatch desk looks."""
    WITHDRAWN = "withdrawn"
    """The person withdrew a case: the unit stops."""
    PRESSURE = "pressure"
    """A person says that somebody wants them to withdraw: for supervisors alone."""
    HELPER = "helper"
    """The account goes through a case with its person from now on."""
    CALL = "call"
    """No message reaches the person, or they want to be called: somebody calls them."""
    FILE_SHOWN = "file_shown"
    """One file of a person whose name is withheld was released to the unit."""
    NOBODY = "nobody"
    """Nobody is on duty at a post."""


class UnitTold(Event):
    """A unit that has a duty telephone was told something; it rings there, too."""

    name: ClassVar[str] = "portal.unit_told.v1"
    stays_here: ClassVar[bool] = True
    in_journal: ClassVar[bool] = False

    notice_id: UUID
    """The fact that it is told of."""
    unit_code: str
    kind: NoticeKind
    case_id: UUID | None = None
    number: str = ""
    about_at: AwareDatetime | None = None
    """The moment that matters: when the meeting is, the term ends, nobody is on duty."""
    message_id: UUID | None = None
    """What is told under one rings once, as reminders that fall together."""

    @property
    def subject_id(self) -> UUID:
        """The case, or what is told of."""
        return self.case_id or self.notice_id
