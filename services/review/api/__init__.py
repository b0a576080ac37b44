"""The HTTP door of review: rate a case, read its evaluations, list the reasons."""

from services.review.api.evaluations import router

__all__ = ["router"]
