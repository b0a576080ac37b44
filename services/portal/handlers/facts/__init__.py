"""What each event changes on the sheet: one function an event, one module a speaker."""

from collections.abc import Mapping
from types import MappingProxyType

from services.portal.handlers.facts import (
    afterwards,
    dispatch,
    hand_over,
    intake,
    life,
    link,
    nodes,
    notify,
    parts,
    review,
    sla,
    withdrawing,
)
from services.portal.handlers.sheet import Facts
from shared.events.base import CaseEvent, Event, NodeFact
from shared.events.link import FactRelayed, NodeFactRelayed

FACTS: Facts = MappingProxyType(
    {
        **intake.FACTS,
        **afterwards.FACTS,
        **withdrawing.FACTS,
        **dispatch.FACTS,
        **life.FACTS,
        **parts.FACTS,
        **hand_over.FACTS,
        **sla.FACTS,
        **notify.FACTS,
        **review.FACTS,
        **link.FACTS,
        **nodes.FACTS,
    }
)
"""Every event there is, but for those in which another node's facts come."""

RELAYED: Mapping[str, type[CaseEvent]] = MappingProxyType(
    {
        kind.name: kind
        for kind in FACTS
        if issubclass(kind, CaseEvent) and not kind.stays_here and kind not in link.FACTS
    }
)
"""By name: what another node may say. A catalogue is a node's own, and so is its link."""
NODE_FACTS: Mapping[str, type[NodeFact]] = MappingProxyType(
    {kind.name: kind for kind in FACTS if issubclass(kind, NodeFact)}
)
"""By name: what another node may say of itself as a whole."""

EVERYTHING: tuple[type[Event], ...] = tuple(
    sorted((*FACTS, FactRelayed, NodeFactRelayed), key=lambda kind: kind.name)
)
"""What portal hears, by name; a test compares it with `shared.events`."""
