"""The HTTP door of sla: clocks of a case, due dates explained, calendar, notices, limits."""

from fastapi import APIRouter

from services.sla.api import calendars, clocks, due_dates, limit_sets, notices

router = APIRouter(prefix="/api/v1", tags=["sla"])
for _part in (clocks, due_dates, calendars, notices, limit_sets):
    router.include_router(_part.router)

__all__ = ["router"]
