"""The carrier between nodes whose buses this process can reach: it puts letters into them.

It is to a neighbour what the relay is to the own bus: confirmed or not sent. What it does not
carry now stays where it is and is tried again. Each neighbour has a greenlet of its own: one that
is away, or does not answer, costs no other anything.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import eventlet
from nameko.extensions import DependencyProvider

from shared.bus import embedded
from shared.bus.messages import Outgoing
from shared.bus.publisher import ConfirmedPublisher
from shared.bus.topology import LINK, NAMES_HEADER, inbound_exchange
from shared.chassis.backoff import Backoff
from shared.chassis.every import Cue, Every
from shared.chassis.runtime import runtime_of
from shared.clock import new_id, utcnow
from shared.errors import Unavailable
from shared.events.base import Envelope
from shared.events.link import ParcelArrived

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


@dataclass(slots=True)
class _Way:
    publisher: ConfirmedPublisher
    backoff: Backoff
    not_before: float = 0.0


class Carrier(DependencyProvider):
    """Carries letters to the buses of neighbours on this host."""

    def setup(self) -> None:
        """Prepare; nothing connects before there is something to carry."""
        embedded.register()
        self.runtime = runtime_of(self.container)
        self.ways: dict[str, _Way] = {}
        self.is_over = False

    def stop(self) -> None:
        """Close every connection, all at once: one that is silent takes its time."""
        pool = eventlet.GreenPool()
        for way in self.ways.values():
            pool.spawn_n(way.publisher.close)
        pool.waitall()

    def kill(self) -> None:
        """Carry no more, and stop waiting for confirms."""
        self.is_over = True
        for way in self.ways.values():
            way.publisher.stop()

    def get_dependency(self, worker_ctx: Any) -> "Carrier":
        """Return the carrier itself."""
        return self

    def rests(self, peer: str) -> bool:
        """Tell whether it would not even try now: without a way, or soon after one failed."""
        way = self._way(peer)
        return way is None or time.monotonic() < way.not_before

    def carry(self, peer: str, letters: Sequence[Letter]) -> int:
        """Carry letters in their order; return how many of them, from the first on, are there."""
        way = self._way(peer)
        if way is None:
            return 0
        messages = [self._message(letter) for letter in letters]
        try:
            outcome = way.publisher.publish(messages, CONFIRM_SECONDS)
        except Unavailable as error:
            way.not_before = time.monotonic() + way.backoff.next()
            log.info("neighbour away", extra={"peer": peer, "error": str(error)[:200]})
            return 0
        way.backoff.reset()
        there = [message.id in outcome.confirmed for message in messages]
        return there.index(False) if False in there else len(there)

    def _way(self, peer: str) -> _Way | None:
        template = self.runtime.neighbour_bus_url
        if template is None or self.is_over:
            return None
        if peer not in self.ways:
            url = template.replace("{peer}", peer)
            # The neighbour's own processes declare its topology, under its own settings.
            self.ways[peer] = _Way(ConfirmedPublisher(url, shards=None), Backoff())
        return self.ways[peer]

    def _message(self, letter: Letter) -> Outgoing:
        # A letter that goes once more is a message of its own: its hearer must hear it again,
        # for it may have lost what it answered the first time.
        envelope = Envelope(
            id=new_id(),
            source=f"/nodes/{self.runtime.node}/{LINK}",
            type=ParcelArrived.name,
            time=(now := utcnow()),
            subject=(parcel := new_id()),
            version=letter.sequence,
            data={
                "occurred_at": now.isoformat(),
                "parcel_id": str(parcel),
                "body": letter.body,
                "signature": letter.signature,
            },
        )
        return Outgoing(
            id=str(envelope.id),
            routing_key="",
            body=b"[" + envelope.model_dump_json(exclude_none=True).encode() + b"]",
            headers={NAMES_HEADER: ParcelArrived.name},
            exchange=inbound_exchange(self.runtime.node),
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
