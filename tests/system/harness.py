"""A whole node as real processes: private PostgreSQL, the chosen bus, gunicorn, supervision."""

import os
import random
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import httpx
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from backstop.migrate import migrate
from backstop.processes import bus_command, node_programs
from backstop.program import Happening, Kind, Program
from backstop.servers.processes import is_running
from backstop.servers.server import PrivateServer
from backstop.settings import OPERATIONS_PORT_OFFSET, NodeSettings
from backstop.suite import MEMBERS
from backstop.supervise import Supervisor
from shared.clock import utcnow
from shared.security.actor import Actor, ActorKind, Role
from shared.security.actor_token import sign_actor
from shared.security.sealing import NodeKeys

CODE = "341523"
DEADLINE_SECONDS = 40.0
PAUSE_SECONDS = 0.05
KEPT_SECONDS = 2.0
"""An idle connection is not used again after these: the server closes its end after five."""
PORTS = range(20_000, 30_000)
"""Below those that the system gives to outgoing connections, which would take one meanwhile."""
IDLE = ("sleep", "3600")
T = TypeVar("T")
Place = Callable[[], AbstractContextManager[object]]
"""Where connections are opened and processes started while the block runs; here, as a rule."""

NODE_FILE = """
code = "341523"
tier = "county"
name = "舒城县政务服务中心"
web_port = {port}
database_url = "{database}"
bus_url = "{bus}"
key_file = "{keys}"
store = {{ folder = "{files}" }}
demo = true

[notify]
lease_seconds = 10
"""
"""What a node had taken to send when it was stopped, it tries again after the lease."""


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


def free_pair(tiers: int = 1, buses: int = 1) -> int:
    """Return a port that is free together with its operations port, and those before it.

    A suite of several tiers takes one port less for each tier above; each bus process more of a
    node has the next operations port.
    """
    while True:
        port = random.choice(PORTS)  # noqa: S311  # so that runs at the same time rarely meet
        web = [port - tier for tier in range(tiers)]
        operations = [one + OPERATIONS_PORT_OFFSET for one in (*web, *range(port, port + buses))]
        if all(map(_is_free, (*web, *operations))):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class FromPlace(httpx.HTTPTransport):
    """Opens its connections in a place."""

    def __init__(self, place: Place) -> None:
        super().__init__(trust_env=False, limits=httpx.Limits(keepalive_expiry=KEPT_SECONDS))
        self._place = place

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self._place():
            return super().handle_request(request)


@dataclass
class Pausable:
    """A program that a test may keep from running: something idle stands in for it."""

    program: Program
    is_down: bool = False

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def stop_signal(self) -> signal.Signals:
        return self.program.stop_signal

    def spawn(self) -> subprocess.Popen[bytes]:
        # Not an error: the supervisor would wait ever longer before it starts the program again.
        return (replace(self.program, argv=IDLE) if self.is_down else self.program).spawn()


