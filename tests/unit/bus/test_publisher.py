"""Publishing with confirms on the embedded bus: confirmed means heard by all."""

from collections.abc import Iterator
from uuid import uuid4

import eventlet
import pytest
from kombu import Connection, Consumer, Message

from shared.bus import embedded, topology
from shared.bus.messages import Outcome, Outgoing
from shared.bus.publisher import ConfirmedPublisher
from shared.errors import Unavailable

HEARERS_OF_INTAKE = ("dispatch", "sla", "notify", "review", "portal", "link")


@pytest.fixture
def url() -> Iterator[str]:
    embedded.register()
    vhost = uuid4().hex
    yield f"bus://localhost/{vhost}"
    embedded.reset(vhost)


@pytest.fixture
def publisher(url: str) -> Iterator[ConfirmedPublisher]:
    publisher = ConfirmedPublisher(url)
    publisher.connect()
    yield publisher
    publisher.close()


def test_connecting_declares_the_queues_of_every_shard(url: str) -> None:
    publisher = ConfirmedPublisher(url, shards=2)

    publisher.connect()

    with Connection(url) as connection:
        assert connection.default_channel.queue_declare("sla.1", passive=True).queue == "sla.1"
    publisher.close()


def test_a_publish_is_confirmed_only_when_every_hearer_has_acknowledged(
    publisher: ConfirmedPublisher, url: str
) -> None:
    publishing = eventlet.spawn(publisher.publish, [outgoing("a")], timeout=10)
    eventlet.sleep(0)

    with Connection(url) as connection:
        for hearer in HEARERS_OF_INTAKE:
            assert not publishing.dead
            (message,) = heard(connection, hearer)
            message.ack()
            eventlet.sleep(0)

        assert publishing.wait() == confirmed("a")


def test_a_message_given_back_is_not_confirmed_until_it_is_heard(
    publisher: ConfirmedPublisher, url: str
) -> None:
    publishing = eventlet.spawn(publisher.publish, [outgoing("a")], timeout=10)
    eventlet.sleep(0)
    with Connection(url) as connection:
        acknowledge(connection, *HEARERS_OF_INTAKE[1:])

        (message,) = heard(connection, HEARERS_OF_INTAKE[0])
        message.requeue()
        eventlet.sleep(0)
        assert not publishing.dead

        acknowledge(connection, HEARERS_OF_INTAKE[0])
        assert publishing.wait() == confirmed("a")


def test_a_message_thrown_away_by_its_hearer_counts_as_heard(
    publisher: ConfirmedPublisher, url: str
) -> None:
    publishing = eventlet.spawn(publisher.publish, [outgoing("a")], timeout=10)
    eventlet.sleep(0)

    with Connection(url) as connection:
        acknowledge(connection, *HEARERS_OF_INTAKE[1:])
        (message,) = heard(connection, HEARERS_OF_INTAKE[0])
        message.reject()

        assert publishing.wait() == confirmed("a")


def test_the_confirms_of_many_come_back_together(publisher: ConfirmedPublisher, url: str) -> None:
    ids = [f"m{number}" for number in range(120)]
    publishing = eventlet.spawn(publisher.publish, [outgoing(each) for each in ids], timeout=10)
    eventlet.sleep(0)

    with Connection(url) as connection:
        acknowledge(connection, *HEARERS_OF_INTAKE)

        assert publishing.wait() == confirmed(*ids)


def test_what_no_queue_wants_is_returned_and_not_confirmed(publisher: ConfirmedPublisher) -> None:
    outcome = publisher.publish([outgoing("a", key="nobody.0")], timeout=10)

    assert outcome == Outcome(frozenset(), returned=frozenset({"a"}), refused=frozenset())


def test_an_outcome_names_only_its_own_messages(publisher: ConfirmedPublisher) -> None:
    publisher.publish([outgoing("a", key="nobody.0")], timeout=10)

    outcome = publisher.publish([outgoing("b", key="nobody.0")], timeout=10)

    assert outcome.returned == {"b"}


