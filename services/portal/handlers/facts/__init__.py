"""What each event changes on the sheet: one function an event, one module a speaker."""

from types import MappingProxyType

from services.portal.handlers.facts import dispatch, intake, notify, review, sla
from services.portal.handlers.sheet import Facts
from shared.events.base import Event

FACTS: Facts = MappingProxyType(
    {**intake.FACTS, **dispatch.FACTS, **sla.FACTS, **notify.FACTS, **review.FACTS}
)
"""Every event there is; a test compares it with `shared.events`."""

EVERYTHING: tuple[type[Event], ...] = tuple(sorted(FACTS, key=lambda kind: kind.name))
"""What portal hears, by name."""
