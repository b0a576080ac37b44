"""The carrier between buses of one process: no neighbour holds up another, or the end."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import eventlet
import pytest
from kombu import Connection, Consumer

from shared.bus import embedded, topology
from shared.bus.ways import beside
from shared.chassis.carrier import Carrier, Carries
from shared.chassis.runtime import CONFIG_KEY, runtime_of
from shared.neighbours import Neighbour, Relation
from tests.unit.chassis.containers import Container

HEARING, SILENT = "341500", "341523"
"""At the second one nobody hears: on this bus it confirms nothing."""


@dataclass(frozen=True, slots=True)
class Letter:
    sequence: int
    body: str = "{}"
    signature: str = ""
    parcel_id: UUID = field(default_factory=uuid4)


@dataclass
class Service:
    """Carries one letter to whoever it is called for."""

    container: Any
    carrier: Any = None
    carried: dict[str, int] = field(default_factory=dict)

    def carry(self, peer: str) -> bool:
        if not self.carrier.rests(peer):
            there = self.carrier.carry(peer, [Letter(1)])
            self.carried[peer] = self.carried.get(peer, 0) + there
        return False


@pytest.fixture
def mark() -> Iterator[str]:
    """What the names of this test's buses begin with."""
    embedded.register()
    name = uuid4().hex
    yield name
    for peer in (HEARING, SILENT):
        embedded.reset(f"{name}-{peer}")


@pytest.fixture
def service(mark: str) -> Service:
    """Two neighbours with buses of their own, and a carrier to both."""
    container = Container()
    known = {peer: Neighbour(peer, peer, "county", Relation.BELOW) for peer in (HEARING, SILENT)}
    url = f"bus://localhost/{mark}-{{peer}}"
    ways = {peer: beside(url, "340000", peer) for peer in known}
    told = replace(runtime_of(container), neighbours=known, ways=ways, node="340000")
    container.config[CONFIG_KEY] = told
    service = Service(container)
    container.service, container.service_name = service, "link"
    carrier = Carrier().bind(container, "carrier")
    container.dependencies.append(carrier)
    carrier.setup()
    return service


def a_bus(mark: str, peer: str) -> Connection:
    bus = Connection(f"bus://localhost/{mark}-{peer}")
    topology.declare(bus.default_channel, shards=1, neighbours=["340000"])
    return bus


def hears(bus: Connection) -> None:
    queue = topology.queues_of("link", 0)[0]
    Consumer(
        bus.default_channel, [queue], on_message=lambda one: one.ack(), auto_declare=False
    ).consume()
    while True:
        bus.drain_events()


def begun(service: Service) -> Any:
    carries = Carries(0.001).bind(service.container, "carry")
    carries.start()
    return carries


def test_a_neighbour_that_does_not_answer_holds_up_no_other(mark: str, service: Service) -> None:
    with a_bus(mark, HEARING) as hearing, a_bus(mark, SILENT):
        hearer = eventlet.spawn(hears, hearing)
        carries = begun(service)
        with eventlet.Timeout(10):
            while service.carried.get(HEARING, 0) < 3:
                eventlet.sleep(0.001)
        carries.stop()
        hearer.kill()

    assert not service.carried.get(SILENT)


def test_it_ends_soon_while_a_letter_waits_for_its_confirm(mark: str, service: Service) -> None:
    with a_bus(mark, SILENT) as bus:
        carries = begun(service)
        with eventlet.Timeout(10):
            while not waiting(bus):
                eventlet.sleep(0.001)

        with eventlet.Timeout(5):
            carries.stop()


def test_after_a_failure_nobody_need_write_letters_for_a_while(service: Service) -> None:
    [carrier] = service.container.dependencies

    assert carrier.carry(SILENT, [Letter(1)]) == 0  # there is no exchange to put it into

    assert carrier.rests(SILENT)
    assert not carrier.rests(HEARING)


def test_without_a_way_to_neighbours_it_rests(service: Service) -> None:
    [carrier] = service.container.dependencies
    carrier.runtime = replace(carrier.runtime, ways={})

    assert carrier.rests(HEARING)


def waiting(bus: Connection) -> int:
    return int(bus.default_channel.queue_declare(topology.INBOUND, passive=True).message_count)
