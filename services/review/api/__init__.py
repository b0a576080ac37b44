"""The HTTP door of review: rate a case, read its evaluations; supervise tiers below."""

from services.review.api.evaluations import router
from services.review.api.guidances import router as guidances_router
from services.review.api.supervisions import router as supervisions_router

router.include_router(supervisions_router)
router.include_router(guidances_router)

__all__ = ["router"]
