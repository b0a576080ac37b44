"""Events said by review."""

from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import CaseEvent
from shared.events.sealed import Sealed
from shared.events.words import By, Level


class EvaluationInvited(CaseEvent):
    """The person was invited to say whether it was really solved."""

    name: ClassVar[str] = "review.evaluation_invited.v1"

    round: int
    answer_by: AwareDatetime


class EvaluationReceived(CaseEvent):
    """The person rated the handling of one round."""

    name: ClassVar[str] = "review.evaluation_received.v1"

    evaluation_id: UUID
    round: int
    level: Level
    solved: bool
    reasons: tuple[str, ...] = ()
    """National reason codes (domain facts 5.4)."""
    text: Sealed | None = None
    text_masked: str = ""


class CaseReopened(CaseEvent):
    """The person says it is not solved: a new round begins."""

    name: ClassVar[str] = "review.case_reopened.v1"

    round: int
    """The number of the round that begins."""
    because: str


@unique
class Closing(StrEnum):
    """How a case came to rest."""

    RATED = "rated"
    UNANSWERED = "unanswered"


class CaseClosed(CaseEvent):
    """A round came to rest and so did the case."""

    name: ClassVar[str] = "review.case_closed.v1"

    round: int
    how: Closing
    level: Level | None = None


class SupervisionOrdered(CaseEvent):
    """A tier wants to know from one below what keeps a case, and by when it will be solved."""

    name: ClassVar[str] = "review.supervision_ordered.v1"

    supervision_id: UUID
    number: str
    to_node: str
    text_masked: str
    answer_by: AwareDatetime
    by: By


class SupervisionAnswered(CaseEvent):
    """A node answered the supervision of a tier above."""

    name: ClassVar[str] = "review.supervision_answered.v1"

    supervision_id: UUID
    text_masked: str
    by: By
    to_node: str | None = None
    """The tier that asked; None from a node of an earlier release."""


class SupervisionReached(CaseEvent):
    """A supervision of a tier above has come to this node, on its way or at its end."""

    name: ClassVar[str] = "review.supervision_reached.v1"

    supervision_id: UUID
    to_node: str
    """The tier that asked."""


class SupervisionRead(CaseEvent):
    """Somebody at the node that was asked has signed for a supervision."""

    name: ClassVar[str] = "review.supervision_read.v1"

    supervision_id: UUID
    to_node: str
    """The tier that asked."""
    by: By


class GuidanceGiven(CaseEvent):
    """A tier above advises who has a case, without taking it over: for staff only."""

    name: ClassVar[str] = "review.guidance_given.v1"

    guidance_id: UUID
    number: str
    to_node: str
    text_masked: str
    by: By
