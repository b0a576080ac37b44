"""By which way a person can be told, and when a message that failed is tried again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique


@unique
class Way(StrEnum):
    """How a message can reach a person."""

    SMS = "sms"
    NONE = "none"
    """A landline or no number: somebody must call."""


@unique
class State(StrEnum):
    """Where a message is; the last two are final."""

    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"


@unique
class Failure(StrEnum):
    """Why a message will not be tried again on this way."""

    NO_MOBILE = "no_mobile"
    CALL_WANTED = "call_wanted"
    """The person is called instead: they would not read it."""
    UNREADABLE = "unreadable"
    """Its person was erased, or what is stored was changed."""
    REFUSED = "refused"
    GIVEN_UP = "given_up"
    EXPIRED = "expired"
    """Its time was over before it could be sent."""
    CORRECTED = "corrected"
    """It was for a telephone that is not right any more."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How patiently messages are delivered."""

    waits: Sequence[timedelta]
    """How long to wait after the first failed try, the second, …; after the last, no more."""
    lease: timedelta
    """A sender that has said nothing for so long is dead, and its message is tried again."""

    @property
    def most_tries(self) -> int:
        """The first try and one after each wait."""
        return len(self.waits) + 1


URGENT_HEAD_START = timedelta(days=1)
"""What somebody waits for goes out as if it had been due for so long: before any backlog."""


def due_from(said_at: datetime, *, is_urgent: bool) -> datetime:
    """Return since when a message counts as due; those that are due longest go out first."""
    return said_at - URGENT_HEAD_START if is_urgent else said_at


def is_too_late(at: datetime, expires_at: datetime | None) -> bool:
    """Tell whether a message that goes out then would be of no use any more."""
    return expires_at is not None and at >= expires_at


WANTED_AT_ONCE = frozenset({"one_time_code", "contact_code"})
"""What somebody waits for at the moment goes to the telephone also of who is called else."""


def is_for_a_call(calls: bool, purpose: str, *, to_another: bool) -> bool:
    """Tell whether somebody calls the person of a case instead of sending this."""
    return calls and not to_another and purpose not in WANTED_AT_ONCE


def way_to(is_mobile: bool) -> Way:
    """Choose the way to a person."""
    return Way.SMS if is_mobile else Way.NONE


def next_try(tries: int, failed_at: datetime, pace: Pace) -> datetime | None:
    """Return when to try again after so many tries; None when it is given up."""
    if tries >= pace.most_tries:
        return None
    return failed_at + pace.waits[tries - 1]
