"""What intake says when a person withdraws a case, or takes that back."""

from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import CaseEvent
from shared.events.sealed import Sealed
from shared.events.words import By, Channel


@unique
class WithdrawReason(StrEnum):
    """Why a person withdraws; nobody has to say."""

    SOLVED = "solved"
    """It has settled itself, or somebody has settled it."""
    NOT_NEEDED = "not_needed"
    ELSEWHERE = "elsewhere"
    """The person goes another way with it."""
    MISTAKEN = "mistaken"
    """Reported by mistake, or twice."""
    OTHER = "other"
    UNSAID = "unsaid"


class CaseWithdrawn(CaseEvent):
    """The person wants nothing any more of a case (撤件): whoever works on it stops."""

    name: ClassVar[str] = "intake.case_withdrawn.v1"

    withdrawal_id: UUID
    round: int
    accepted: bool
    """False where nobody has decided yet whether it is in scope."""
    take_back_by: AwareDatetime
    """Until when the person may change their mind."""
    reason: WithdrawReason = WithdrawReason.UNSAID
    text: Sealed | None = None
    text_masked: str = ""
    channel: Channel | None = None
    by: By


class WithdrawalTakenBack(CaseEvent):
    """The person did not mean it: the case goes on; one that was accepted in a new round."""

    name: ClassVar[str] = "intake.withdrawal_taken_back.v1"

    withdrawal_id: UUID
    round: int
    """The round that was withdrawn."""
    accepted: bool
    channel: Channel | None = None
    by: By


class PressureTold(CaseEvent):
    """The person says that somebody wants them to withdraw: for supervisors, and for nobody else.

    It stands in no story of the case, and no other node hears of it.
    """

    name: ClassVar[str] = "intake.pressure_told.v1"
    stays_here: ClassVar[bool] = True

    pressure_id: UUID
    round: int
    take_back_by: AwareDatetime
    """Until when one who was pressed may take a withdrawal back, whatever was told them then."""
    text: Sealed | None = None
    text_masked: str = ""
    channel: Channel | None = None
    by: By
