"""What the chassis injects into a service: its unit of work, its settings, the node's keys."""

from collections.abc import Mapping
from typing import Any

from nameko.extensions import DependencyProvider

from shared.chassis.every import Every
from shared.chassis.relay import Relay
from shared.chassis.runtime import runtime_of
from shared.neighbours import Entry, Neighbours
from shared.security.letters import KnownCards
from shared.security.sealing import NodeKeys
from shared.store import Store
from shared.unit import Plumbing, Unit


class Database(DependencyProvider):
    """Injects the `Unit` over the service's own schema."""

    def __init__(self, plumbing: Plumbing) -> None:
        self.plumbing = plumbing

    def setup(self) -> None:
        """Build the unit once per container; it connects at the first transaction."""
        runtime = runtime_of(self.container)
        self.unit = Unit(
            engine=runtime.engine,
            node=runtime.node,
            service=self.container.service_name,
            plumbing=self.plumbing,
            wake=self._wake,
        )

    def get_dependency(self, worker_ctx: Any) -> Unit:
        """Return the unit every worker shares; it holds no state of its own."""
        return self.unit

    def _wake(self) -> None:
        for dependency in self.container.dependencies:
            if isinstance(dependency, Relay):
                dependency.wake()
        for entrypoint in self.container.entrypoints:
            if isinstance(entrypoint, Every) and entrypoint.is_woken:
                entrypoint.wake()


class NodeSettings(DependencyProvider):
    """Injects the service's settings as the composition root loaded them."""

    def get_dependency(self, worker_ctx: Any) -> Any:
        """Return the frozen settings object."""
        return runtime_of(self.container).settings[self.container.service_name]


class Neighbourhood(DependencyProvider):
    """Injects the nodes next to this one, by code."""

    def get_dependency(self, worker_ctx: Any) -> Neighbours:
        """Return the neighbours that this node has links to."""
        return runtime_of(self.container).neighbours


class Entries(DependencyProvider):
    """Injects where each neighbour's messages must come in, for the service that checks it."""

    def get_dependency(self, worker_ctx: Any) -> Mapping[str, Entry]:
        """Return the entries by the neighbour's code, of those that have a certain one."""
        ways = runtime_of(self.container).ways
        return {peer: way.entry for peer, way in ways.items() if way.entry is not None}


class Cards(DependencyProvider):
    """Injects the cards of the neighbours, for the service that checks who wrote."""

    def get_dependency(self, worker_ctx: Any) -> KnownCards:
        """Return the cards by the neighbour's code."""
        return runtime_of(self.container).cards


class Keys(DependencyProvider):
    """Injects the node's keys, for services that seal or open personal data."""

    def get_dependency(self, worker_ctx: Any) -> NodeKeys:
        """Return the node's keys."""
        return runtime_of(self.container).keys


class Files(DependencyProvider):
    """Injects the room of a service in the store of the node's files."""

    def get_dependency(self, worker_ctx: Any) -> Store:
        """Return where the bytes of its files lie."""
        return runtime_of(self.container).stores[self.container.service_name]
