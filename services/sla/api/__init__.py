"""The HTTP door of sla: clocks, due dates explained, calendar, notices, limits, ladders."""

from fastapi import APIRouter

from services.sla.api import calendars, clocks, due_dates, foreseen, ladders, limit_sets, notices

router = APIRouter(prefix="/api/v1", tags=["sla"])
for _part in (clocks, foreseen, due_dates, calendars, notices, limit_sets, ladders):
    router.include_router(_part.router)

__all__ = ["router"]
