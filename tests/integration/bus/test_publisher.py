"""Publishing with confirms on a real RabbitMQ: what it answers, and what happens when it does not.

A small proxy stands between publisher and broker, so that a test can lose the connection, make
the broker fall silent or let it complain, without touching the broker that all tests share.
"""

import socket
import struct
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from time import monotonic
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from kombu import Connection, Consumer, Message, Queue

from shared.bus import topology
from shared.bus.messages import Outcome, Outgoing
from shared.bus.publisher import ConfirmedPublisher
from shared.errors import Unavailable

pytestmark = pytest.mark.integration

LONG_ENOUGH = 20.0

# Frame of method 60 of class 10, connection.blocked, on channel 0, with its reason.
REASON = b"low on memory"
PAYLOAD = struct.pack(">HHB", 10, 60, len(REASON)) + REASON
BLOCKED = struct.pack(">BHI", 1, 0, len(PAYLOAD)) + PAYLOAD + b"\xce"


class RabbitMQ(Protocol):
    """The broker that `tests/conftest.py` starts."""

    def create_vhost(self, name: str) -> str:
        """Create a vhost and return its address."""


@pytest.fixture(scope="module")
def url(rabbitmq: RabbitMQ) -> str:
    return rabbitmq.create_vhost(f"bus-{uuid4().hex}")


@pytest.fixture
def publisher(url: str) -> Iterator[ConfirmedPublisher]:
    publisher = ConfirmedPublisher(url)
    yield publisher
    publisher.close()


@pytest.fixture
def key(url: str) -> Iterator[str]:
    """Bind a queue of this test alone to a routing key of its own, and name both so."""
    name = f"test-{uuid4().hex}.0"
    with Connection(url) as connection:
        topology.declare(connection.default_channel, shards=1)
        queue = own_queue(connection, name)
        yield name
        queue.delete()


def test_stored_messages_are_confirmed(publisher: ConfirmedPublisher, key: str) -> None:
    ids = [f"m{number}" for number in range(300)]

    outcome = publisher.publish([outgoing(each, key) for each in ids], LONG_ENOUGH)

    assert outcome == answered(confirmed=ids)


def test_messages_arrive_in_order_as_they_were_sent(
    publisher: ConfirmedPublisher, key: str, url: str
) -> None:
    publisher.publish([outgoing(f"m{number}", key) for number in range(100)], LONG_ENOUGH)

    messages = heard(url, key, 100)
    assert [message.properties["message_id"] for message in messages] == [
        f"m{number}" for number in range(100)
    ]
    first = messages[0]
    assert first.body == b"[]"
    assert first.headers == {"names": "sla.a.v1"}
    assert first.content_type == "application/cloudevents-batch+json"
    assert first.properties["delivery_mode"] == 2
    assert "expiration" not in first.properties


def test_a_body_larger_than_a_frame_arrives_whole(
    publisher: ConfirmedPublisher, key: str, url: str
) -> None:
    body = b"[" + b"1" * 1_000_000 + b"]"
    large = Outgoing("large", key, body, {"names": ""})

    publisher.publish([outgoing("a", key), large, outgoing("b", key)], LONG_ENOUGH)

    assert [message.body for message in heard(url, key, 3)] == [b"[]", body, b"[]"]


def test_what_no_queue_wants_is_returned_among_the_confirmed(
    publisher: ConfirmedPublisher, key: str
) -> None:
    messages = [outgoing("a", key), outgoing("b", "nobody.0"), outgoing("c", key)]

    outcome = publisher.publish(messages, LONG_ENOUGH)

    assert outcome == answered(confirmed=["a", "c"], returned=["b"])


def test_what_a_full_queue_refuses_is_told_apart(publisher: ConfirmedPublisher, url: str) -> None:
    name = f"test-{uuid4().hex}.0"
    with Connection(url) as connection:
        topology.declare(connection.default_channel, shards=1)
        full = own_queue(connection, name, {"x-max-length": 2, "x-overflow": "reject-publish"})
        try:
            messages = [outgoing(f"m{number}", name) for number in range(5)]
            outcome = publisher.publish(messages, LONG_ENOUGH)
        finally:
            full.delete()

    assert outcome == answered(confirmed=["m0", "m1"], refused=["m2", "m3", "m4"])


def test_one_publish_after_another_reuses_the_connection(
    publisher: ConfirmedPublisher, key: str
) -> None:
    publisher.publish([outgoing("a", key)], LONG_ENOUGH)
    publisher.beat()

    assert publisher.connected
    assert publisher.publish([outgoing("b", key)], LONG_ENOUGH) == answered(confirmed=["b"])


def test_a_vanished_exchange_is_an_outage(publisher: ConfirmedPublisher, url: str) -> None:
    publisher.connect()
    with Connection(url) as connection:
        connection.default_channel.exchange_delete(topology.EXCHANGE)

    with pytest.raises(Unavailable, match="NOT_FOUND"):
        publisher.publish([outgoing("a", "intake.0")], LONG_ENOUGH)

    assert publisher.publish([outgoing("b", "nobody.0")], LONG_ENOUGH).returned == {"b"}


