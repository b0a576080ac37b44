"""The HTTP door of intake: register, look up, decide, reveal, find back, files, scope."""

from services.intake.api.attachments import router as attachments_router
from services.intake.api.cases import router
from services.intake.api.claims import claim
from services.intake.api.groupings import router as groupings_router
from services.intake.api.lost_codes import router as lost_codes_router
from services.intake.api.materials import router as materials_router
from services.intake.api.persons import router as persons_router
from services.intake.api.records import router as records_router
from services.intake.api.scope import router as scope_router
from services.intake.api.unmarkings import router as unmarkings_router

router.include_router(records_router)
router.include_router(scope_router)
router.include_router(lost_codes_router)
router.include_router(persons_router)
router.include_router(attachments_router)
router.include_router(materials_router)
router.include_router(unmarkings_router)
router.include_router(groupings_router)

__all__ = ["claim", "router"]
