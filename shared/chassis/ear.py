"""The consumer of a service's queues: its own connection, its own channel, whole batches.

It takes what is there (up to 200 messages, no lingering), lets `Hearing` settle it, and
acknowledges with one `multiple` ack. Messages it could not acknowledge come again and the inbox
ignores them, so a dead socket at any moment is harmless: the ear reconnects, the service lives on.
"""

import logging
import time
from collections.abc import Sequence
from typing import Any

import eventlet
import kombu
from amqp.exceptions import AMQPError
from kombu.exceptions import KombuError
from nameko.containers import WorkerContext
from nameko.extensions import SharedExtension

from shared.bus import embedded
from shared.bus.topology import NAMES_HEADER, declare, queue_for
from shared.chassis.backoff import Backoff
from shared.chassis.hearing import Cues, Hearing
from shared.chassis.runtime import runtime_of, unit_of
from shared.clock import utcnow
from shared.errors import Unavailable
from shared.metrics import BUS_CONNECTED

log = logging.getLogger(__name__)

BATCH = 200
HEARTBEAT_SECONDS = 60
TICK_SECONDS = 1.0
AWAY = (AMQPError, KombuError, OSError)
"""What a broken connection raises; `socket.timeout` is an OSError and caught before."""


class Ear(SharedExtension):
    """Hears for all cues of one service."""

    def __init__(self) -> None:
        self.hearers: list[Any] = []
        self.threads: list[Any] = []
        self.stopping = False

    def add(self, hearer: Any) -> None:
        """Add one `@hears` declaration; called while the container sets up."""
        self.hearers.append(hearer)

    def start(self) -> None:
        """Begin to consume each shard in a greenlet of the container."""
        embedded.register()
        self.runtime = runtime_of(self.container)
        self.labels = {"node": self.runtime.node, "service": self.container.service_name}
        for shard in range(self.runtime.shards):
            self.threads.append(
                self.container.spawn_managed_thread(
                    lambda shard=shard: self.run(shard), identifier=f"ear-{shard}"
                )
            )

    def stop(self) -> None:
        """Finish the batch in hand, acknowledge it, and end."""
        self.stopping = True
        for thread in self.threads:
            thread.wait()
        self.threads = []

    def kill(self) -> None:
        """Stop without waiting."""
        self.stopping = True

    def run(self, shard: int) -> None:
        """Consume one shard until stopped; reconnect with back-off."""
        backoff = Backoff()
        while not self.stopping:
            try:
                with kombu.Connection(self.runtime.bus_url, heartbeat=HEARTBEAT_SECONDS) as bus:
                    bus.connect()
                    backoff.reset()
                    BUS_CONNECTED.labels(**self.labels).set(1)
                    self._consume(bus, shard)
            except AWAY as error:
                BUS_CONNECTED.labels(**self.labels).set(0)
                log.warning("bus away", extra={**self.labels, "error": repr(error)[:200]})
                eventlet.sleep(backoff.next())

    def _consume(self, bus: kombu.Connection, shard: int) -> None:
        channel = bus.channel()
        declare(channel, self.runtime.shards)
        queue = queue_for(self.container.service_name, shard)
        taken: list[kombu.Message] = []
        consumer = kombu.Consumer(
            channel,
            [queue],
            on_message=taken.append,  # bytes as they came: nothing is decoded, nothing dropped
            prefetch_count=2 * BATCH,
            auto_declare=False,
        )
        consumer.consume()
        round_ = _Round(self, bus, channel, taken)
        while not self.stopping:
            round_.run()
        consumer.cancel()
        for message in taken:
            message.requeue()

    def hearing(self) -> Hearing:
        """Return what settles messages: the service's cues bound to a fresh instance of it."""
        service = self.container.service_cls()
        context = WorkerContext(self.container, service, self.hearers[0])
        for dependency in self.container.dependencies:
            setattr(service, dependency.attr_name, dependency.get_dependency(context))
        return Hearing(unit_of(self.container), cues_of(service, self.hearers))


def cues_of(service: Any, hearers: Sequence[Any]) -> Cues:
    """Bind the declarations of a service class to the methods of an instance."""
    single = {
        kind.name: (kind, getattr(service, hearer.method_name))
        for hearer in hearers
        if not hearer.together
        for kind in hearer.kinds
    }
    for hearer in hearers:
        if hearer.together:
            return Cues(single, getattr(service, hearer.method_name), hearer.kinds)
    return Cues(single)


class _Round:
    """One connection's worth of batches."""

    def __init__(self, ear: Ear, bus: kombu.Connection, channel: Any, taken: list[Any]) -> None:
        self.ear = ear
        self.bus = bus
        self.channel = channel
        self.taken = taken
        self.hearing = ear.hearing()
        self.ticked_at = time.monotonic()

    def run(self) -> None:
        if not self.taken:
            self._drain(TICK_SECONDS)
        while len(self.taken) < BATCH and self._drain(1e-6):
            pass
        if self.taken:
            self._settle()
        if time.monotonic() - self.ticked_at >= TICK_SECONDS:
            self._tick()

    def _drain(self, seconds: float) -> bool:
        try:
            self.bus.drain_events(timeout=seconds)
        except TimeoutError:
            return False
        return True

    def _settle(self) -> None:
        batch, self.taken[:] = self.taken[:BATCH], self.taken[BATCH:]
        bodies = [_bytes(message.body) for message in batch if self._is_for_us(message)]
        if self._until_it_is_back(lambda: self.hearing.hear(bodies)):
            self.channel.basic_ack(batch[-1].delivery_tag, multiple=True)

    def _is_for_us(self, message: kombu.Message) -> bool:
        names = (message.headers or {}).get(NAMES_HEADER)
        return names is None or self.hearing.wants(str(names).split(","))

    def _tick(self) -> None:
        self.ticked_at = time.monotonic()
        self.bus.heartbeat_check()
        self._until_it_is_back(lambda: self.hearing.tick(utcnow()))

    def _until_it_is_back(self, work: Any) -> bool:
        backoff = Backoff()
        while not self.ear.stopping:
            try:
                work()
            except Unavailable as error:
                log.warning("hearing waits", extra={**self.ear.labels, "error": str(error)})
                eventlet.sleep(backoff.next())
                self.bus.heartbeat_check()
            else:
                return True
        return False


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)