def test_a_lost_connection_confirms_nothing_and_the_next_publish_connects_anew(
    url: str, key: str
) -> None:
    with Proxy(url) as proxy:
        publisher = ConfirmedPublisher(proxy.url)
        publisher.connect()

        proxy.cut_after_next_write()
        with pytest.raises(Unavailable):
            publisher.publish([outgoing("a", key)], LONG_ENOUGH)

        assert not publisher.connected
        assert publisher.publish([outgoing("b", key)], LONG_ENOUGH) == answered(confirmed=["b"])
        publisher.close()


def test_a_connection_lost_while_idle_is_noticed_by_the_beat(url: str) -> None:
    with Proxy(url) as proxy:
        publisher = ConfirmedPublisher(proxy.url)
        publisher.connect()

        proxy.cut()
        deadline = monotonic() + LONG_ENOUGH
        while publisher.connected and monotonic() < deadline:
            publisher.beat()

        assert not publisher.connected
        publisher.close()


def test_a_broker_that_falls_silent_is_given_up_when_the_time_is_over(url: str, key: str) -> None:
    with Proxy(url) as proxy:
        publisher = ConfirmedPublisher(proxy.url)
        publisher.connect()

        proxy.silence()
        with pytest.raises(Unavailable, match="1 messages were not confirmed"):
            publisher.publish([outgoing("a", key)], timeout=0.2)

        assert not publisher.connected
        publisher.close()


def test_a_broker_that_takes_no_messages_says_why(url: str, key: str) -> None:
    with Proxy(url) as proxy:
        publisher = ConfirmedPublisher(proxy.url)
        publisher.connect()

        proxy.silence()
        proxy.say(BLOCKED)
        with pytest.raises(Unavailable, match="takes no messages"):
            publisher.publish([outgoing("a", key)], LONG_ENOUGH)

        assert not publisher.connected
        publisher.close()


def test_no_broker_is_an_outage() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(Unavailable):
        ConfirmedPublisher(f"pyamqp://guest:guest@127.0.0.1:{port}//").connect()


class Proxy:
    """Forwards between one client at a time and the broker, until it is told not to."""

    def __init__(self, url: str) -> None:
        self._broker = urlsplit(url)
        self._server = socket.create_server(("127.0.0.1", 0))
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._silent = threading.Event()
        self._cut_on_write = threading.Event()
        netloc = f"{self._broker.netloc.rpartition('@')[0]}@127.0.0.1:{self._port}"
        self.url = self._broker._replace(netloc=netloc).geturl()

    @property
    def _port(self) -> int:
        return int(self._server.getsockname()[1])

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        # A shutdown wakes the thread in `accept`; a close alone does not.
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.cut()

    def cut(self) -> None:
        for pair in self._pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
        self._pairs.clear()

    def cut_after_next_write(self) -> None:
        self._silent.set()
        self._cut_on_write.set()

    def silence(self) -> None:
        self._silent.set()

    def say(self, frame: bytes) -> None:
        self._pairs[-1][0].sendall(frame)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._server.accept()
                broker = socket.create_connection((self._broker.hostname, self._broker.port))
                self._silent.clear()
                self._pairs.append((client, broker))
                for flow in (self._to_broker, self._to_client):
                    threading.Thread(target=flow, args=(client, broker), daemon=True).start()

    def _to_broker(self, client: socket.socket, broker: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                broker.sendall(data)
                if self._cut_on_write.is_set():
                    self._cut_on_write.clear()
                    self.cut()

    def _to_client(self, client: socket.socket, broker: socket.socket) -> None:
        with suppress(OSError):
            while data := broker.recv(65536):
                if not self._silent.is_set():
                    client.sendall(data)


def own_queue(connection: Connection, name: str, arguments: dict[str, Any] | None = None) -> Queue:
    queue = Queue(name, queue_arguments=arguments, channel=connection.default_channel)
    queue.declare()
    queue.bind_to(exchange=topology.EXCHANGE, routing_key=name)
    return queue


def outgoing(message_id: str, key: str) -> Outgoing:
    return Outgoing(message_id, key, b"[]", {"names": "sla.a.v1"})


def answered(
    *, confirmed: Iterable[str] = (), returned: Iterable[str] = (), refused: Iterable[str] = ()
) -> Outcome:
    return Outcome(frozenset(confirmed), frozenset(returned), frozenset(refused))


def heard(url: str, queue: str, number: int) -> list[Message]:
    messages: list[Message] = []
    with Connection(url) as connection:
        bound = Queue(queue, no_declare=True)
        with Consumer(connection, [bound], on_message=messages.append, no_ack=True):
            while len(messages) < number:
                connection.drain_events(timeout=LONG_ENOUGH)
    return messages
