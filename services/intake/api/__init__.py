"""The HTTP door of intake: register, look up, decide, reveal, find back, files, scope; Open311."""

from fastapi import APIRouter

from services.intake.api.additions import router as additions_router
from services.intake.api.appeals import router as appeals_router
from services.intake.api.attachments import router as attachments_router
from services.intake.api.benchmarks import router as benchmarks_router
from services.intake.api.cases import router as cases_router
from services.intake.api.channels import router as channels_router
from services.intake.api.claims import claim
from services.intake.api.connectors import router as connectors_router
from services.intake.api.contacts import router as contacts_router
from services.intake.api.groupings import router as groupings_router
from services.intake.api.kannel import router as kannel_router
from services.intake.api.lost_codes import router as lost_codes_router
from services.intake.api.materials import router as materials_router
from services.intake.api.open311 import router as open311_router
from services.intake.api.outside import router as outside_router
from services.intake.api.parties import router as parties_router
from services.intake.api.persons import router as persons_router
from services.intake.api.pressures import router as pressures_router
from services.intake.api.records import router as records_router
from services.intake.api.releases import router as releases_router
from services.intake.api.scope import router as scope_router
from services.intake.api.sms import router as sms_router
from services.intake.api.splits import router as splits_router
from services.intake.api.unmarkings import router as unmarkings_router
from services.intake.api.uploads import router as uploads_router
from services.intake.api.urges import router as urges_router
from services.intake.api.withdrawals import router as withdrawals_router

cases_router.include_router(records_router)
cases_router.include_router(scope_router)
cases_router.include_router(channels_router)
cases_router.include_router(sms_router)
cases_router.include_router(kannel_router)
cases_router.include_router(connectors_router)
cases_router.include_router(appeals_router)
cases_router.include_router(benchmarks_router)
cases_router.include_router(lost_codes_router)
cases_router.include_router(persons_router)
cases_router.include_router(attachments_router)
cases_router.include_router(uploads_router)
cases_router.include_router(releases_router)
cases_router.include_router(materials_router)
cases_router.include_router(outside_router)
cases_router.include_router(unmarkings_router)
cases_router.include_router(groupings_router)
cases_router.include_router(splits_router)
cases_router.include_router(urges_router)
cases_router.include_router(additions_router)
cases_router.include_router(contacts_router)
cases_router.include_router(withdrawals_router)
cases_router.include_router(pressures_router)
cases_router.include_router(parties_router)

router = APIRouter()
router.include_router(cases_router)
router.include_router(open311_router)

__all__ = ["claim", "router"]
