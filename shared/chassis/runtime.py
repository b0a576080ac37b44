"""What a bus process knows of one node; the composition root hands it to every container."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nameko.containers import WorkerContext
from sqlalchemy import Engine

from shared.bus.ways import Way
from shared.chassis.direct import Direct
from shared.chassis.glance import Glance
from shared.neighbours import Neighbours
from shared.security.letters import HeldCards, KnownCards
from shared.security.sealing import NodeKeys
from shared.store import Store
from shared.unit import Unit

CONFIG_KEY = "BACKSTOP_RUNTIME"
"""Where the runtime stands in a Nameko container's config."""


@dataclass(frozen=True, slots=True)
class NodeRuntime:
    """One node as its services see it."""

    node: str
    engine: Engine
    direct: Direct
    bus_url: str
    shards: int
    keys: NodeKeys
    settings: Mapping[str, Any]
    """Service name → its settings object."""
    keep_days: int
    """How long sent outbox rows and inbox rows are kept: longer than the longest outage."""
    neighbours: Neighbours = field(default_factory=dict)
    glance: Glance = field(default_factory=lambda: Glance({}))
    """What waits for its services."""
    cards: KnownCards = field(default_factory=HeldCards)
    """Neighbour → the card it is known by."""
    ways: Mapping[str, Way] = field(default_factory=dict)
    """Neighbour → how letters go there; without one they wait."""
    stores: Mapping[str, Store] = field(default_factory=dict, repr=False)
    """Service name → where the bytes of its files lie."""


def runtime_of(container: Any) -> NodeRuntime:
    """Return the runtime of the node that a container serves."""
    runtime: NodeRuntime = container.config[CONFIG_KEY]
    return runtime


def unit_of(container: Any) -> Unit:
    """Return the unit that a container's `Database` built while it was set up."""
    for dependency in container.dependencies:
        unit = getattr(dependency, "unit", None)
        if isinstance(unit, Unit):
            return unit
    raise LookupError(f"{container.service_name} declares no Database")


def service_of(container: Any, entrypoint: Any) -> Any:
    """Return a fresh instance of a container's service with its dependencies injected."""
    service = container.service_cls()
    context = WorkerContext(container, service, entrypoint)
    for dependency in container.dependencies:
        setattr(service, dependency.attr_name, dependency.get_dependency(context))
    return service
