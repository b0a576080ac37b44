"""One running node per transport for the whole run, on servers of its own that a test may kill."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backstop.migrate import migrate
from backstop.servers.postgres import PostgresServer
from backstop.servers.rabbitmq import RabbitServer
from tests.conftest import RUNNING_NODES, group_of, need
from tests.system.harness import CODE, RunningNode

SHARED = frozenset({"embedded_node", "rabbit_node", "besieged_node"})


@pytest.fixture(scope="session")
def own_postgres(scratch: Path) -> Iterator[PostgresServer]:
    """A PostgreSQL that only the running nodes use: restarting it disturbs nobody else."""
    need("postgresql")
    with PostgresServer(scratch / "system-postgres", durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def migrated(own_postgres: PostgresServer) -> str:
    """The name of a database in which the migrations have run: those of nodes are copies of it."""
    address = own_postgres.create_database("migrated")
    migrate(address.replace("postgresql://", "postgresql+psycopg://"))
    return "migrated"


@pytest.fixture(scope="session")
def broker(scratch: Path) -> Iterator[RabbitServer]:
    """A RabbitMQ that only the running node uses: it may be killed."""
    need("rabbitmq")
    with RabbitServer(scratch / "system-rabbitmq", [CODE]) as server:
        yield server


@pytest.fixture(scope="session")
def embedded_node(
    own_postgres: PostgresServer, migrated: str, scratch: Path
) -> Iterator[RunningNode]:
    """A node whose services hear each other in one process."""
    database = own_postgres.create_database("embedded", migrated)
    node = RunningNode.build(scratch / "embedded", database, f"bus://localhost/{CODE}")
    node.servers = [own_postgres]
    yield from _running(node)


@pytest.fixture(scope="session")
def rabbit_node(
    own_postgres: PostgresServer, migrated: str, broker: RabbitServer, scratch: Path
) -> Iterator[RunningNode]:
    """A node on a real RabbitMQ."""
    database = own_postgres.create_database("rabbit", migrated)
    node = RunningNode.build(scratch / "rabbit", database, broker.url(CODE))
    node.servers = [own_postgres, broker]
    yield from _running(node)


@pytest.fixture(scope="session")
def besieged_node(
    own_postgres: PostgresServer, migrated: str, scratch: Path
) -> Iterator[RunningNode]:
    """A node for those who send it nonsense; it throttles a case, never the tests' address."""
    database = own_postgres.create_database("besieged", migrated)
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a module that stands on these nodes and is not run with the others that do."""
    strangers = {
        item.path.name
        for item in items
        if SHARED & set(getattr(item, "fixturenames", ()))
        and group_of(item.nodeid) != RUNNING_NODES
    }
    assert not strangers, f"not in ON_RUNNING_NODES of tests/conftest.py: {sorted(strangers)}"


def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """End the nodes with the last test on them: an idle one costs the others time."""
    if nextitem is None or group_of(nextitem.nodeid) != RUNNING_NODES:
        for file in tuple(_UP):
            _end(file)


def _end(file: Path) -> None:
    node = _UP.pop(file, None)
    if node is not None:
        node.stop()
