"""One running node per transport for the whole run, on servers of its own that a test may kill."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backstop.servers.postgres import PostgresServer
from backstop.servers.rabbitmq import RabbitServer
from tests.conftest import need
from tests.system.harness import CODE, RunningNode


@pytest.fixture(scope="session")
def own_postgres(scratch: Path) -> Iterator[PostgresServer]:
    """A PostgreSQL that only the running nodes use: restarting it disturbs nobody else."""
    need("postgresql")
    with PostgresServer(scratch / "system-postgres", durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def broker(scratch: Path) -> Iterator[RabbitServer]:
    """A RabbitMQ that only the running node uses: it may be killed."""
    need("rabbitmq")
    with RabbitServer(scratch / "system-rabbitmq", [CODE]) as server:
        yield server


@pytest.fixture(scope="session")
def embedded_node(own_postgres: PostgresServer, scratch: Path) -> Iterator[RunningNode]:
    """A node whose services hear each other in one process."""
    database = own_postgres.create_database("embedded")
    node = RunningNode.build(scratch / "embedded", database, f"bus://localhost/{CODE}")
    node.servers = [own_postgres]
    yield from _running(node)


@pytest.fixture(scope="session")
def rabbit_node(
    own_postgres: PostgresServer, broker: RabbitServer, scratch: Path
) -> Iterator[RunningNode]:
    """A node on a real RabbitMQ."""
    database = own_postgres.create_database("rabbit")
    node = RunningNode.build(scratch / "rabbit", database, broker.url(CODE))
    node.servers = [own_postgres, broker]
    yield from _running(node)


@pytest.fixture(scope="session")
def besieged_node(own_postgres: PostgresServer, scratch: Path) -> Iterator[RunningNode]:
    """A node for those who send it nonsense; it throttles a case, never the tests' address."""
    database = own_postgres.create_database("besieged")
    node = RunningNode.build(scratch / "besieged", database, f"bus://localhost/{CODE}")
    with node.file.open("a", encoding="utf-8") as settings:
        settings.write("\n[intake]\nwrong_codes_per_address = 1000000\n")
    node.servers = [own_postgres]
    yield from _running(node)


@pytest.fixture(params=["embedded", "rabbitmq"])
def node(request: pytest.FixtureRequest) -> RunningNode:
    """The same story on both transports."""
    name = {"embedded": "embedded_node", "rabbitmq": "rabbit_node"}[request.param]
    running: RunningNode = request.getfixturevalue(name)
    return running


_UP: dict[Path, RunningNode] = {}


def _running(node: RunningNode) -> Iterator[RunningNode]:
    _UP[node.file] = node
    try:
        node.start()
        yield node
    finally:
        _end(node.file)


def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """End the nodes with the last test of this folder: an idle one costs the others time."""
    if nextitem is None or "system" not in nextitem.path.parts:
        for file in tuple(_UP):
            _end(file)


def _end(file: Path) -> None:
    node = _UP.pop(file, None)
    if node is not None:
        node.stop()
