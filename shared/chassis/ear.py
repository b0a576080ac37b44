"""The consumer of a service's queues: its own connection, its own channel, whole batches.

It takes what is there (up to 200 messages, no lingering), lets `Hearing` settle it, and
acknowledges with one `multiple` ack. Messages it could not acknowledge come again and the inbox
ignores them, so a dead socket at any moment is harmless: the ear reconnects, the service lives on.
"""

import logging
import time
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import eventlet
import kombu
from amqp.exceptions import AMQPError
from eventlet.event import Event as Signal
from kombu.exceptions import KombuError
from nameko.extensions import SharedExtension

from shared.bus import embedded
from shared.bus.joining import CONNECT_WITHIN_SECONDS, join, leave
from shared.bus.topology import INBOUND, NAMES_HEADER, PAPERS, queues_of
from shared.chassis.arriving import marked
from shared.chassis.backoff import Backoff
from shared.chassis.glance import Kind
from shared.chassis.hearing import Cue, Hearing
from shared.chassis.runtime import runtime_of, service_of, unit_of
from shared.clock import utcnow
from shared.errors import Unavailable
from shared.metrics import BUS_CONNECTED
from shared.neighbours import Entry

log = logging.getLogger(__name__)

BATCH = 200
BATCH_BYTES = 1_048_576
"""A message packs up to 50 events: so many in one transaction keep it within a second or two."""
HEARTBEAT_SECONDS = 60
TICK_SECONDS = 1.0
AWAY = (AMQPError, KombuError, OSError, Unavailable)
"""What a broken connection raises; `socket.timeout` is an OSError and caught before."""


class Ear(SharedExtension):
    """Hears for all cues of one service."""

    def __init__(self) -> None:
        self.hearers: list[Any] = []
        self.threads: list[Any] = []
        self.connected: frozenset[str] = frozenset()
        self.queues: list[kombu.Queue] = []
        self.ended = Signal()

    def add(self, hearer: Any) -> None:
        """Add one `@hears` declaration; called while the container sets up."""
        self.hearers.append(hearer)

    def start(self) -> None:
        """Begin to consume each queue in a greenlet of the container."""
        embedded.register()
        self.runtime = runtime_of(self.container)
        self.labels = {"node": self.runtime.node, "service": self.container.service_name}
        self.queues = queues_of(self.container.service_name, self.runtime.shards)
        for queue in self.queues:
            self.threads.append(
                self.container.spawn_managed_thread(
                    lambda queue=queue: self.run(queue), identifier=f"ear-{queue.name}"
                )
            )

    def stop(self) -> None:
        """Finish the batch in hand, acknowledge it, and end."""
        self.kill()
        for thread in self.threads:
            thread.wait()
        self.threads = []

    def kill(self) -> None:
        """Stop without waiting."""
        if not self.ended.ready():
            self.ended.send()

    @property
    def stopping(self) -> bool:
        """Tell whether it is time to end."""
        return bool(self.ended.ready())

    def run(self, queue: kombu.Queue) -> None:
        """Consume one queue until stopped; reconnect with back-off."""
        backoff = Backoff()
        while not self.stopping:
            bus = kombu.Connection(
                self.runtime.bus_url,
                heartbeat=HEARTBEAT_SECONDS,
                connect_timeout=CONNECT_WITHIN_SECONDS,
            )
            try:
                self._consume(bus, queue, backoff)
            except AWAY as error:
                log.warning("bus away", extra={**self.labels, "error": repr(error)[:200]})
                self._pause(backoff.next())
            finally:
                # What was not acknowledged goes back to its place in the queue, all in order.
                self._show(queue.name, connected=False)
                leave(bus)

    def _consume(self, bus: kombu.Connection, queue: kombu.Queue, backoff: Backoff) -> None:
        channel = join(bus, self.runtime.shards, sorted(self.runtime.neighbours))
        taken: list[kombu.Message] = []
        consumer = kombu.Consumer(
            channel,
            [queue],
            on_message=taken.append,  # bytes as they came: nothing is decoded, nothing dropped
            prefetch_count=2 * BATCH,
            auto_declare=False,
        )
        consumer.consume()
        self._show(queue.name, connected=True)
        round_ = _Round(self, bus, channel, taken, from_outside=queue.name == INBOUND)
        while not self.stopping:
            round_.run()
            backoff.reset()

    def _pause(self, seconds: float) -> None:
        with eventlet.Timeout(seconds, False):
            self.ended.wait()

    def _show(self, queue: str, *, connected: bool) -> None:
        self.connected = self.connected | {queue} if connected else self.connected - {queue}
        BUS_CONNECTED.labels(**self.labels).set(len(self.connected) == len(self.queues))

    def hearing(self) -> Hearing:
        """Return what settles messages: the service's cues bound to a fresh instance of it."""
        service = service_of(self.container, self.hearers[0])
        return Hearing(unit_of(self.container), cues_of(service, self.hearers))


