"""A container as the chassis sees it, without Nameko's own threads and without a database."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import eventlet

from shared.chassis.runtime import CONFIG_KEY, NodeRuntime


class Container:
    """Spawns greenlets as Nameko does; `service` is what a cue is a method of."""

    def __init__(self, service: Any = None, url: str = "bus://localhost/none") -> None:
        self.service_name = "sla"
        self.service = service
        self.dependencies: list[Any] = []
        self.config = {CONFIG_KEY: runtime(url)}

    def service_cls(self) -> Any:
        return self.service

    def spawn_managed_thread(self, run: Callable[[], None], identifier: str = "") -> Any:
        return eventlet.spawn(run)


def runtime(url: str) -> NodeRuntime:
    nothing: Any = SimpleNamespace()
    return NodeRuntime(
        node="341523",
        engine=nothing,
        direct=nothing,
        bus_url=url,
        shards=1,
        keys=nothing,
        settings={},
        keep_days=30,
    )
