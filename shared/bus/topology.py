"""The names on the broker: one exchange, one queue per hearing service and shard.

Speaker and hearer both call `declare` before they do anything else, so nothing is published
before the queues that must keep it exist.
"""

import zlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from kombu import Exchange, Queue

EXCHANGE: Final = "events"
INBOUND: Final = "link.in"
"""The queue in which the parcels of all neighbours wait for this node's link."""
LINK: Final = "link"
OUT: Final = "link.out"
"""The exchange to which a node gives what is to go to a neighbour by shovel."""
UPLINK: Final = "uplink"
"""The queue of what goes to the tier above; the shovel takes it from there."""
FROM_PARENT: Final = "from.parent"
"""The exchange into which the shovel puts what came from the tier above."""
UNROUTED: Final = "link.unrouted"
"""Exchange and queue of what came over a link and had nowhere to go: kept, never lost."""
PAPERS: Final = "link.papers"
"""What a message says of itself, as a name, that is not for link but for who tends the links."""
UP: Final = "up"
DOWN: Final = "down"
NAMES_HEADER: Final = "names"
"""Header with the sorted, distinct event names in the message, joined by commas."""

HEARS_FROM: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "intake": ("dispatch", "sla", "review", "link"),
        "dispatch": ("intake", "sla", "review", "link"),
        "sla": ("intake", "dispatch", "notify", "review", "link"),
        "notify": ("intake", "dispatch", "sla", "review", "portal", "link"),
        "review": ("intake", "dispatch", "sla", "link"),
        "portal": ("intake", "dispatch", "sla", "notify", "review", "link", "portal"),
        "link": ("intake", "dispatch", "sla", "review", "portal"),
    }
)
"""Each hearing service and the services whose events its queue receives."""

# RabbitMQ 4 drops a message after 20 deliveries unless told otherwise; a service whose database
# is away must be able to give a message back for ever. The documented -1 says so on 4.x, but 3.x
# takes it for 0 and drops what is given back once, and an argument chosen by version would not
# match the queue after the broker's upgrade. This number means the same everywhere.
NO_DELIVERY_LIMIT = 2_000_000_000

QUEUE_ARGUMENTS: Final[Mapping[str, object]] = MappingProxyType(
    {
        "x-queue-type": "quorum",
        "x-single-active-consumer": True,
        "x-delivery-limit": NO_DELIVERY_LIMIT,
    }
)


def shard_of(subject: UUID, shards: int) -> int:
    """Return the shard of a case, the same in every process and release."""
    return zlib.crc32(subject.bytes) % shards


def routing_key(speaker: str, shard: int) -> str:
    """Return the key under which a service speaks about the cases of a shard."""
    return f"{speaker}.{shard}"


def queue_for(service: str, shard: int) -> Queue:
    """Return the queue that a service hears, to consume from; `declare` alone creates it."""
    return Queue(f"{service}.{shard}", no_declare=True)


def queues_of(service: str, shards: int) -> list[Queue]:
    """Return every queue that a service hears; link's also the parcels of the neighbours."""
    own = [queue_for(service, shard) for shard in range(shards)]
    return [*own, Queue(INBOUND, no_declare=True)] if service == LINK else own


def inbound_exchange(neighbour: str) -> str:
    """Return the exchange to which one neighbour alone publishes; all of it goes to link."""
    return f"in.{neighbour}"


def down_queue(child: str) -> str:
    """Return the queue, or the key, of what goes to one child; its shovel takes it from there."""
    return f"{DOWN}.{child}"


def declare(channel: Any, shards: int, neighbours: Sequence[str] = ()) -> None:
    """Create exchanges, every service's queues and their bindings where they are missing.

    Only the last step waits for an answer, which answers for all: a channel works in order. In a
    busy process each wait lasts a turn of everybody else, and there are some forty steps.
    """
    exchange = Exchange(EXCHANGE, type="topic", durable=True)(channel)
    exchange.declare(nowait=True)
    _declare_ways_in(channel, neighbours)
    for service, speakers in HEARS_FROM.items():
        for shard in range(shards):
            name = queue_for(service, shard).name
            queue = _declare_queue(channel, name)
            for speaker in speakers:
                key = routing_key(speaker, shard)
                queue.bind_to(exchange=EXCHANGE, routing_key=key, nowait=True)
    exchange.declare()


def _declare_ways_in(channel: Any, neighbours: Sequence[str]) -> None:
    queue = _declare_queue(channel, INBOUND)
    for neighbour in neighbours:
        # Fanout, so that nothing a neighbour writes into a message can lead it elsewhere.
        name = inbound_exchange(neighbour)
        Exchange(name, type="fanout", durable=True)(channel).declare(nowait=True)
        queue.bind_to(exchange=name, nowait=True)


def _declare_queue(channel: Any, name: str) -> Any:
    queue = Queue(name, durable=True, queue_arguments=dict(QUEUE_ARGUMENTS))(channel)
    queue.declare(nowait=True)
    return queue
