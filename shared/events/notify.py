"""Events said by notify."""

from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID, uuid5

from shared.events.base import NODE_FACTS, CaseEvent, Event


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
    CONTACT_CODE = "contact_code"
    """A new telephone is asked to show itself by a code."""
    CONTACT_CHANGED = "contact_changed"
    """The old telephone is told that messages go elsewhere from now on."""
    PROMISE_MOVED = "promise_moved"
    PROMISE_FIXED = "promise_fixed"
    """The promised time stays, and is no longer provisional."""
    MATERIALS = "materials"
    MEETING = "meeting"
    MEETING_OFF = "meeting_off"
    """The unit needs something from the person."""
    DELAYED = "delayed"
    """What was promised will not hold; until when it is expected."""
    SPLIT = "split"
    """The report was taken apart into several cases, each of which is answered."""
    JOINED = "joined"
    """The case is answered together with another one of the same person."""
    APPEALED = "appealed"
    """An appeal against a no is with the supervisor; until when it is decided."""
    APPEAL_DECIDED = "appeal_decided"
    OUTSIDE_LINK = "outside_link"
    """A party outside, not the person, is sent the link by which it answers."""
    OUTSIDE_REMINDER = "outside_reminder"
    """Its answer is still lacking."""
    TRACKED = "tracked"
    """The matter cannot be settled now: why can be read, and until when there is more."""
    MEETING_SOON = "meeting_soon"
    """The meeting to which the person was asked is on the next working day."""
    HELPER = "helper"
    """A member of staff goes through the case with the person: who, and where they are reached."""
    OUTSIDE_MEETING = "outside_meeting"
    """So is one at which a party outside sits."""
    WITHDRAWN = "withdrawn"
    """The case was withdrawn: until when that can be changed, and whom to call otherwise."""
    TAKEN_BACK = "taken_back"
    """The withdrawal was taken back: the case goes on."""


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


class DutyPhoneListed(Event):
    """A unit has a duty telephone, or none any more; which one, notify alone knows."""

    name: ClassVar[str] = "notify.duty_phone_listed.v1"
    stays_here: ClassVar[bool] = True

    unit_code: str
    is_given: bool

    @property
    def subject_id(self) -> UUID:
        """The unit, by its code."""
        return uuid5(NODE_FACTS, f"{self.name} {self.unit_code}")
