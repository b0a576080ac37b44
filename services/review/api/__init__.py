"""The HTTP door of review: rate a case, supervise tiers below, read and write precedents."""

from services.review.api.evaluations import router
from services.review.api.guidances import router as guidances_router
from services.review.api.library import router as library_router
from services.review.api.precedents import router as precedents_router
from services.review.api.supervisions import router as supervisions_router

router.include_router(supervisions_router)
router.include_router(guidances_router)
router.include_router(precedents_router)
router.include_router(library_router)

__all__ = ["router"]