@dataclass
class RunningNode:
    """One node under supervision, and the ways a test may talk to it."""

    settings: NodeSettings
    file: Path
    scratch: Path
    bus: str
    servers: list[PrivateServer] = field(default_factory=list)
    """What the node stands on, where a test may restart it."""
    groups: Sequence[Sequence[str]] = ()
    """A bus process for each of these groups of services instead of one for all."""
    place: Place = nullcontext
    """Where its processes run, its database is, and who asks it stands."""
    environment: dict[str, str] = field(default_factory=dict)
    """What its processes are told besides."""
    ahead: timedelta = timedelta()
    """By how much its clock is ahead of ours."""
    programs: dict[str, Pausable] = field(init=False)
    happenings: list[Happening] = field(default_factory=list)
    client: httpx.Client = field(init=False)
    supervisor: Supervisor = field(init=False)
    thread: threading.Thread = field(init=False)

    @classmethod
    def build(cls, scratch: Path, database: str, bus_url: str) -> "RunningNode":
        """Write its node file and its keys; migrate its database."""
        scratch.mkdir(parents=True)
        keys = scratch / "keys.json"
        NodeKeys.create(keys)
        file = scratch / "node.toml"
        url = database.replace("postgresql://", "postgresql+psycopg://")
        file.write_text(
            NODE_FILE.format(
                port=free_pair(buses=len(MEMBERS)),
                database=url,
                bus=bus_url,
                keys=keys,
                files=scratch / "files",
            ),
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
        self.programs = {program.name: Pausable(program) for program in self._programs()}
        self.supervisor = Supervisor(self.programs.values(), observe=self.happenings.append)
        self.thread = threading.Thread(target=self.supervisor.run)
        with self.place():  # which a new thread, and what it starts, inherit
            self.thread.start()
        self.client = self.caller()
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def caller(self, timeout: float = 30) -> httpx.Client:
        """Return a client that asks this node from where it is."""
        return httpx.Client(
            base_url=self.base_url,
            timeout=timeout,
            trust_env=False,
            transport=FromPlace(self.place),
        )

    def _programs(self) -> list[Program]:
        addresses = (self.settings.host, [self.settings.web_port])
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("BACKSTOP_") or name == "BACKSTOP_POSTGRES_BIN"
        } | self.environment
        logs = self.scratch / "logs"
        bus, web = node_programs([str(self.file)], addresses, environment, logs)
        buses = [
            replace(
                bus,
                name=f"bus-{group[0]}",
                argv=bus_command([str(self.file)], group, index),
                log=logs / f"bus-{group[0]}.log",
            )
            for index, group in enumerate(self.groups)
        ]
        return [*(buses or [bus]), web]

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
        first = self.settings.web_port + OPERATIONS_PORT_OFFSET
        ports = {self.settings.web_port: "web"} | {
            first + index: name for index, name in enumerate(self.buses)
        }
        return all(
            self._status(f"http://127.0.0.1:{port}/readyz") == httpx.codes.OK
            for port, name in ports.items()
            if not self.programs[name].is_down
        )

    @property
    def buses(self) -> Sequence[str]:
        """The names of the bus processes, in the order of their operations ports."""
        return [name for name in self.programs if name != "web"]

    def ended(self) -> Counter[str]:
        """Count how often each process has ended, whoever ended it."""
        return Counter(each.name for each in self.happenings if each.kind is Kind.ENDED)

    def restart_everything(self) -> None:
        """Restart the servers under the processes' feet, then the processes in good order."""
        for server in self.servers:
            server.restart()
        self._replace(lambda name: self.supervisor.restart(name), ("web", "bus"))

    def kill(self, *names: str) -> None:
        """Kill processes as a crash would; the supervisor starts them again."""
        self._replace(self.crash, names)

    def crash(self, name: str) -> int:
        """Kill a process and wait for nothing; return which it was."""
        pid = self.supervisor.pid(name)
        assert pid is not None, f"{name} had ended by itself"
        os.kill(pid, signal.SIGKILL)
        return pid

    @contextmanager
    def without(self, name: str) -> Iterator[None]:
        """Stop a process and keep it from running while the block runs."""
        before = self.supervisor.pid(name)
        self.programs[name].is_down = True
        self.supervisor.restart(name)
        eventually(f"{name} ended", lambda: self.supervisor.pid(name) not in {None, before})
        try:
            yield
        finally:
            self.programs[name].is_down = False
            self.supervisor.restart(name)

    def _replace(self, end: Callable[[str], object], names: Iterable[str]) -> None:
        before = {name: self.supervisor.pid(name) for name in names}
        for name in before:
            end(name)
        for name, pid in before.items():
            assert pid is not None
            eventually(f"{name} ended", lambda pid=pid: not is_running(pid))  # type: ignore[misc]
        self.wait_until_ready()

    def _status(self, url: str) -> int:
        try:
            with self.place():
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
        token = sign_actor(keys, actor, self.settings.code, utcnow() + self.ahead)
        return {"Authorization": f"Bearer {token}"}

    def let_in(self, login: str, role: Role, unit: str | None, password: str) -> None:
        """Make an account with a role: one administrator makes it, another one gives the role."""
        account = {"name": "王芳", "unit": unit, "password": password}
        at = f"/api/v1/accounts/{login}"
        self.ask("PUT", at, self.as_role(Role.SYSTEM_ADMINISTRATOR), json=account)
        granting = self.as_role(Role.SECURITY_ADMINISTRATOR)
        self.ask("PUT", f"{at}/roles", granting, json={"roles": [role]})

    def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, **sent: Any
    ) -> Any:
        """Send a request that must succeed; return its JSON."""
        answer = self.client.request(method, path, headers=headers, **sent)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def rows(self, query: str, **values: Any) -> list[Any]:
        """Read the node's tables as their owner, for accounting from outside."""
        with self.place(), self._engine.connect() as db:
            return [tuple(row) for row in db.execute(text(query), values)]

    def change(self, statement: str, **values: Any) -> None:
        """Change the node's tables behind the back of its services, as their owner."""
        with self._engine.begin() as db:
            db.execute(text(statement), values)

    @cached_property
    def _engine(self) -> Engine:
        # It keeps no connection, only what it has learned of the server with its first one.
        return create_engine(self.settings.database_url, poolclass=NullPool)
