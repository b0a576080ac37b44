"""The HTTP door of review: ratings, supervision of tiers below, and the registers of leads."""

from services.review.api.evaluations import router
from services.review.api.guidances import router as guidances_router
from services.review.api.leads import router as leads_router
from services.review.api.supervisions import router as supervisions_router

router.include_router(supervisions_router)
router.include_router(guidances_router)
router.include_router(leads_router)

__all__ = ["router"]
