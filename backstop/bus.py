"""The bus process: the Nameko containers of any number of nodes, and its operations port."""

import logging
import signal
from collections.abc import Sequence
from typing import Any

import eventlet
from eventlet.queue import Queue
from nameko.containers import get_container_cls

from backstop.links.site import Site
from backstop.links.tending import LinkTender
from backstop.node import Node, assemble
from backstop.operations import serve_operations
from backstop.renewing import Renewer
from backstop.settings import OPERATIONS_PORT_OFFSET, NodeSettings
from backstop.suite import MEMBERS
from backstop.ways import ways_of
from shared.chassis import NodeRuntime
from shared.chassis.direct import Direct
from shared.chassis.every import Ticker
from shared.chassis.glance import Glance
from shared.chassis.runtime import CONFIG_KEY
from shared.db import direct_dsn
from shared.logs import start_logging

log = logging.getLogger(__name__)

RENEW_EVERY_SECONDS = 1.0
TEND_LINKS_EVERY_SECONDS = 60.0


class BusProcess:
    """Starts the services of some nodes, waits, and stops them in order."""

    def __init__(self, nodes: Sequence[Node], services: Sequence[str], index: int) -> None:
        self._nodes = nodes
        self._services = services or tuple(MEMBERS)
        self._index = index
        self._directs: list[Direct] = []
        self._tickers: list[Ticker] = []
        self._containers: list[Any] = []
        self._ended: Queue = Queue()

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT, or until a container dies of a bug."""
        for node in self._nodes:
            self._start_node(node)
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: self.end())
        log.info("bus process ready", extra={"containers": len(self._containers)})
        self.wait()

    def wait(self) -> None:
        """Wait until every container has stopped; raise at once what one of them died of."""
        for container in self._containers:
            eventlet.spawn(container.wait).link(self._ended.put)
        for _ in self._containers:
            self._ended.get().wait()

    def end(self) -> None:
        """Let nothing begin any more, from this moment on, and stop in order."""
        # Before anybody has another turn: in a busy process a turn of each takes many seconds, and
        # to stop takes several, in which those not yet told would go on hearing.
        for container in self._containers:
            for entrypoint in container.entrypoints:
                entrypoint.kill()
        for ticker in self._tickers:
            ticker.end()
        eventlet.spawn_n(self.stop)

    def stop(self) -> None:
        """Stop hearing, then relaying, then give the locks back."""
        pool = eventlet.GreenPool()
        for container in self._containers:
            pool.spawn_n(container.stop)
        pool.waitall()
        for direct in self._directs:
            direct.stop()

    def _start_node(self, node: Node) -> None:
        runtime = self.runtime(node)
        eventlet.spawn_n(runtime.direct.run)
        config = {CONFIG_KEY: runtime}
        started = []
        for name in self._services:
            container = get_container_cls(config)(MEMBERS[name].service_class(), config)
            container.start()
            started.append(container)
        self._containers += started
        self._tend_keys(node)
        self._tend_links(node)
        port = node.settings.web_port + OPERATIONS_PORT_OFFSET + self._index
        serve_operations(node, self._services, port)

    def _tend_keys(self, node: Node) -> None:
        labels = {"node": node.code, "cue": "renew_keys"}
        ticker = Ticker(Renewer(node, self._services).tick, RENEW_EVERY_SECONDS, labels)
        self._tickers.append(ticker)
        eventlet.spawn_n(ticker.run)

    def _tend_links(self, node: Node) -> None:
        if "link" in self._services:
            labels = {"node": node.code, "cue": "tend_links"}
            tender = LinkTender(Site.of(node.settings))
            ticker = Ticker(tender.tick, TEND_LINKS_EVERY_SECONDS, labels)
            self._tickers.append(ticker)
            eventlet.spawn_n(ticker.run)

    def runtime(self, node: Node) -> NodeRuntime:
        """Return what the containers of a node are given."""
        settings = node.settings
        url = settings.database_direct_url or settings.database_url
        glance = Glance({name: MEMBERS[name].plumbing for name in self._services})
        direct = Direct(direct_dsn(url), f"backstop-direct-{settings.code}", glance)
        self._directs.append(direct)
        return NodeRuntime(
            node=settings.code,
            engine=node.engine,
            direct=direct,
            glance=glance,
            bus_url=settings.bus_url,
            shards=settings.shards,
            keys=node.keys,
            settings={name: settings.service(name) for name in MEMBERS},
            keep_days=settings.keep_days,
            neighbours=node.neighbours,
            cards=node.cards,
            ways=ways_of(settings, node.neighbours),
            stores=node.stores,
        )


def run_bus(settings: Sequence[NodeSettings], services: Sequence[str], index: int) -> None:
    """Run a bus process for these nodes; call it in a process that eventlet has patched."""
    start_logging(settings[0].log_level, process="bus")
    BusProcess([assemble(each, "bus") for each in settings], services, index).run()
