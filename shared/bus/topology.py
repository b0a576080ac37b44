"""The names on the broker: one exchange, one queue per hearing service and shard.

Speaker and hearer both call `declare` before they do anything else, so nothing is published
before the queues that must keep it exist.
"""

import zlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from kombu import Exchange, Queue

EXCHANGE: Final = "events"
NAMES_HEADER: Final = "names"
"""Header with the sorted, distinct event names in the message, joined by commas."""

HEARS_FROM: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "intake": ("dispatch", "sla", "review"),
        "dispatch": ("intake", "review"),
        "sla": ("intake", "dispatch", "notify", "review"),
        "notify": ("intake", "dispatch", "sla", "review"),
        "review": ("intake", "dispatch"),
        "portal": ("intake", "dispatch", "sla", "notify", "review"),
    }
)
"""Each hearing service and the services whose events its queue receives."""

# RabbitMQ 4 drops a message after 20 deliveries unless told otherwise; a service whose database
# is away must be able to give a message back for ever. The documented -1 says so on 4.x, but 3.x
# takes it for 0 and drops what is given back once, and an argument chosen by version would not
# match the queue after the broker's upgrade. This number means the same everywhere.
_NO_DELIVERY_LIMIT = 2_000_000_000

_QUEUE_ARGUMENTS: Final[Mapping[str, object]] = MappingProxyType(
    {
        "x-queue-type": "quorum",
        "x-single-active-consumer": True,
        "x-delivery-limit": _NO_DELIVERY_LIMIT,
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


def declare(channel: Any, shards: int) -> None:
    """Create the exchange, every service's queues and their bindings where they are missing."""
    exchange = Exchange(EXCHANGE, type="topic", durable=True)(channel)
    exchange.declare()
    for service, speakers in HEARS_FROM.items():
        for shard in range(shards):
            name = queue_for(service, shard).name
            queue = Queue(name, durable=True, queue_arguments=dict(_QUEUE_ARGUMENTS))(channel)
            queue.declare()
            for speaker in speakers:
                queue.bind_to(exchange=EXCHANGE, routing_key=routing_key(speaker, shard))
