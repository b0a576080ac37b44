"""Look into queues of a broker from outside: how much lies there, and how many take from it."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import amqp
from eventlet import Timeout
from kombu import Connection

from shared.bus.joining import CONNECT_WITHIN_SECONDS, join, leave
from shared.errors import Unavailable

HEARTBEAT_SECONDS = 60
LOOK_WITHIN_SECONDS = 5


class Depth(NamedTuple):
    """One queue; what a consumer has taken and not acknowledged is not among what is ready."""

    ready: int
    consumers: int


class Depths:
    """One connection that looks; each look declares passively, for which nobody needs a right."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection | None = None

    def of(self, queues: Sequence[str]) -> dict[str, Depth]:
        """Return those of the queues that are there; Unavailable if the broker is away."""
        try:
            with Timeout(LOOK_WITHIN_SECONDS, Unavailable("the broker does not answer")):
                connection = self._connect()
                connection.heartbeat_check()
                found = {queue: _look(connection, queue) for queue in queues}
        except (amqp.ConnectionError, OSError) as error:
            self._drop()
            raise Unavailable(f"the broker is away: {error!r}") from error
        except BaseException:
            self._drop()
            raise
        return {queue: depth for queue, depth in found.items() if depth is not None}

    def close(self) -> None:
        """Say goodbye to the broker."""
        connection, self._connection = self._connection, None
        if connection is not None:
            leave(connection)

    def _connect(self) -> Connection:
        if self._connection is None:
            self._connection = Connection(
                self._url, heartbeat=HEARTBEAT_SECONDS, connect_timeout=CONNECT_WITHIN_SECONDS
            )
            join(self._connection, shards=None)
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.collect()


def _look(connection: Connection, queue: str) -> Depth | None:
    # A queue that is not there costs the channel, so each look has one of its own.
    channel: Any = connection.channel()
    try:
        told = channel.queue_declare(queue, passive=True)
    except amqp.NotFound:
        return None
    with suppress(amqp.AMQPError):
        channel.close()
    return Depth(told.message_count, told.consumer_count)
