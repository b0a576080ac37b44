"""Where a case stands in the words of Open311 GeoReport v2 and its extension by mySociety.

Sources: wiki.open311.org GeoReport v2 (`open`, `closed`); “Additional states” for updates.
"""

from collections.abc import Mapping
from types import MappingProxyType

from services.intake.policy.progress import Status

CLOSED = frozenset({Status.DECLINED, Status.CLOSED, Status.WITHDRAWN})
STATES: Mapping[Status, str] = MappingProxyType(
    {
        Status.REGISTERED: "OPEN",
        Status.ACCEPTED: "OPEN",
        Status.POOLED: "INVESTIGATING",
        Status.HANDED_OVER: "INVESTIGATING",
        Status.DISPATCHED: "INVESTIGATING",
        Status.RETURNED: "INVESTIGATING",
        Status.SIGNED: "IN_PROGRESS",
        Status.CONTACTED: "IN_PROGRESS",
        Status.TRACKING: "IN_PROGRESS",
        Status.REOPENED: "IN_PROGRESS",
        Status.FINISHED: "IN_PROGRESS",
        Status.DECLINED: "NOT_COUNCILS_RESPONSIBILITY",
        Status.CLOSED: "CLOSED",
        Status.WITHDRAWN: "CLOSED",
    }
)
"""A finished case is not closed: its person has yet to say whether it is solved."""


def status_of(status: Status) -> str:
    """Return the one word of two that the standard has."""
    return "closed" if status in CLOSED else "open"
