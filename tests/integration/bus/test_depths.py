"""Looking into queues of a real broker: what lies there, and how many take from it."""

from collections.abc import Iterator

import pytest
from kombu import Connection, Consumer, Queue

from shared.bus.depths import Depth, Depths
from shared.errors import Unavailable
from tests.conftest import Broker

pytestmark = pytest.mark.integration


@pytest.fixture
def bus(rabbitmq: Broker) -> Iterator[Connection]:
    url = rabbitmq.create_vhost("depths")
    with Connection(url, transport_options={"confirm_publish": True}) as bus:
        yield bus


def test_a_queue_is_counted_and_one_that_is_not_there_is_left_out(bus: Connection) -> None:
    channel = bus.channel()
    channel.queue_declare("looked-at", durable=True, auto_delete=False)
    channel.queue_purge("looked-at")
    channel.basic_publish(channel.prepare_message(b"one"), routing_key="looked-at")
    depths = Depths(bus.as_uri(include_password=True))

    assert depths.of(["nowhere", "looked-at", "not there"]) == {"looked-at": Depth(1, 0)}

    queue = Queue("looked-at", no_declare=True)
    with Consumer(channel, [queue], callbacks=[], auto_declare=False):
        assert depths.of(["looked-at"])["looked-at"].consumers == 1
    depths.close()


def test_a_broker_that_is_away_is_told() -> None:
    depths = Depths("amqp://nobody:x@127.0.0.1:1/")

    with pytest.raises(Unavailable):
        depths.of(["any"])
    depths.close()
