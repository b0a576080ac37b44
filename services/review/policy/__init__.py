"""The rules of review: which reasons fit a level, when one may rate, whom a tier supervises."""

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
from services.review.policy.supervising import Where, supervision_due, where_is

__all__ = [
    "MOST_REASONS",
    "REASONS",
    "CaseState",
    "Follow",
    "Level",
    "Reason",
    "Refusal",
    "Standing",
    "Where",
    "answer_by",
    "follows",
    "objection_to_rating",
    "standing_of",
    "supervision_due",
    "where_is",
]
