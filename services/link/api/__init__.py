"""The HTTP door of link: how each link is doing, and what was not believed."""

from services.link.api.inspection import router as inspection_router
from services.link.api.links import router

router.include_router(inspection_router)

__all__ = ["router"]
