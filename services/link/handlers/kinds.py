"""The kinds of facts about cases that link knows, and what is special about them."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.events import dispatch, intake, review, sla
from shared.events.base import CaseEvent
from shared.events.link import OrderPassedOn

NOTED: Mapping[str, type[CaseEvent]] = MappingProxyType(
    {
        kind.name: kind
        for module in (intake, dispatch, sla, review)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, CaseEvent) and "name" in vars(kind)
        if not kind.stays_here
    }
)
"""What the services of this node say about a case, by name, but for what stays in the node."""
RELAYED: Mapping[str, type[CaseEvent]] = MappingProxyType(
    {**NOTED, OrderPassedOn.name: OrderPassedOn}
)
"""The facts that go between nodes: all that is noted, and what link itself says of orders."""
FOR_ONE = frozenset(name for name, kind in RELAYED.items() if kind.for_one)
"""What is for the node that it names alone, and no part of the history of its case."""
