"""The HTTP door of review: ratings, callbacks, supervision, leads, the case library."""

from services.review.api.callbacks import router as callbacks_router
from services.review.api.evaluations import router
from services.review.api.guidances import router as guidances_router
from services.review.api.leads import router as leads_router
from services.review.api.library import router as library_router
from services.review.api.precedents import router as precedents_router
from services.review.api.supervisions import router as supervisions_router

router.include_router(callbacks_router)
router.include_router(supervisions_router)
router.include_router(guidances_router)
router.include_router(precedents_router)
router.include_router(library_router)
router.include_router(leads_router)

__all__ = ["router"]
