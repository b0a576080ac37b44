"""What the open boards of a node share in this process: what was counted, and who is watching.

Nothing here holds a connection of the database while it waits.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from time import monotonic

from fastapi import Request

from services.portal.pages.calling import call
from services.portal.pages.rendering import door_here
from services.portal.policy import Past, day_of

AHEAD = timedelta(days=60)
PAST_SECONDS, DAYS_SECONDS = 3600, 600
WORKED = frozenset({"worked", "make_up"})
WEEKEND = 5


@dataclass(slots=True)
class Live:
    """Of one node; a process has one, and what it remembers it may forget."""

    _past: tuple[float, Past] | None = None
    _days: tuple[float, dict[date, bool]] | None = field(default=None)

    def past(self, ask: Callable[[], Past]) -> Past:
        """Return what became of past clocks, as it was asked for within the hour."""
        if self._past is None or self._past[0] < monotonic():
            self._past = (monotonic() + PAST_SECONDS, ask())
        return self._past[1]

    async def working_days(self, request: Request) -> Callable[[date], bool]:
        """Return which days are worked, by the calendar of the node; else weekdays are."""
        if self._days is None or self._days[0] < monotonic():
            self._days = (monotonic() + DAYS_SECONDS, await _days(request))
        known = self._days[1]
        return lambda day: known.get(day, day.weekday() < WEEKEND)


def live_of(request: Request) -> Live:
    """Return what the boards of the node that answers share."""
    live: Live = request.app.state.live
    return live


async def _days(request: Request) -> dict[date, bool]:
    today = day_of(door_here(request).now())
    found: dict[date, bool] = {}
    for year in sorted({today.year, (today + AHEAD).year}):
        answer = await call(request, "GET", f"/api/v1/calendar/{year}")
        days = answer.body["days"] if answer.ok else ()
        found |= {date.fromisoformat(day["day"]): day["kind"] in WORKED for day in days}
    return found
