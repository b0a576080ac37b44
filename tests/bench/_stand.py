"""What the benches stand on: a node on real servers, and what each process used."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from backstop.servers.postgres import PostgresServer
from backstop.servers.processes import PROC, descendants
from backstop.servers.rabbitmq import RabbitServer
from tests.bench._load import ITEM
from tests.bench.start import NAMES
from tests.system.harness import CODE, RunningNode

ROOT = Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
OURS = {
    "tests.bench._load": "registering",
    "tests.bench._stock load": "registering",
    "tests.bench._chain": "registering",
    "tests.bench._stock serve": "services",
    "celery": "services",
}
"""What the benches' own processes are, by a part of their command line."""

CATALOGUE = f"""
INSERT INTO dispatch.units VALUES ('SCJGJ', gen_random_uuid(), '县市场监督管理局', '{CODE}', NULL, NULL, true);
INSERT INTO dispatch.items VALUES ('SPJYXK', gen_random_uuid(), '{ITEM}', 'licence', 'SCJGJ', 'ordinary', true);
INSERT INTO intake.items VALUES ('SPJYXK', '{ITEM}', '{ITEM}', 'ordinary', true, now());
"""  # noqa: E501, S608


@dataclass(frozen=True, slots=True)
class Stand:
    """Servers of their own and a folder that goes with them."""

    folder: Path
    postgres: PostgresServer
    broker: RabbitServer

    def node(self, name: str) -> RunningNode:
        """Return a node with a database and a virtual host of its own, one unit, one item."""
        database = self.postgres.create_database(name)
        bus = self.broker.create_vhost(name)
        node = RunningNode.build(self.folder / name, database, bus)
        engine = create_engine(node.settings.database_url)
        with engine.begin() as db:
            db.execute(text(CATALOGUE))
        engine.dispose()
        return node

    @contextmanager
    def running(self, name: str, groups: Sequence[Sequence[str]] = ()) -> Iterator[RunningNode]:
        """Lend such a node with its processes; `groups` are those of its bus processes."""
        node = self.node(name)
        node.groups = groups
        node.start()
        try:
            yield node
        finally:
            node.stop()


@contextmanager
def standing() -> Iterator[Stand]:
    """Lend a PostgreSQL that writes through to the disk and a RabbitMQ."""
    folder = Path(tempfile.mkdtemp(prefix="backstop-bench-"))
    folder.chmod(0o711)
    with ExitStack() as servers:
        servers.callback(shutil.rmtree, folder, ignore_errors=True)
        postgres = servers.enter_context(PostgresServer(folder / "postgres"))
        broker = servers.enter_context(RabbitServer(folder / "rabbitmq", [CODE]))
        yield Stand(folder, postgres, broker)


@contextmanager
def module(
    name: str, *arguments: str, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Lend a Python module as a process; it is ended afterwards if it has not ended itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", name, *arguments],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait()


def processor_milliseconds() -> Counter[str]:
    """Return what our children and theirs have used of the processor, by what they are."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    # What we have waited for are the processes that register, and next to them what is short.
    used = Counter({"registering": round((ended.ru_utime + ended.ru_stime) * 1000)})
    for pid in descendants(os.getpid()):
        try:
            command = (PROC / str(pid) / "cmdline").read_text(errors="replace").replace("\0", " ")
            fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        # With that of children that have ended: PostgreSQL has one for each connection.
        used[_name_of(command)] += round(sum(map(int, fields[11:15])) * 1000 / TICKS)
    return used


def _name_of(command: str) -> str:
    return next((name for part, name in (OURS | NAMES).items() if part in command), "other")


def say(line: str = "") -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
