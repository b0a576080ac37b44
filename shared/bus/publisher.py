"""Publish many messages at once and wait until the broker has answered for each.

The answer decides what a relay may mark as sent, so nothing is assumed: when the connection is
lost, blocked or silent, `Unavailable` is raised, the connection is dropped, and every message of
that call counts as not sent. Some may have arrived; the hearer's inbox makes that harmless.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final

import amqp
from amqp.method_framing import frame_writer
from eventlet.semaphore import Semaphore
from kombu import Connection

from shared.bus.embedded import SCHEME
from shared.bus.joining import CONNECT_WITHIN_SECONDS, join, leave
from shared.bus.messages import Outcome, Outgoing
from shared.errors import Unavailable

PERSISTENT: Final = 2
LOOK_UP_EVERY_SECONDS: Final = 0.5
"""How long a wait for confirms goes on before it looks for `stop` and for heartbeats."""

_LOST = (amqp.ConnectionError, amqp.ChannelError, OSError)


class ConfirmedPublisher:
    """One connection to the bus that publishes with confirms, one greenlet at a time."""

    def __init__(
        self,
        url: str,
        heartbeat: int = 60,
        shards: int | None = 1,
        neighbours: Sequence[str] = (),
    ) -> None:
        self._url = url
        self._heartbeat = heartbeat
        self._shards = shards
        self._neighbours = neighbours
        # A confirm on the embedded bus means "heard", and a slow hearer is no failure.
        self._patient = url.startswith(f"{SCHEME}:")
        self._turn = Semaphore(1)
        self._stopped = False
        self._connection: Connection | None = None
        self._channel: Any = None
        self._frames = _Frames()
        self._answers = _Answers()

    @property
    def connected(self) -> bool:
        """Tell whether there is a connection, as far as is known."""
        return self._connection is not None and bool(self._connection.connected)

    def connect(self) -> None:
        """Connect and declare the topology, unless connected."""
        with self._turn, self._nothing_assumed():
            self._connect()

    def publish(self, messages: Sequence[Outgoing], timeout: float) -> Outcome:
        """Publish all and wait for every answer, `timeout` seconds at most on the wire.

        On the embedded bus the wait ends only with the last answer or with `stop`.
        """
        with self._turn, self._nothing_assumed():
            self._connect()
            self._send(messages, timeout)
            self._wait(None if self._patient else monotonic() + timeout)
            outcome = self._answers.taken()
            if outcome.returned:
                # Somebody removed a queue: whoever connects declares it again.
                self._drop()
            return outcome

    def beat(self) -> None:
        """Send a heartbeat if one is due and notice a lost connection; call it each second."""
        if self._turn.locked():
            return  # A publish is under way and looks after the connection itself.
        with self._turn:
            if self._connection is None:
                return
            try:
                with self._nothing_assumed():
                    self._look_up()
            except Unavailable:
                # The next publish connects anew; nothing was under way.
                return

    def stop(self) -> None:
        """End a wait for confirms soon, and refuse what comes after."""
        self._stopped = True

    def close(self) -> None:
        """Stop and say goodbye to the broker."""
        self.stop()
        with self._turn:
            connection, self._connection = self._connection, None
            if connection is not None:
                leave(connection)

    @contextmanager
    def _nothing_assumed(self) -> Iterator[None]:
        try:
            yield
        except _LOST as error:
            self._drop()
            raise Unavailable(f"the broker is away: {error!r}") from error
        except BaseException:
            # Whatever it was, also the end of this greenlet: answers may still be on their way.
            self._drop()
            raise

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.collect()

    def _connect(self) -> None:
        if self._stopped:
            raise Unavailable("the publisher has been stopped")
        if self.connected:
            return
        self._drop()
        self._frames, self._answers = _Frames(), _Answers()
        options = {"frame_writer": self._frames.writer, "on_blocked": _blocked}
        self._connection = Connection(
            self._url,
            heartbeat=self._heartbeat,
            connect_timeout=CONNECT_WITHIN_SECONDS,
            transport_options=options,
        )
        self._channel = join(self._connection, self._shards, self._neighbours)
        self._ask_for_answers(self._connection)

    def _ask_for_answers(self, connection: Connection) -> None:
        self._channel.confirm_select(nowait=True)
        self._channel.events["basic_ack"].add(self._answers.on_ack)
        self._channel.events["basic_nack"].add(self._answers.on_nack)
        self._channel.events["basic_return"].add(self._answers.on_return)
        if not self._patient:
            # The broker has been told that we understand `connection.blocked`. Unset afterwards,
            # because py-amqp would poll the socket before each message of a batch.
            connection.connection.client_properties["capabilities"]["connection.blocked"] = False

    def _send(self, messages: Sequence[Outgoing], timeout: float) -> None:
        with self._frames.as_one_write(timeout):
            for message in messages:
                self._answers.expect(message.id)
                properties = {"delivery_mode": PERSISTENT, "message_id": message.id}
                prepared = self._channel.prepare_message(
                    message.body,
                    None,
                    message.content_type,
                    None,
                    dict(message.headers),
                    properties,
                )
                self._channel.basic_publish(
                    prepared, message.exchange, message.routing_key, mandatory=True
                )

    def _wait(self, deadline: float | None) -> None:
        while self._answers.pending:
            left = LOOK_UP_EVERY_SECONDS if deadline is None else deadline - monotonic()
            if left <= 0:
                raise Unavailable(f"{len(self._answers.pending)} messages were not confirmed")
            if self._stopped:
                raise Unavailable("stopped while waiting for confirms")
            self._look_up(min(left, LOOK_UP_EVERY_SECONDS))

    def _look_up(self, wait: float = 0) -> None:
        assert self._connection is not None, "only called while connected"  # noqa: S101
        self._connection.heartbeat_check()
        try:
            while True:
                self._connection.drain_events(timeout=wait)
                wait = 0
        except TimeoutError:
            return


class _Answers:
    def __init__(self) -> None:
        self.pending: dict[int, str] = {}
        self._last = 0
        self._confirmed: set[str] = set()
        self._refused: set[str] = set()
        self._returned: set[str] = set()

    def expect(self, message_id: str) -> None:
        # The broker numbers what a channel publishes from 1; both sides count.
        self._last += 1
        self.pending[self._last] = message_id

    def on_ack(self, tag: int, multiple: bool) -> None:
        self._confirmed.update(self._answered(tag, multiple))

    def on_nack(self, tag: int, multiple: bool) -> None:
        self._refused.update(self._answered(tag, multiple))

    def on_return(self, _error: object, _exchange: str, _key: str, message: amqp.Message) -> None:
        # What comes back is acknowledged as well, afterwards, and only named by its id here.
        self._returned.add(message.properties["message_id"])

    def taken(self) -> Outcome:
        outcome = Outcome(
            confirmed=frozenset(self._confirmed - self._returned),
            returned=frozenset(self._returned),
            refused=frozenset(self._refused),
        )
        for answered in (self._confirmed, self._returned, self._refused):
            answered.clear()
        return outcome

    def _answered(self, tag: int, multiple: bool) -> list[str]:
        tags = [each for each in self.pending if each <= tag] if multiple else [tag]
        return [self.pending.pop(each) for each in tags if each in self.pending]


class _Frames:
    def __init__(self) -> None:
        self._socket: Any = None
        self._held: list[bytes] | None = None

    def writer(self, connection: object, socket: object) -> object:
        self._socket = socket
        return frame_writer(connection, self)

    def write(self, frame: memoryview) -> None:
        if self._held is None:
            self._socket.write(frame)
        else:
            # A copy: py-amqp reuses the buffer for the next frame.
            self._held.append(bytes(frame))

    @contextmanager
    def as_one_write(self, timeout: float) -> Iterator[None]:
        self._held = []
        try:
            yield
            batch = b"".join(self._held)
        finally:
            self._held = None
        if batch:
            with self._socket.having_timeout(timeout):
                self._socket.write(batch)


def _blocked(reason: str) -> None:
    raise Unavailable(f"the broker takes no messages: {reason}")
