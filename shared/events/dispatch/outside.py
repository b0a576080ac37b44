"""Events about parties outside the node that are asked about an order, and answer by a link."""

from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import CaseEvent
from shared.events.dispatch.life import OrderEvent
from shared.events.sealed import Sealed


@unique
class OutsideEnd(StrEnum):
    """How a question to an outside party ended."""

    ANSWERED = "answered"
    NOT_OURS = "not_ours"
    """The party says that it is not its business."""
    WITHDRAWN = "withdrawn"
    """The unit goes on without an answer."""
    ENDED = "ended"
    """The unit has the order no more."""


class OutsideAsked(OrderEvent):
    """A unit asks a party that has no account here; the order stays with the unit."""

    name: ClassVar[str] = "dispatch.outside_asked.v1"

    question_id: UUID
    party_name: str
    answer_by: AwareDatetime
    question_masked: str


class OutsideEnded(OrderEvent):
    """A question to an outside party is over; `text_masked` is what it answered, or why not."""

    name: ClassVar[str] = "dispatch.outside_ended.v1"

    question_id: UUID
    party_name: str
    how: OutsideEnd
    text_masked: str = ""
    files: int = 0
    """How many files came with the answer."""


@unique
class OutsideMessage(StrEnum):
    """What an outside party is told by message."""

    LINK = "link"
    REMINDER = "reminder"
    MEETING = "meeting"
    """It sits at a meeting on the next working day; `answer_by` is when that begins."""


class OutsideMessageMade(CaseEvent):
    """An outside party is sent its link, or reminded of it."""

    name: ClassVar[str] = "dispatch.outside_message_made.v1"
    stays_here: ClassVar[bool] = True

    message_id: UUID
    question_id: UUID
    kind: OutsideMessage
    unit_name: str
    phone: Sealed
    masked_phone: str
    token: Sealed | None = None
    """What the link carries; none in a reminder, for it is kept nowhere."""
    answer_by: AwareDatetime
    """A message that comes later is of no use."""
