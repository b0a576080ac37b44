"""What review does when it is woken or asked: one module for each use case."""

from services.review.handlers.evaluations import (
    Answer,
    Rated,
    close_unanswered,
    invite,
    know_case,
    rate,
)

__all__ = ["Answer", "Rated", "close_unanswered", "invite", "know_case", "rate"]
