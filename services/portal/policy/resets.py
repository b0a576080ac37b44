"""Two persons open the way back into an account: one proposes, another one approves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.portal.policy.refusals import Refusal


class Lost(StrEnum):
    """What somebody has lost and cannot get back alone."""

    PASSWORD = "password"  # noqa: S105  # a word of the API, no secret
    SECOND_FACTOR = "second_factor"


class ResetState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """A proposal to give an account a new beginning, and what became of it."""

    id: UUID
    login: str
    what: Lost
    reason: str
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    state: ResetState
    decided_by: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ResetRules:
    """How long a proposal waits, and how long the password that follows from it opens."""

    waits: timedelta
    lasting: timedelta


def refusal_of(reset: Reset, by: str, now: datetime) -> Refusal | None:
    """Return why this one may not approve now; exactly at its end a proposal still holds."""
    if reset.state is not ResetState.OPEN:
        return Refusal.ALREADY_ANSWERED
    if now > reset.expires_at:
        return Refusal.RESET_EXPIRED
    if by == reset.proposed_by:
        return Refusal.OWN_PROPOSAL
    return Refusal.NOT_FOR_ONESELF if by == reset.login else None
