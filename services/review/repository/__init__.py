"""Every query of review, one module for each kind of rows."""

from services.review.repository.evaluations import (
    Case,
    Evaluation,
    add_cases,
    add_evaluation,
    close_cases,
    evaluations_of,
    find_case,
    lock_case,
    move_case,
    unanswered_before,
    withdrawn_before,
)

__all__ = [
    "Case",
    "Evaluation",
    "add_cases",
    "add_evaluation",
    "close_cases",
    "evaluations_of",
    "find_case",
    "lock_case",
    "move_case",
    "unanswered_before",
    "withdrawn_before",
]
