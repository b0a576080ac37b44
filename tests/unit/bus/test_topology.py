"""The names on the broker: shards that never move, queues that hear whom they should."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5

import pytest
from amqp.exceptions import NotFound
from kombu import Consumer

from shared.bus import topology
from shared.bus.channel import Channel
from shared.bus.embedded import Session
from shared.bus.memory import Broker

CASES = [uuid5(UUID(int=0), str(number)) for number in range(3000)]


@pytest.mark.parametrize(
    ("case", "shards", "shard"),
    [
        ("0199f3c2-7a41-7cc1-9d3e-5b1a2c3d4e5f", 1, 0),
        ("0199f3c2-7a41-7cc1-9d3e-5b1a2c3d4e5f", 4, 0),
        ("0199f3c2-7a41-7cc1-9d3e-5b1a2c3d4e5f", 7, 1),
        ("00000000-0000-0000-0000-000000000001", 4, 3),
    ],
)
def test_a_case_keeps_its_shard_for_ever(case: str, shards: int, shard: int) -> None:
    assert topology.shard_of(UUID(case), shards) == shard


def test_cases_spread_evenly_over_the_shards() -> None:
    shards = Counter(topology.shard_of(case, 3) for case in CASES)

    assert sorted(shards) == [0, 1, 2]
    assert min(shards.values()) > 900


def test_a_routing_key_is_the_speaker_and_the_shard() -> None:
    assert topology.routing_key("sla", 3) == "sla.3"


def test_consuming_does_not_create_a_queue() -> None:
    channel = Channel(Session(Broker(), client=None), 1)
    consumer = Consumer(channel, [topology.queue_for("notify", 2)])

    with pytest.raises(NotFound, match=r"notify\.2"):
        consumer.consume()


def test_every_service_gets_a_queue_per_shard() -> None:
    broker = declared(shards=2)

    own = [f"{service}.{shard}" for service in topology.HEARS_FROM for shard in (0, 1)]
    assert sorted(broker.queues) == sorted([*own, "link.in"])


def test_a_queue_hears_its_speakers_and_only_on_its_own_shard() -> None:
    broker = declared(shards=2)

    heard = {key for key, queue in broker.exchanges["events"].bindings if queue == "dispatch.1"}
    assert heard == {"intake.1", "sla.1", "review.1", "link.1"}


def test_every_queue_is_a_quorum_with_one_consumer_and_no_reachable_delivery_limit() -> None:
    broker = declared(shards=1)

    assert broker.queues["sla.0"].arguments == {
        "x-queue-type": "quorum",
        "x-single-active-consumer": True,
        "x-delivery-limit": 2_000_000_000,
    }


def test_a_neighbour_has_an_exchange_of_its_own_that_leads_to_link_alone() -> None:
    broker = Broker()
    channel = Channel(Session(broker, client=None), 1)

    topology.declare(channel, 1, ["341523", "340000"])

    for neighbour in ("341523", "340000"):
        exchange = broker.exchanges[topology.inbound_exchange(neighbour)]
        assert exchange.kind == "fanout"
        assert {queue for _key, queue in exchange.bindings} == {"link.in"}


def test_link_hears_its_own_queues_and_that_of_the_neighbours() -> None:
    assert [queue.name for queue in topology.queues_of("link", 2)] == [
        "link.0",
        "link.1",
        "link.in",
    ]
    assert [queue.name for queue in topology.queues_of("sla", 1)] == ["sla.0"]


def test_declaring_twice_changes_nothing() -> None:
    broker = declared(shards=1)
    before = set(broker.exchanges["events"].bindings)

    topology.declare(Channel(Session(broker, client=None), 1), shards=1)

    assert set(broker.exchanges["events"].bindings) == before


def test_declaring_waits_for_one_answer_however_much_there_is_to_declare(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[bool] = []
    for step in ("exchange_declare", "queue_declare", "queue_bind"):
        monkeypatch.setattr(Channel, step, watched(getattr(Channel, step), waits))

    topology.declare(Channel(Session(Broker(), client=None), 1), 3, ["341523"])

    assert len(waits) > 100
    assert waits[-1]
    assert not any(waits[:-1])


def watched(step: Callable[..., Any], waits: list[bool]) -> Callable[..., Any]:
    """Return a step of a channel that notes whether its caller waits for the answer."""

    def take(*given: Any, **named: Any) -> Any:
        waits.append(not named.get("nowait"))
        return step(*given, **named)

    return take


def declared(shards: int) -> Broker:
    broker = Broker()
    topology.declare(Channel(Session(broker, client=None), 1), shards)
    return broker
