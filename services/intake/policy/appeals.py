"""Appeals against a no (N27): one a case, in its term, decided in another by somebody else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique


@unique
class AppealState(StrEnum):
    """How far an appeal has come."""

    ASKED = "asked"
    UPHELD = "upheld"
    """The no stands."""
    OVERTURNED = "overturned"
    """The case is accepted after all."""


@dataclass(frozen=True, slots=True)
class AppealTerms:
    """How long one may appeal after a no, and how long the supervisor may take; calendar days."""

    within: timedelta
    decided_within: timedelta

    def appeal_by(self, declined_at: datetime) -> datetime:
        """Return until when a no may be appealed."""
        return declined_at + self.within

    def decide_by(self, asked_at: datetime) -> datetime:
        """Return until when an appeal must be decided."""
        return asked_at + self.decided_within


def state_of(*, upheld: bool) -> AppealState:
    """Return the state of an appeal that was decided."""
    return AppealState.UPHELD if upheld else AppealState.OVERTURNED
