"""The containers of docker-compose.yml really run, on the servers as they are configured."""

from collections.abc import Iterator
from pathlib import Path

import kombu
import pytest
from amqp.exceptions import AccessRefused

from tests.conftest import need
from tests.system.composed import ComposedTiers
from tests.system.harness import eventually
from tests.system.scraping import samples

pytestmark = pytest.mark.system

NODES = ("341523", "341500")
"""County and city: a third would cost ten seconds more and show nothing else."""


@pytest.fixture(scope="module")
def tiers(scratch: Path) -> Iterator[ComposedTiers]:
    """Two tiers next to each other, started in the order of the file, each part healthy."""
    need("postgresql")
    need("rabbitmq")
    with ComposedTiers(scratch / "composed", NODES).up() as up:
        yield up


def test_every_container_comes_up_as_it_is_written_and_hears_its_neighbour(
    tiers: ComposedTiers,
) -> None:
    for node in NODES:
        assert tiers.is_healthy(f"web-{node}")
        assert tiers.is_healthy(f"bus-{node}")

    def silent(node: str, peer: str) -> float:
        port = tiers.port(f"bus-{node}")
        return samples(port, "backstop_link_silent_seconds", "peer")[peer]

    for node, peer in (NODES, NODES[::-1]):
        eventually(f"{node} hears {peer}", lambda at=(node, peer): silent(*at) < 60)  # type: ignore[misc]


def test_the_account_of_a_neighbour_may_write_to_its_own_way_in_alone(
    tiers: ComposedTiers,
) -> None:
    county_at_city = (tiers.secrets / "341523.neighbour_bus_url").read_text()

    with kombu.Connection(county_at_city.replace("{peer}", "341500")) as bus:
        for exchange in ("in.341523", "events", "in.340000", "amq.topic"):
            channel = bus.channel()
            channel.confirm_select()
            message = channel.prepare_message(b"[]")
            if exchange == "in.341523":
                channel.basic_publish_confirm(message, exchange)
                continue
            with pytest.raises(AccessRefused):
                channel.basic_publish_confirm(message, exchange)
