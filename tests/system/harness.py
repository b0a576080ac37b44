"""A whole node as real processes: private PostgreSQL, the chosen bus, gunicorn, supervision."""

import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import httpx
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from backstop.migrate import migrate
from backstop.processes import node_programs
from backstop.servers.processes import is_running
from backstop.servers.server import PrivateServer
from backstop.settings import OPERATIONS_PORT_OFFSET, NodeSettings
from backstop.supervise import Supervisor
from shared.clock import utcnow
from shared.security.actor import Actor, ActorKind, Role
from shared.security.actor_token import sign_actor
from shared.security.sealing import NodeKeys

CODE = "341523"
DEADLINE_SECONDS = 40.0
PAUSE_SECONDS = 0.05
HIGHEST_PORT = 65_000
T = TypeVar("T")

NODE_FILE = """
code = "341523"
tier = "county"
name = "舒城县政务服务中心"
web_port = {port}
database_url = "{database}"
bus_url = "{bus}"
key_file = "{keys}"
demo = true
"""


def eventually(
    what: str,
    condition: Callable[[], T | None],
    seconds: float = DEADLINE_SECONDS,
    pause: float = PAUSE_SECONDS,
) -> T:
    """Return the first true answer of `condition`; fail, naming `what`, when time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(pause)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


def free_pair(tiers: int = 1) -> int:
    """Return a port that is free together with its operations port, and those before it.

    A suite of several tiers takes one port less for each tier above.
    """
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        web = [port - tier for tier in range(tiers)]
        if port + OPERATIONS_PORT_OFFSET <= HIGHEST_PORT and all(
            _is_free(one) and _is_free(one + OPERATIONS_PORT_OFFSET) for one in web
        ):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@dataclass
class RunningNode:
    """One node under supervision, and the ways a test may talk to it."""

    settings: NodeSettings
    file: Path
    scratch: Path
    bus: str
    servers: list[PrivateServer] = field(default_factory=list)
    """What the node stands on, where a test may restart it."""
    client: httpx.Client = field(init=False)
    supervisor: Supervisor = field(init=False)
    thread: threading.Thread = field(init=False)

    @classmethod
    def build(cls, scratch: Path, database: str, bus_url: str) -> "RunningNode":
        """Write its node file and its keys, and migrate its database."""
        scratch.mkdir(parents=True)
        keys = scratch / "keys.json"
        NodeKeys.create(keys)
        file = scratch / "node.toml"
        url = database.replace("postgresql://", "postgresql+psycopg://")
        file.write_text(
            NODE_FILE.format(port=free_pair(), database=url, bus=bus_url, keys=keys),
            encoding="utf-8",
        )
        settings = NodeSettings.load(file, {})
        migrate(settings.database_url)
        kind = "embedded" if bus_url.startswith("bus:") else "rabbitmq"
        return cls(settings, file, scratch, kind)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.web_port}"

    @property
    def operations_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.web_port + OPERATIONS_PORT_OFFSET}"

    def start(self) -> None:
        import os

        addresses = (self.settings.host, [self.settings.web_port])
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("BACKSTOP_") or name == "BACKSTOP_POSTGRES_BIN"
        }
        programs = node_programs([str(self.file)], addresses, environment, self.scratch / "logs")
        self.supervisor = Supervisor(programs, observe=lambda _happening: None)
        self.thread = threading.Thread(target=self.supervisor.run)
        self.thread.start()
        self.client = httpx.Client(base_url=self.base_url, timeout=30, trust_env=False)
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self.supervisor.stop()
        self.thread.join()
        self.client.close()

    def wait_until_ready(self) -> None:
        try:
            eventually("the node is ready", self.is_ready, 60)
        except AssertionError as error:
            error.add_note(self.logs()[-3000:])
            raise

    def is_ready(self) -> bool:
        return all(
            self._status(f"{base}/readyz") == httpx.codes.OK
            for base in (self.base_url, self.operations_url)
        )

    def restart_everything(self) -> None:
        """Restart the servers under the processes' feet, then the processes in good order."""
        for server in self.servers:
            server.restart()
        self._replace(lambda name: self.supervisor.restart(name), ("web", "bus"))

    def kill(self, *names: str) -> None:
        """Kill processes as a crash would; the supervisor starts them again."""
        import os
        import signal

        def crash(name: str) -> None:
            pid = self.supervisor.pid(name)
            assert pid is not None
            os.kill(pid, signal.SIGKILL)

        self._replace(crash, names)

    def _replace(self, end: Callable[[str], None], names: Iterable[str]) -> None:
        before = {name: self.supervisor.pid(name) for name in names}
        for name in before:
            end(name)
        for name, pid in before.items():
            assert pid is not None
            eventually(f"{name} ended", lambda pid=pid: not is_running(pid))  # type: ignore[misc]
        self.wait_until_ready()

    def _status(self, url: str) -> int:
        try:
            return httpx.get(url, timeout=5, trust_env=False).status_code
        except httpx.TransportError:
            return 0

    def logs(self) -> str:
        folder = self.scratch / "logs"
        return "".join(
            f"--- {log.name}\n{log.read_text(encoding='utf-8', errors='replace')}"
            for log in sorted(folder.glob("*.log"))
        )

    def as_role(self, role: Role, unit: str | None = None, *scopes: str) -> dict[str, str]:
        """Return the headers under which a member of staff asks, for a minute."""
        actor = Actor(
            kind=ActorKind.STAFF,
            node=self.settings.code,
            id=f"test-{role}",
            name="测试员",
            unit=unit,
            roles=frozenset({role}),
            scopes=frozenset(scopes),
        )
        keys = NodeKeys.load(self.settings.key_file)
        token = sign_actor(keys, actor, self.settings.code, utcnow())
        return {"Authorization": f"Bearer {token}"}

    def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, **sent: Any
    ) -> Any:
        """Send a request that must succeed; return its JSON."""
        answer = self.client.request(method, path, headers=headers, **sent)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def rows(self, query: str, **values: Any) -> list[Any]:
        """Read the node's tables as their owner, for accounting from outside."""
        with self._engine.connect() as db:
            return [tuple(row) for row in db.execute(text(query), values)]

    @cached_property
    def _engine(self) -> Engine:
        # It keeps no connection, only what it has learned of the server with its first one.
        return create_engine(self.settings.database_url, poolclass=NullPool)
