"""Private servers on real programs: they keep their data, and nothing of them outlives us."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from signal import SIGKILL

import psycopg
import pytest
from kombu import Connection

from backstop.servers.errors import FolderInUse, VersionMismatch
from backstop.servers.postgres import PostgresServer
from backstop.servers.processes import is_running, wait_until
from backstop.servers.rabbitmq import RabbitServer
from tests.conftest import Broker, FreshDatabase, need

pytestmark = pytest.mark.integration

LAUNCHER = """
import sys
from pathlib import Path
from backstop.servers.postgres import PostgresServer
from backstop.servers.rabbitmq import RabbitServer

folder = Path(sys.argv[1])
kinds = {"postgres": PostgresServer, "rabbitmq": RabbitServer}
server = kinds[sys.argv[2]](folder)
server.start()
print(*server.pids(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(scratch: Path) -> Path:
    return scratch / secrets.token_hex(4)


@pytest.fixture
def own_postgres(folder: Path) -> Iterator[PostgresServer]:
    need("postgresql")
    with PostgresServer(folder, durable=False) as server:
        yield server


@pytest.fixture
def launch(folder: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def launch_one(kind: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", LAUNCHER, str(folder), kind]
        started.append(
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
        return started[-1]

    yield launch_one
    for process in started:
        process.kill()
        process.communicate()


def pids_from(launcher: subprocess.Popen[str]) -> list[int]:
    assert launcher.stdout is not None
    return [int(word) for word in launcher.stdout.readline().split()]


def count(url: str) -> int:
    with psycopg.connect(url) as db:
        row = db.execute("SELECT count(*) FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def keep_one_row(url: str) -> None:
    with psycopg.connect(url) as db:
        db.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
        db.execute("INSERT INTO kept VALUES (1)")


def test_a_killed_postgres_comes_back_on_the_same_address_with_its_data(
    own_postgres: PostgresServer,
) -> None:
    url = own_postgres.create_database("county")
    keep_one_row(url)

    own_postgres.kill()
    assert own_postgres.pids() == []
    own_postgres.start()

    assert count(url) == 1


def test_making_a_database_twice_is_making_it_once(own_postgres: PostgresServer) -> None:
    first = own_postgres.create_database("县")
    keep_one_row(first)

    assert own_postgres.create_database("县") == first
    assert count(first) == 1


def test_postgres_opens_to_its_password_only(own_postgres: PostgresServer) -> None:
    wrong = own_postgres.url().replace(":", ":x", 2).replace(":x//", "://")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers change their user")
def test_no_server_of_root_runs_as_root(own_postgres: PostgresServer) -> None:
    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in own_postgres.pids()}

    assert 0 not in owners


def test_a_pid_file_whose_number_is_now_another_process_does_not_keep_postgres_down(
    own_postgres: PostgresServer,
) -> None:
    url = own_postgres.create_database("county")
    keep_one_row(url)
    own_postgres.kill()
    pid_file = own_postgres.data / "postmaster.pid"
    old = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *old[1:]]) + "\n")

    own_postgres.start()

    assert count(url) == 1


def test_data_of_another_version_is_refused_with_what_to_do(
    own_postgres: PostgresServer,
) -> None:
    own_postgres.stop()
    (own_postgres.data / "PG_VERSION").write_text("9\n")

    with pytest.raises(VersionMismatch, match="PostgreSQL 9"):
        own_postgres.start()


def test_a_folder_in_use_is_refused(
    own_postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backstop.servers.server.LEFTOVER_SECONDS", 0.0)

    with pytest.raises(FolderInUse):
        PostgresServer(own_postgres.folder).start()

    assert own_postgres.pids()


@pytest.mark.parametrize("kind", ["postgres", "rabbitmq"])
def test_nothing_outlives_a_launcher_that_is_killed(
    launch: Callable[[str], subprocess.Popen[str]], kind: str
) -> None:
    need("postgresql" if kind == "postgres" else "rabbitmq")
    launcher = launch(kind)
    pids = pids_from(launcher)
    assert len(pids) > 1
    assert all(map(is_running, pids))

    os.kill(launcher.pid, SIGKILL)
    launcher.wait()

    assert wait_until(lambda: not any(map(is_running, pids)), seconds=15)


def test_a_start_right_after_a_killed_launcher_waits_for_its_leftovers(
    launch: Callable[[str], subprocess.Popen[str]], folder: Path
) -> None:
    need("postgresql")
    launcher = launch("postgres")
    old = pids_from(launcher)
    launcher.kill()
    launcher.wait()

    with PostgresServer(folder) as server:
        assert not set(server.pids()) & set(old)


def test_a_fresh_database_is_a_copy_of_its_template(database: FreshDatabase) -> None:
    template = database()
    keep_one_row(template)

    copy = database(template=template.rpartition("/")[2])

    assert count(copy) == 1
    assert copy != template


def test_a_durable_message_outlives_the_death_of_the_broker(folder: Path) -> None:
    need("rabbitmq")
    with RabbitServer(folder, ["341523"]) as broker:
        url = broker.url("341523")
        with Connection(url, transport_options={"confirm_publish": True}) as bus:
            bus.SimpleQueue("kept").put("case", delivery_mode=2)

        broker.kill()
        assert broker.pids() == []
        broker.start()

        with Connection(url) as bus:
            assert bus.SimpleQueue("kept").get(timeout=10).payload == "case"


def test_a_virtual_host_can_be_added_while_the_broker_runs(rabbitmq: Broker) -> None:
    url = rabbitmq.create_vhost("added/later")

    with Connection(url) as bus:
        assert bus.connected or bus.connect()
