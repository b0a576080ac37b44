"""Open311 GeoReport v2: the neutral public API for programs of others (ADR 38)."""

from services.intake.api.open311.requests import router
from services.intake.api.open311.services import router as services_router

router.include_router(services_router)

__all__ = ["router"]