def cues_of(service: Any, hearers: Sequence[Any]) -> list[Cue]:
    """Bind the declarations of a service class to the methods of an instance."""
    return [
        Cue(hearer.kinds, getattr(service, hearer.method_name), hearer.manner)
        for hearer in hearers
    ]


class _Round:
    """One connection's worth of batches."""

    def __init__(
        self,
        ear: Ear,
        bus: kombu.Connection,
        channel: Any,
        taken: list[Any],
        *,
        from_outside: bool,
    ) -> None:
        self.from_outside = from_outside
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
            # Reading what is there never waits: without this a backlog would starve the others.
            eventlet.sleep(0)
        if time.monotonic() - self.ticked_at >= TICK_SECONDS:
            self._tick()

    def _drain(self, seconds: float) -> bool:
        try:
            self.bus.drain_events(timeout=seconds)
        except TimeoutError:
            return False
        return True

    def _settle(self) -> None:
        batch = self._next_batch()
        bodies = [self._body(message) for message in batch if self._is_for_us(message)]
        if self._until_it_is_back(lambda: self.hearing.hear(bodies)):
            self.channel.basic_ack(batch[-1].delivery_tag, multiple=True)

    def _next_batch(self) -> Sequence[kombu.Message]:
        sizes = accumulate(len(message.body) for message in self.taken[:BATCH])
        number = max(1, sum(size <= BATCH_BYTES for size in sizes))
        batch, self.taken[:] = self.taken[:number], self.taken[number:]
        return batch

    def _body(self, message: kombu.Message) -> bytes:
        body = _bytes(message.body)
        return marked(body, _entry_of(message)) if self.from_outside else body

    def _is_for_us(self, message: kombu.Message) -> bool:
        names = (message.headers or {}).get(NAMES_HEADER)
        if self.from_outside:
            # A name that nobody hears must not pass unseen; a paper lies in another queue as well.
            return names != PAPERS
        return names is None or self.hearing.wants(str(names).split(","))

    def _tick(self) -> None:
        self.ticked_at = time.monotonic()
        self.bus.heartbeat_check()
        if self.ear.runtime.glance.take(self.ear.container.service_name, Kind.KEPT):
            self._until_it_is_back(lambda: self.hearing.tick(utcnow()))

    def _until_it_is_back(self, work: Any) -> bool:
        backoff = Backoff()
        while not self.ear.stopping:
            try:
                work()
            except Unavailable as error:
                log.warning("hearing waits", extra={**self.ear.labels, "error": str(error)})
                self._wait(backoff.next())
            else:
                return True
        return False

    def _wait(self, seconds: float) -> None:
        # Reading on keeps heartbeats flowing both ways and shows when the broker, tired of
        # waiting for an ack (after 30 minutes), closes the channel.
        until = time.monotonic() + seconds
        while not self.ear.stopping and (left := until - time.monotonic()) > 0:
            self._drain(min(left, TICK_SECONDS))
            self.bus.heartbeat_check()


def _entry_of(message: kombu.Message) -> Entry:
    return Entry(message.delivery_info["exchange"], message.properties.get("user_id"))


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)
