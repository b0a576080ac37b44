"""Events of coordination meetings (N8)."""

from datetime import date
from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.events.base import CaseEvent
from shared.events.words import By


@unique
class RoundResult(StrEnum):
    """How a round of a meeting ended."""

    AGREED = "agreed"
    NEXT = "next"
    FAILED = "failed"


class MeetingCalled(CaseEvent):
    """Parties are asked to a round of a meeting, or a round is at another time or place."""

    name: ClassVar[str] = "dispatch.meeting_called.v1"

    meeting_id: UUID
    round: int
    """Of the case."""
    serial: int
    """Which round of the meeting."""
    moves: int = 0
    """How often this round was moved."""
    starts_at: AwareDatetime
    place_masked: str
    bring_masked: str = ""
    """What to bring, for the person."""
    with_person: bool
    """The person is asked to come."""
    units: tuple[str, ...] = ()
    """The names of the units that are asked."""
    unit_codes: tuple[str, ...] = ()
    """The codes of those of them to whom this is news."""
    by: By


class MeetingHeld(CaseEvent):
    """A round of a meeting was held."""

    name: ClassVar[str] = "dispatch.meeting_held.v1"

    meeting_id: UUID
    serial: int
    held_at: AwareDatetime
    result: RoundResult
    said_masked: str
    by: By


class DutyTold(BaseModel):
    """One duty of a division."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    unit_code: str
    unit_name: str
    company_masked: str = ""
    """Who does it, where that is a company; the unit answers for it."""
    words_masked: str
    days: int | None = None
    """Working days from the confirmation."""
    due_on: date | None = None


class MinutesConfirmed(CaseEvent):
    """The convenor confirmed minutes: whoever took on a duty is bound from now on."""

    name: ClassVar[str] = "dispatch.minutes_confirmed.v1"

    meeting_id: UUID
    serial: int
    """Which minutes; later ones amend."""
    conclusion_masked: str
    duties: tuple[DutyTold, ...] = ()
    by: By


class MeetingCancelled(CaseEvent):
    """A meeting will not take place, or its agreement was dropped."""

    name: ClassVar[str] = "dispatch.meeting_cancelled.v1"

    meeting_id: UUID
    round: int
    with_person: bool
    """The person was asked to a round that has not been held."""
    unit_codes: tuple[str, ...] = ()
    """The units that were asked."""
    because: str
    by: By


class MeetingReminded(CaseEvent):
    """A round is on the next working day: its parties are reminded of it, once."""

    name: ClassVar[str] = "dispatch.meeting_reminded.v1"

    meeting_id: UUID
    round: int
    serial: int
    starts_at: AwareDatetime
    with_person: bool
    unit_codes: tuple[str, ...] = ()
    """The units that are asked, and have not said that they do not come."""