def test_publishing_nothing_is_confirmed_at_once(publisher: ConfirmedPublisher) -> None:
    assert publisher.publish([], timeout=10) == confirmed()


def test_a_slow_hearer_is_no_failure_on_the_embedded_bus(
    publisher: ConfirmedPublisher, url: str
) -> None:
    publishing = eventlet.spawn(publisher.publish, [outgoing("a")], timeout=0)
    eventlet.sleep(0)

    with Connection(url) as connection, eventlet.Timeout(10):
        acknowledge(connection, *HEARERS_OF_INTAKE)

        assert publishing.wait() == confirmed("a")


def test_a_wait_for_confirms_ends_when_the_publisher_is_stopped(
    publisher: ConfirmedPublisher,
) -> None:
    publishing = eventlet.spawn(publisher.publish, [outgoing("a")], timeout=10)
    eventlet.sleep(0)

    publisher.stop()

    with pytest.raises(Unavailable):
        publishing.wait()
    assert not publisher.connected


def test_a_stopped_publisher_publishes_no_more(publisher: ConfirmedPublisher) -> None:
    publisher.stop()

    with pytest.raises(Unavailable):
        publisher.publish([outgoing("a")], timeout=10)


def test_a_vanished_exchange_is_an_outage_that_the_next_publish_repairs(
    publisher: ConfirmedPublisher, url: str
) -> None:
    with Connection(url) as connection:
        connection.default_channel.exchange_delete("events")

    with pytest.raises(Unavailable):
        publisher.publish([outgoing("a")], timeout=10)

    assert publisher.publish([outgoing("b", key="nobody.0")], timeout=10).returned == {"b"}


def test_two_greenlets_take_turns(publisher: ConfirmedPublisher, url: str) -> None:
    first = eventlet.spawn(publisher.publish, [outgoing("a")], timeout=10)
    second = eventlet.spawn(publisher.publish, [outgoing("b")], timeout=10)
    eventlet.sleep(0)

    with Connection(url) as connection:
        acknowledge(connection, *HEARERS_OF_INTAKE)
        assert first.wait() == confirmed("a")
        eventlet.sleep(0)
        acknowledge(connection, *HEARERS_OF_INTAKE)
        assert second.wait() == confirmed("b")


def test_a_beat_leaves_a_publish_under_way_alone(publisher: ConfirmedPublisher) -> None:
    publishing = eventlet.spawn(publisher.publish, [outgoing("a")], timeout=10)
    eventlet.sleep(0)

    publisher.beat()

    assert not publishing.dead
    publishing.kill()


def test_a_greenlet_killed_while_it_waits_leaves_no_answer_behind(
    publisher: ConfirmedPublisher,
) -> None:
    publishing = eventlet.spawn(publisher.publish, [outgoing("a")], timeout=10)
    eventlet.sleep(0)

    publishing.kill()

    assert not publisher.connected
    assert publisher.publish([outgoing("b", key="nobody.0")], timeout=10).returned == {"b"}


def outgoing(message_id: str, key: str = "intake.0") -> Outgoing:
    return Outgoing(message_id, key, b"[]", {"names": ""})


def confirmed(*ids: str) -> Outcome:
    return Outcome(frozenset(ids), returned=frozenset(), refused=frozenset())


def heard(connection: Connection, service: str) -> list[Message]:
    messages: list[Message] = []
    queue = topology.queue_for(service, 0)
    consumer = Consumer(connection.channel(), [queue], on_message=messages.append)
    consumer.consume()
    try:
        while True:
            connection.drain_events(timeout=0)
    except TimeoutError:
        consumer.cancel()
    return messages


def acknowledge(connection: Connection, *services: str) -> None:
    for service in services:
        for message in heard(connection, service):
            message.ack()
