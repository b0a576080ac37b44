"""Servers for the tests: private ones, started once, or those that the environment names."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Protocol

import pytest
from xdist.scheduler import LoadFileScheduling

from backstop import starting
from backstop.servers.databases import create_database, drop_database, sibling_url
from backstop.servers.packages import Kind, MissingServer, ensure
from backstop.servers.postgres import PostgresServer
from backstop.servers.rabbitmq import RabbitServer

FreshDatabase = Callable[..., str]
Recorder = Callable[[str, object], None]
RUNNING_NODES, WHOLE_NODES = "running nodes", "whole nodes"
ON_RUNNING_NODES = (
    *("account", "bad_input", "bus_faults", "doctor", "open311", "privacy"),
    *("kannel", "random_input", "story"),
)
GROUPS = {
    RUNNING_NODES: tuple(f"tests/system/test_{name}.py" for name in ON_RUNNING_NODES),
    WHOLE_NODES: ("tests/integration/whole/",),
}
"""What one worker runs, for it stands on the same nodes, which take long to make; begun first."""
SEARCHED = "searched"
"""Under this name a test records how much it has looked through: the run tells it at its end."""


class Databases(Protocol):
    """A PostgreSQL on which the tests may make databases."""

    def url(self, database: str = "postgres") -> str: ...
    def create_database(self, name: str, template: str | None = None) -> str: ...
    def drop_database(self, name: str) -> None: ...


class Broker(Protocol):
    """A RabbitMQ on which the tests may declare what they like."""

    def url(self, vhost: str) -> str: ...
    def create_vhost(self, name: str) -> str: ...


@dataclass(frozen=True, slots=True)
class GivenPostgres:
    """The server of BACKSTOP_TEST_DATABASE_URL, whose account may create databases."""

    admin_url: str

    def url(self, database: str = "postgres") -> str:
        return sibling_url(self.admin_url, database)

    def create_database(self, name: str, template: str | None = None) -> str:
        return create_database(self.admin_url, name, template)

    def drop_database(self, name: str) -> None:
        drop_database(self.admin_url, name)


@dataclass(frozen=True, slots=True)
class GivenBroker:
    """The virtual host of BACKSTOP_TEST_BUS_URL, the only one there is, whatever is asked for."""

    given_url: str

    def url(self, vhost: str) -> str:
        return self.given_url

    def create_vhost(self, name: str) -> str:
        return self.given_url


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: the groups, then other running nodes, then long modules."""
    groups = [*GROUPS, None]
    items.sort(
        key=lambda item: (
            groups.index(group_of(item.nodeid)),
            "system" not in item.path.parts,
            _is_short(item),
        )
    )


def _is_short(item: pytest.Item) -> bool:
    return item.get_closest_marker("long") is None


def group_of(nodeid: str) -> str | None:
    """Return the group that a test is run with, if it is in one."""
    return next((name for name, begins in GROUPS.items() if nodeid.startswith(begins)), None)


class TogetherScheduling(LoadFileScheduling):
    """Gives each module to one worker, and modules that share nodes to the same one."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid) or str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> TogetherScheduling:
    """Hand out the tests by what they stand on."""
    return TogetherScheduling(config, log)


def pytest_collection_finish() -> None:
    """Look for garbage from now on, and only among what the tests themselves make."""
    starting.loaded()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how much was looked through for what must stand nowhere."""
    for report in terminalreporter.getreports("passed"):
        for name, told in report.user_properties:
            if name == SEARCHED:
                test = report.nodeid.rpartition("::")[2]
                terminalreporter.write_line(f"{test}: {told}")


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A folder that a server's own user can reach, other than pytest's temporary folders."""
    folder = Path(tempfile.mkdtemp(prefix="backstop-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(scratch: Path) -> Iterator[Databases]:
    """The PostgreSQL of this test run."""
    given = os.environ.get("BACKSTOP_TEST_DATABASE_URL")
    if given:
        yield GivenPostgres(given)
        return
    need("postgresql")
    with PostgresServer(scratch / "postgres", durable=False) as server:
        yield server


@pytest.fixture
def database(postgres: Databases) -> Iterator[FreshDatabase]:
    """Call it for a new database, empty or a copy of `template`; gone after the test."""
    made: list[str] = []

    def fresh_database(template: str | None = None) -> str:
        made.append(f"test_{secrets.token_hex(6)}")
        return postgres.create_database(made[-1], template)

    yield fresh_database
    for name in made:
        postgres.drop_database(name)


@pytest.fixture(scope="session")
def rabbitmq(scratch: Path) -> Iterator[Broker]:
    """The RabbitMQ of this test run; `create_vhost` gives a test a corner of its own."""
    given = os.environ.get("BACKSTOP_TEST_BUS_URL")
    if given:
        yield GivenBroker(given)
        return
    need("rabbitmq")
    with RabbitServer(scratch / "rabbitmq", ["test"]) as server:
        yield server


def need(kind: Kind) -> Path:
    """Return where the programs are; without them skip, or fail where a CI expects them."""
    try:
        return ensure(kind)
    except MissingServer as missing:
        go_without(str(missing))


def go_without(reason: str) -> NoReturn:
    """Skip the test with its reason; under CI=true fail, so that nothing is skipped unseen."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
