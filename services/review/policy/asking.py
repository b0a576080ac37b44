"""Asking the person: from when until when one may rate a round, and what the answer leads to."""

from datetime import datetime, timedelta
from enum import StrEnum, unique


@unique
class CaseState(StrEnum):
    """Where a case stands with its person.

    none ─► invited ─► rated (solved, or not: then the next result invites again)
      │           └──► closed (nobody answered in time)
      └───► withdrawn (nobody is asked) ─► closed, or rated where that was taken back
    """

    NONE = "none"
    INVITED = "invited"
    RATED = "rated"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


@unique
class Follow(StrEnum):
    """What an evaluation leads to."""

    CLOSE = "close"
    REOPEN = "reopen"


@unique
class Refusal(StrEnum):
    """Why one may not rate now; the words are codes of the HTTP door."""

    NOT_YET_RATED = "not_yet_rated"
    ALREADY_RATED = "already_rated"
    EVALUATION_CLOSED = "evaluation_closed"
    WITHDRAWN_ALREADY = "withdrawn_already"


def answer_by(finished_at: datetime, within: timedelta) -> datetime:
    """Return the last moment at which an answer counts; it still counts exactly then."""
    return finished_at + within


def objection_to_rating(state: CaseState) -> Refusal | None:
    """Return why a round may not be rated, or None if it may.

    The state alone decides: until the case is really closed an answer after its day is welcome.
    """
    match state:
        case CaseState.NONE:
            return Refusal.NOT_YET_RATED
        case CaseState.INVITED:
            return None
        case CaseState.RATED:
            return Refusal.ALREADY_RATED
        case CaseState.CLOSED:
            return Refusal.EVALUATION_CLOSED
        case CaseState.WITHDRAWN:
            return Refusal.WITHDRAWN_ALREADY


def follows(*, solved: bool) -> Follow:
    """Return what an answer leads to: not solved opens the case again, whatever the level.

    The level says how the person was treated. A bad level on a solved case has its own loop of
    rectification; it does not take the case from the person who calls it solved.
    """
    return Follow.CLOSE if solved else Follow.REOPEN
