"""The HTTP door of sla: clocks of a case, due dates explained, the calendar and its notices."""

from fastapi import APIRouter

from services.sla.api import calendars, clocks, due_dates, notices

router = APIRouter(prefix="/api/v1", tags=["sla"])
for _part in (clocks, due_dates, calendars, notices):
    router.include_router(_part.router)

__all__ = ["router"]
