"""What lies in a whole database, and in the queues of a bus while nobody takes it out."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import uuid4

import kombu

from backstop.settings import NodeSettings
from shared.bus import embedded
from shared.bus.memory import Queue
from shared.bus.messages import packed
from shared.bus.topology import EXCHANGE, HEARS_FROM, declare
from tests.conftest import need
from tests.system.harness import RunningNode


def dump_of(settings: NodeSettings) -> bytes:
    """Return a backup of everything that a node keeps."""
    url = settings.database_url.replace("postgresql+psycopg://", "postgresql://")
    command = [str(need("postgresql") / "pg_dump"), "--no-sync", url]
    return subprocess.run(command, capture_output=True, check=True).stdout


class Said(NamedTuple):
    """A row of an outbox, as it is packed."""

    id: str
    name: str
    shard: int
    body: str


@contextmanager
def tapped(node: RunningNode) -> Iterator["Tap"]:
    """Let a queue that nobody hears keep a copy of every message, while the block runs."""
    with kombu.Connection(node.settings.bus_url) as bus:
        channel = bus.default_channel
        name = channel.queue_declare("", exclusive=True).queue
        channel.queue_bind(name, EXCHANGE, "#")
        yield Tap(channel, name)


class Tap:
    """A queue without a hearer."""

    def __init__(self, channel: Any, name: str) -> None:
        self._channel = channel
        self._name = name

    def drawn(self) -> list[bytes]:
        """Take out what has come so far."""
        got = iter(lambda: self._channel.basic_get(self._name, no_ack=True), None)
        return [as_bytes(message.body) for message in got]


def queued_again(node: RunningNode) -> dict[str, list[bytes]]:
    """Put all that a node has said on an embedded bus without hearers; return it by queue."""
    embedded.register()
    vhost = uuid4().hex
    try:
        with kombu.Connection(f"bus://localhost/{vhost}") as bus:
            declare(bus.default_channel, shards=1)
            for service in HEARS_FROM:
                _say_again(bus, node, service)
            queues = bus.connection.broker.queues
            return {name: list(_taken(queue)) for name, queue in queues.items()}
    finally:
        embedded.reset(vhost)


def _say_again(bus: kombu.Connection, node: RunningNode, service: str) -> None:
    said = f"SELECT id::text, name, 0, body FROM {service}.outbox ORDER BY position"  # noqa: S608
    for parcel in packed([Said(*row) for row in node.rows(said)], service):
        told = parcel.message
        bus.Producer().publish(
            told.body,
            exchange=told.exchange,
            routing_key=told.routing_key,
            headers=dict(told.headers),
            content_type=told.content_type,
            content_encoding="binary",
            serializer=None,
        )


def _taken(queue: Queue) -> Iterator[bytes]:
    while copy := queue.take():
        yield as_bytes(copy.content.body)


def as_bytes(body: bytes | str) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)
