"""The bus without a server: kombu's transport `bus://localhost/<vhost>` inside one process.

It behaves like py-amqp on the wire, down to `confirm_select` and `events`, so whoever publishes
or consumes need not know which of the two it has. The differences: a confirm comes when every
bound queue has acknowledged its copy (`memory`), and there are no heartbeats.

Connections of one process that name the same vhost share one broker. They belong to greenlets of
one thread: a waiting `drain_events` sleeps in eventlet's hub and is woken, never polls.
"""

from collections import deque
from itertools import count
from time import monotonic
from typing import Final

from amqp.exceptions import RecoverableConnectionError
from eventlet.event import Event
from kombu import Connection
from kombu.transport import TRANSPORT_ALIASES, base

from shared.bus.channel import Channel
from shared.bus.memory import EXCHANGE_KINDS, Broker

SCHEME: Final = "bus"

# Process-wide on purpose: a URL is all that two connections have in common.
_brokers: dict[str, Broker] = {}


def register() -> None:
    """Teach kombu the scheme `bus`; call it before the first connection."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"


def reset(vhost: str | None = None) -> None:
    """Forget the broker of a vhost, or all; open connections keep the old one."""
    if vhost is None:
        _brokers.clear()
    else:
        _brokers.pop(vhost, None)


class Transport(base.Transport):
    """What kombu asks of a transport."""

    driver_type = SCHEME
    driver_name = SCHEME
    # Empty, not missing: otherwise kombu retries channel errors such as "no route".
    recoverable_connection_errors = ()
    recoverable_channel_errors = ()
    client: Connection
    implements = base.Transport.implements.extend(exchange_type=EXCHANGE_KINDS)

    def driver_version(self) -> str:
        """Return the version of the behaviour."""
        return "1"

    def establish_connection(self) -> "Session":
        """Join the broker of the vhost in the URL, creating it for the first one."""
        vhost = self.client.virtual_host or "/"
        return Session(_brokers.setdefault(vhost, Broker()), self.client)

    def verify_connection(self, connection: "Session") -> bool:
        """Tell whether the session is open."""
        return connection.connected

    def create_channel(self, connection: "Session") -> Channel:
        """Open a channel."""
        return connection.channel()

    def drain_events(self, connection: "Session", **kwargs: float | None) -> None:
        """Deliver one message or answer; wait up to `timeout` seconds, else TimeoutError."""
        connection.drain_events(**kwargs)

    def close_connection(self, connection: "Session") -> None:
        """Close the session and with it its channels."""
        connection.close()

    def _collect(self, connection: "Session | None") -> None:
        if connection is not None:
            connection.close()


class Session:
    """One connection: its channels, and the one greenlet that drains it."""

    def __init__(self, broker: Broker, client: object) -> None:
        self.broker = broker
        self.client = client
        self.connected = True
        self._channels: deque[Channel] = deque()
        self._numbers = count(1)
        self._asleep: Event | None = None

    def channel(self) -> Channel:
        """Open a channel."""
        opened = Channel(self, next(self._numbers))
        self._channels.append(opened)
        return opened

    def forget(self, channel: Channel) -> None:
        """Drop a channel that closes."""
        self._channels.remove(channel)

    def wake(self) -> None:
        """Let the draining greenlet look again."""
        asleep, self._asleep = self._asleep, None
        if asleep is not None:
            asleep.send()

    def drain_events(self, timeout: float | None = None) -> None:
        """Take one step in one of the channels, in turn."""
        deadline = None if timeout is None else monotonic() + timeout
        while not self._step():
            if not self.connected:
                raise RecoverableConnectionError("connection closed")
            self._sleep_until(deadline)

    def close(self) -> None:
        """Close every channel, the last opened first."""
        self.connected = False
        for channel in sorted(self._channels, key=lambda each: each.channel_id, reverse=True):
            channel.close()
        self.wake()

    def _step(self) -> bool:
        for _ in range(len(self._channels)):
            channel = self._channels[0]
            self._channels.rotate(-1)
            if channel.step():
                return True
        return False

    def _sleep_until(self, deadline: float | None) -> None:
        left = None if deadline is None else deadline - monotonic()
        if left is not None and left <= 0:
            raise TimeoutError
        self._asleep = Event()
        self._asleep.wait(left)
