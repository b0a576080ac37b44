"""The rules of review: which reasons fit a level, when one may rate, whom a tier supervises."""

from services.review.policy.asking import (
    CaseState,
    Follow,
    Refusal,
    answer_by,
    follows,
    objection_to_rating,
)
from services.review.policy.leads import (
    AFTER,
    LeadAnswer,
    LeadKind,
    LeadObjection,
    LeadOutcome,
    LeadRefusal,
    LeadState,
    objection_to_answer,
    objection_to_routing,
)
from services.review.policy.reasons import (
    MOST_REASONS,
    REASONS,
    Level,
    Reason,
    Standing,
    standing_of,
)
from services.review.policy.supervising import Where, slip_text, supervision_due, where_is

__all__ = [
    "AFTER",
    "MOST_REASONS",
    "REASONS",
    "CaseState",
    "Follow",
    "LeadAnswer",
    "LeadKind",
    "LeadObjection",
    "LeadOutcome",
    "LeadRefusal",
    "LeadState",
    "Level",
    "Reason",
    "Refusal",
    "Standing",
    "Where",
    "answer_by",
    "follows",
    "objection_to_answer",
    "objection_to_rating",
    "objection_to_routing",
    "slip_text",
    "standing_of",
    "supervision_due",
    "where_is",
]
