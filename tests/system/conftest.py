"""One running node per transport for the whole run; each test brings cases of its own."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Broker, Databases
from tests.system.harness import CODE, RunningNode


@pytest.fixture(scope="session")
def embedded_node(postgres: Databases, scratch: Path) -> Iterator[RunningNode]:
    """A node whose services hear each other in one process."""
    yield from _running(postgres, scratch, "embedded", f"bus://localhost/{CODE}")


@pytest.fixture(scope="session")
def rabbit_node(postgres: Databases, rabbitmq: Broker, scratch: Path) -> Iterator[RunningNode]:
    """A node on a real RabbitMQ."""
    url = rabbitmq.create_vhost(f"node-{secrets.token_hex(4)}")
    yield from _running(postgres, scratch, "rabbit", url)


@pytest.fixture(params=["embedded", "rabbitmq"])
def node(request: pytest.FixtureRequest) -> RunningNode:
    """The same story on both transports."""
    name = {"embedded": "embedded_node", "rabbitmq": "rabbit_node"}[request.param]
    running: RunningNode = request.getfixturevalue(name)
    return running


def _running(postgres: Databases, scratch: Path, name: str, bus_url: str) -> Iterator[RunningNode]:
    database = postgres.create_database(f"{name}_{secrets.token_hex(4)}")
    node = RunningNode.build(scratch / name, database, bus_url)
    node.start()
    try:
        yield node
    finally:
        node.stop()
