"""The HTTP door of review: rate a case, read its evaluations; supervise tiers below."""

from services.review.api.evaluations import router
from services.review.api.supervisions import router as supervisions_router

router.include_router(supervisions_router)

__all__ = ["router"]
