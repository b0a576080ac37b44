"""The rules of review: which reasons fit a level, when one may rate, what follows from it."""

from services.review.policy.asking import (
    CaseState,
    Follow,
    Refusal,
    answer_by,
    follows,
    objection_to_rating,
)
from services.review.policy.reasons import (
    MOST_REASONS,
    REASONS,
    Level,
    Reason,
    Standing,
    standing_of,
)

__all__ = [
    "MOST_REASONS",
    "REASONS",
    "CaseState",
    "Follow",
    "Level",
    "Reason",
    "Refusal",
    "Standing",
    "answer_by",
    "follows",
    "objection_to_rating",
    "standing_of",
]
