"""The bus in one process, as kombu sees it: it must behave like the one on the wire."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import eventlet
import pytest
from amqp.exceptions import ChannelError, PreconditionFailed, ResourceLocked
from kombu import Connection, Consumer, Exchange, Message, Queue

from shared.bus import embedded, topology

EVENTS = Exchange("events", type="topic")


@pytest.fixture
def vhost() -> Iterator[str]:
    embedded.register()
    name = uuid4().hex
    yield name
    embedded.reset(name)


@pytest.fixture
def bus(vhost: str) -> Iterator[Connection]:
    with connect(vhost) as connection:
        topology.declare(connection.default_channel, shards=1)
        yield connection


def test_a_message_arrives_at_every_bound_queue_and_nowhere_else(bus: Connection) -> None:
    sla, notify, dispatch = (Ear(bus, name) for name in ("sla.0", "notify.0", "dispatch.0"))

    say(bus, b"x", key="dispatch.0")
    drain(bus)

    assert (sla.bodies, notify.bodies, dispatch.bodies) == ([b"x"], [b"x"], [])


def test_a_message_keeps_what_it_was_sent_with(bus: Connection) -> None:
    ear = Ear(bus, "sla.0")

    say(bus, b"[1]", message_id="m1", headers={"names": "a"}, content_type="application/x")
    drain(bus)

    (message,) = ear.heard
    assert message.body == b"[1]"
    assert message.headers == {"names": "a"}
    assert message.content_type == "application/x"
    assert message.properties["message_id"] == "m1"
    assert message.properties["delivery_mode"] == 2
    assert message.delivery_info["exchange"] == "events"
    assert message.delivery_info["routing_key"] == "intake.0"
    assert message.delivery_info["redelivered"] is False


def test_hearers_do_not_share_headers(bus: Connection) -> None:
    first, second = Ear(bus, "sla.0"), Ear(bus, "notify.0")
    say(bus, b"x", headers={"names": "a"})
    drain(bus)

    first.heard[0].headers["names"] = "changed"

    assert second.heard[0].headers == {"names": "a"}


def test_kombu_serialises_and_decodes(bus: Connection) -> None:
    ear = Ear(bus, "sla.0")

    say(bus, {"case": "办不成事"})
    drain(bus)

    assert ear.heard[0].payload == {"case": "办不成事"}


def test_messages_arrive_in_order(bus: Connection) -> None:
    ear = Ear(bus, "sla.0")

    say(bus, *(b"%d" % number for number in range(50)))
    drain(bus)

    assert ear.bodies == [b"%d" % number for number in range(50)]


def test_one_vhost_hears_nothing_of_another(bus: Connection) -> None:
    other_vhost = uuid4().hex
    with connect(other_vhost) as other:
        topology.declare(other.default_channel, shards=1)
        ear = Ear(other, "sla.0")

        say(bus, b"x")
        drain(other)

        assert ear.bodies == []
    embedded.reset(other_vhost)


def test_two_connections_of_a_vhost_share_its_queues(bus: Connection, vhost: str) -> None:
    with connect(vhost) as hearing:
        ear = Ear(hearing, "sla.0")

        say(bus, b"x")
        drain(hearing)

        assert ear.bodies == [b"x"]


def test_prefetch_bounds_what_is_unacknowledged(bus: Connection) -> None:
    ear = Ear(bus, "sla.0", prefetch=2)
    say(bus, b"1", b"2", b"3", b"4")

    drain(bus)
    assert ear.bodies == [b"1", b"2"]

    ear.heard[0].ack()
    drain(bus)
    assert ear.bodies == [b"1", b"2", b"3"]


def test_a_multiple_ack_covers_all_before_it_and_none_after(bus: Connection) -> None:
    ear = Ear(bus, "sla.0")
    say(bus, b"1", b"2", b"3", b"4")
    drain(bus)

    ear.heard[2].ack(multiple=True)
    ear.leave()

    assert again(bus, "sla.0") == [b"4"]


def test_a_multiple_ack_leaves_other_channels_alone(bus: Connection) -> None:
    first, second = Ear(bus, "sla.0"), Ear(bus, "notify.0")
    say(bus, b"1", b"2")
    drain(bus)

    first.heard[1].ack(multiple=True)
    first.leave()
    second.leave()

    assert again(bus, "sla.0") == []
    assert again(bus, "notify.0") == [b"1", b"2"]


def test_a_redelivered_message_is_covered_by_its_new_place_not_the_old(bus: Connection) -> None:
    ear = Ear(bus, "sla.0")
    say(bus, b"1", b"2")
    drain(bus)
    ear.heard[0].requeue()
    drain(bus)

    ear.heard[1].ack(multiple=True)
    ear.leave()

    assert again(bus, "sla.0") == [b"1"]


def test_a_tag_that_is_not_open_is_an_error(bus: Connection) -> None:
    ear = Ear(bus, "sla.0")
    say(bus, b"1")
    drain(bus)
    tag = ear.heard[0].delivery_tag

    ear.channel.basic_ack(tag)

    with pytest.raises(PreconditionFailed):
        ear.channel.basic_ack(tag)


def test_a_closed_channel_gives_back_what_it_held_in_the_old_order(bus: Connection) -> None:
    ear = Ear(bus, "sla.0")
    say(bus, b"1", b"2", b"3", b"4", b"5")
    drain(bus)
    ear.heard[1].ack()
    ear.heard[3].reject()

    ear.leave()

    assert again(bus, "sla.0") == [b"1", b"3", b"5"]


def test_what_was_requeued_and_what_is_given_back_stay_in_order(bus: Connection) -> None:
    ear = Ear(bus, "sla.0", prefetch=3)
    say(bus, b"1", b"2", b"3", b"4")
    drain(bus)
    ear.consumer.cancel()

    ear.heard[0].requeue()
    ear.leave()

    assert again(bus, "sla.0") == [b"1", b"2", b"3", b"4"]


def test_a_closed_connection_gives_back_what_it_held(bus: Connection, vhost: str) -> None:
    hearing = connect(vhost)
    Ear(hearing, "sla.0")
    say(bus, b"1", b"2")
    drain(hearing)

    hearing.release()

    ear = Ear(bus, "sla.0")
    drain(bus)
    assert ear.bodies == [b"1", b"2"]
    assert [message.delivery_info["redelivered"] for message in ear.heard] == [True, True]


def test_only_the_first_consumer_hears_until_it_leaves(bus: Connection, vhost: str) -> None:
    with connect(vhost) as standby:
        active, waiting = Ear(bus, "sla.0"), Ear(standby, "sla.0")
        say(bus, b"1", b"2")
        drain(standby)
        drain(bus)
        assert (active.bodies, waiting.bodies) == ([b"1", b"2"], [])

        active.heard[0].ack()
        active.leave()
        drain(standby)

        assert waiting.bodies == [b"2"]


def test_a_plain_queue_is_shared_by_its_consumers_in_turn(bus: Connection) -> None:
    channel = bus.channel()
    Queue("plain", channel=channel).declare()
    ears = [Ear(bus, "plain", prefetch=0) for _ in range(2)]

    for body in (b"1", b"2", b"3", b"4"):
        bus.Producer().publish(body, routing_key="plain")
    drain(bus)

    assert sorted(len(ear.bodies) for ear in ears) == [2, 2]


def test_a_queue_with_one_active_consumer_cannot_be_read_past_it(bus: Connection) -> None:
    with pytest.raises(ResourceLocked):
        Queue("sla.0", channel=bus.default_channel).get()


def test_a_plain_queue_can_be_read_one_by_one(bus: Connection) -> None:
    queue = Queue("plain", channel=bus.default_channel)
    queue.declare()
    bus.Producer().publish(b"1", routing_key="plain")

    message = queue.get()
    assert message is not None
    assert message.body == b"1"
    message.ack()
    assert queue.get() is None


def test_a_consumer_without_acks_holds_nothing(bus: Connection) -> None:
    channel = bus.channel()
    heard: list[Message] = []
    consumer = Consumer(
        channel, [topology.queue_for("sla", 0)], on_message=heard.append, no_ack=True
    )
    consumer.consume()
    say(bus, b"1")
    drain(bus)

    heard[0].ack()
    channel.close()

    assert [message.body for message in heard] == [b"1"]
    assert again(bus, "sla.0") == []


def test_an_unroutable_mandatory_message_is_an_error_without_confirms(bus: Connection) -> None:
    with pytest.raises(ChannelError, match="NO_ROUTE"):
        bus.Producer().publish(b"1", exchange="events", routing_key="nobody.0", mandatory=True)


def test_an_unroutable_message_that_is_not_mandatory_is_dropped(bus: Connection) -> None:
    ear = Ear(bus, "sla.0")

    say(bus, b"1", key="nobody.0")
    drain(bus)

    assert ear.bodies == []


def test_an_empty_queue_times_out(bus: Connection) -> None:
    Ear(bus, "sla.0")

    with pytest.raises(TimeoutError):
        bus.drain_events(timeout=0.001)


def test_who_waits_is_woken_by_a_message(bus: Connection, vhost: str) -> None:
    with connect(vhost) as hearing:
        ear = Ear(hearing, "sla.0")
        waiting = eventlet.spawn(hearing.drain_events, timeout=10)
        eventlet.sleep(0)

        say(bus, b"1")
        waiting.wait()

        assert ear.bodies == [b"1"]


def test_who_waits_is_woken_when_its_turn_comes(bus: Connection, vhost: str) -> None:
    with connect(vhost) as standby:
        active, waiting = Ear(bus, "sla.0"), Ear(standby, "sla.0")
        say(bus, b"1")
        drain(bus)
        draining = eventlet.spawn(standby.drain_events, timeout=10)
        eventlet.sleep(0)

        active.leave()
        draining.wait()

        assert waiting.bodies == [b"1"]


def test_who_waits_on_a_connection_that_closes_is_told(vhost: str) -> None:
    connection = connect(vhost)
    connection.connect()
    waiting = eventlet.spawn(connection.drain_events, timeout=10)
    eventlet.sleep(0)

    connection.release()

    with pytest.raises(connection.connection_errors):
        waiting.wait()


def test_a_vhost_that_was_reset_is_empty(bus: Connection, vhost: str) -> None:
    say(bus, b"1")

    embedded.reset(vhost)

    with connect(vhost) as fresh:
        topology.declare(fresh.default_channel, shards=1)
        assert again(fresh, "sla.0") == []


class Ear:
    """A consumer on a channel of its own that keeps what it hears."""

    def __init__(self, connection: Connection, queue: str, prefetch: int = 100) -> None:
        self.heard: list[Message] = []
        self.channel: Any = connection.channel()
        self.consumer = Consumer(
            self.channel,
            [Queue(queue, no_declare=True)],
            on_message=self.heard.append,
            prefetch_count=prefetch,
        )
        self.consumer.consume()

    @property
    def bodies(self) -> list[bytes]:
        return [message.body for message in self.heard]

    def leave(self) -> None:
        self.channel.close()


def connect(vhost: str) -> Connection:
    return Connection(f"bus://localhost/{vhost}")


def say(connection: Connection, *bodies: object, key: str = "intake.0", **properties: Any) -> None:
    producer = connection.Producer(auto_declare=False)
    for body in bodies:
        producer.publish(body, exchange=EVENTS, routing_key=key, **properties)


def drain(connection: Connection) -> None:
    try:
        while True:
            connection.drain_events(timeout=0)
    except TimeoutError:
        return


def again(connection: Connection, queue: str) -> list[bytes]:
    ear = Ear(connection, queue)
    drain(connection)
    ear.leave()
    return ear.bodies
