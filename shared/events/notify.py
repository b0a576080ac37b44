"""Events said by notify."""

from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID

from shared.events.base import CaseEvent


@unique
class Purpose(StrEnum):
    """What a message tells the person."""

    RECEIPT = "receipt"
    PROMISE = "promise"
    DECLINED = "declined"
    DISPATCHED = "dispatched"
    RESULT = "result"
    INVITATION = "invitation"
    REOPENED = "reopened"
    HANDED_OVER = "handed_over"
    ONE_TIME_CODE = "one_time_code"
    CODE_RENEWED = "code_renewed"
    PROMISE_MOVED = "promise_moved"
    PROMISE_FIXED = "promise_fixed"
    """The promised time stays, and is no longer provisional."""
    MATERIALS = "materials"
    MEETING = "meeting"
    MEETING_OFF = "meeting_off"
    """The unit needs something from the person."""
    DELAYED = "delayed"
    """What was promised will not hold; until when it is expected."""
    APPEALED = "appealed"
    """An appeal against a no is with the supervisor; until when it is decided."""
    APPEAL_DECIDED = "appeal_decided"
    OUTSIDE_LINK = "outside_link"
    """A party outside, not the person, is sent the link by which it answers."""
    OUTSIDE_REMINDER = "outside_reminder"
    """Its answer is still lacking."""


class MessageDelivered(CaseEvent):
    """A message reached the person's provider."""

    name: ClassVar[str] = "notify.message_delivered.v1"

    message_id: UUID
    purpose: Purpose
    round: int = 1
    provider: str
    attempts: int


class MessageFailed(CaseEvent):
    """A message could not be delivered and will not be tried again on this way."""

    name: ClassVar[str] = "notify.message_failed.v1"

    message_id: UUID
    purpose: Purpose
    round: int = 1
    provider: str
    attempts: int
    reason: str
