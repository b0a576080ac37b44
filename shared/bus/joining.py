"""Join the broker and leave it, neither waiting for ever on one that has gone silent."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from amqp.exceptions import AMQPError
from eventlet import Timeout
from kombu import Connection

from shared.bus.topology import declare
from shared.errors import Unavailable

CONNECT_WITHIN_SECONDS: Final = 5
LEAVE_WITHIN_SECONDS: Final = 2


def join(connection: Connection, shards: int | None, neighbours: Sequence[str] = ()) -> Any:
    """Connect, open a channel and declare the topology on it; Unavailable if nobody answers.

    Without `shards` nothing is declared: the bus is a neighbour's, and its own processes do that.
    """
    with Timeout(2 * CONNECT_WITHIN_SECONDS, Unavailable("the broker does not answer")):
        connection.ensure_connection(
            max_retries=1, interval_start=0, interval_step=0, reraise_as_library_errors=False
        )
        channel = connection.channel()
        if shards is not None:
            declare(channel, shards, neighbours)
        return channel


def leave(connection: Connection) -> None:
    """Say goodbye and close the socket, whether or not the broker answers."""
    try:
        # A broker that is out of memory reads nothing, not even a goodbye.
        with Timeout(LEAVE_WITHIN_SECONDS, False), suppress(AMQPError, OSError):
            connection.release()
    finally:
        connection.collect()
