"""The carrier between nodes: it puts letters into the bus from which each neighbour gets them.

That is the neighbour's own, where this process reaches it, or this node's broker, from which
shovels take them along. It is to a neighbour what the relay is to the own bus: confirmed or not
sent. What it does not carry now stays where it is and is tried again. Each neighbour has a
greenlet of its own: one that is away, or does not answer, costs no other anything.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol
from uuid import UUID

import eventlet
from nameko.extensions import DependencyProvider

from shared.bus import embedded
from shared.bus.depths import Depths
from shared.bus.messages import Outgoing
from shared.bus.publisher import ConfirmedPublisher
from shared.bus.topology import LINK, NAMES_HEADER, UNROUTED
from shared.bus.ways import Way
from shared.chassis.backoff import Backoff
from shared.chassis.every import Cue, Every
from shared.chassis.runtime import runtime_of
from shared.clock import new_id, utcnow
from shared.errors import Unavailable
from shared.events.base import Envelope
from shared.events.link import ParcelArrived
from shared.metrics import LINK_QUEUED, LINK_TAKERS, LINK_UNROUTED

log = logging.getLogger(__name__)

CONFIRM_SECONDS = 10.0
PART_SECONDS = 1.0
"""How long a call in hand may go on when the process ends; what was not confirmed goes again."""


class Letter(Protocol):
    """A parcel that is ready to go: what is signed, and the signature."""

    @property
    def sequence(self) -> int:
        """Its place among those to this neighbour; 0 for one that only says what was heard."""

    @property
    def body(self) -> str:
        """Exactly what was signed."""

    @property
    def signature(self) -> str:
        """The node's signature of the body, base64."""

    @property
    def parcel_id(self) -> UUID:
        """What the letter is, however often it goes."""


@dataclass(slots=True)
class _Pause:
    backoff: Backoff = field(default_factory=Backoff)
    ends_at: float = 0.0


class Carrier(DependencyProvider):
    """Carries letters along the way to each neighbour that has one."""

    def setup(self) -> None:
        """Prepare; nothing connects before there is something to carry."""
        embedded.register()
        self.runtime = runtime_of(self.container)
        self.publishers: dict[str, ConfirmedPublisher] = {}
        self.pauses: defaultdict[str, _Pause] = defaultdict(_Pause)
        self.depths = Depths(self.runtime.bus_url)
        self.is_over = False

    def stop(self) -> None:
        """Close every connection, all at once: one that is silent takes its time."""
        pool = eventlet.GreenPool()
        for publisher in self.publishers.values():
            pool.spawn_n(publisher.close)
        pool.spawn_n(self.depths.close)
        pool.waitall()

    def kill(self) -> None:
        """Carry no more, and stop waiting for confirms."""
        self.is_over = True
        for publisher in self.publishers.values():
            publisher.stop()

    def get_dependency(self, worker_ctx: Any) -> "Carrier":
        """Return the carrier itself."""
        return self

    def rests(self, peer: str) -> bool:
        """Tell whether it would not even try now: without a way, or soon after one failed."""
        return self._way(peer) is None or time.monotonic() < self.pauses[peer].ends_at

    def carry(self, peer: str, letters: Sequence[Letter]) -> int:
        """Carry letters in their order; return how many of them, from the first on, are there."""
        way = self._way(peer)
        if way is None:
            return 0
        messages = [self._message(letter, way) for letter in letters]
        pause = self.pauses[peer]
        try:
            outcome = self._publisher(way.bus_url).publish(messages, CONFIRM_SECONDS)
        except Unavailable as error:
            pause.ends_at = time.monotonic() + pause.backoff.next()
            log.info("neighbour away", extra={"peer": peer, "error": str(error)[:200]})
            return 0
        pause.backoff.reset()
        there = [message.id in outcome.confirmed for message in messages]
        return there.index(False) if False in there else len(there)

    def measure(self) -> None:
        """Export what waits on this node's broker to be taken along, and how many take it."""
        waiting = {peer: way.queue for peer, way in self.runtime.ways.items() if way.queue}
        if not waiting or self.is_over:
            return
        found = self.depths.of([*waiting.values(), UNROUTED])
        for peer, queue in waiting.items():
            if queue in found:
                labels = {"node": self.runtime.node, "peer": peer}
                LINK_QUEUED.labels(**labels).set(found[queue].ready)
                LINK_TAKERS.labels(**labels).set(found[queue].consumers)
        if UNROUTED in found:
            LINK_UNROUTED.labels(node=self.runtime.node).set(found[UNROUTED].ready)

    def _way(self, peer: str) -> Way | None:
        return None if self.is_over else self.runtime.ways.get(peer)

    def _publisher(self, bus_url: str) -> ConfirmedPublisher:
        if bus_url not in self.publishers:
            # Whoever owns the bus declares what is on it, under its own settings.
            self.publishers[bus_url] = ConfirmedPublisher(bus_url, shards=None)
        return self.publishers[bus_url]

    def _message(self, letter: Letter, way: Way) -> Outgoing:
        # A letter that goes once more is a message of its own: its hearer must hear it again,
        # for it may have lost what it answered the first time.
        envelope = Envelope(
            id=new_id(),
            source=f"/nodes/{self.runtime.node}/{LINK}",
            type=ParcelArrived.name,
            time=(now := utcnow()),
            subject=letter.parcel_id,
            version=letter.sequence,
            data={
                "occurred_at": now.isoformat(),
                "parcel_id": str(letter.parcel_id),
                "body": letter.body,
                "signature": letter.signature,
            },
        )
        return Outgoing(
            id=str(envelope.id),
            routing_key=way.routing_key,
            body=b"[" + envelope.model_dump_json(exclude_none=True).encode() + b"]",
            headers={NAMES_HEADER: ParcelArrived.name},
            exchange=way.exchange,
        )


class Carries(Every):
    """Calls a method for each neighbour, each in a greenlet of its own; else as `Every`, woken."""

    def __init__(self, seconds: float, **options: Any) -> None:
        super().__init__(seconds, woken=True, **options)

    def cues(self, cue: Callable[..., bool | None]) -> Sequence[Cue]:
        """Return the method for each neighbour."""
        return [partial(cue, peer) for peer in sorted(runtime_of(self.container).neighbours)]

    def stop(self) -> None:
        """End soon, also where a neighbour does not answer or its process ends together with this.

        On a bus in this process it will not: a confirm means "heard", and its hearers have ended.
        """
        self.kill()
        for thread in self.threads:
            with eventlet.Timeout(PART_SECONDS, False):
                thread.wait()
            thread.kill()

    def kill(self) -> None:
        """Stop without waiting."""
        for dependency in self.container.dependencies:
            if isinstance(dependency, Carrier):
                dependency.kill()
        super().kill()


carries = Carries.decorator
"""`@carries(seconds=1) def carry(self, peer) -> bool`: True when there is more to carry."""
