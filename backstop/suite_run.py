"""`backstop run`: the whole suite on private servers, from nothing to an open portal.

Servers first, then migrations, then the processes under supervision; once they answer, the demo
cases are brought to life through the API. All of it ends with this process, however that ends.
"""

import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from signal import SIGHUP, SIGTERM, signal
from types import FrameType
from typing import Literal

import httpx

from backstop.banner import banner
from backstop.brokers import (
    folder_of,
    join_brokers,
    places_in,
    private_brokers,
    write_addresses,
)
from backstop.demo import load_demo
from backstop.migrate import count_migrations, migrate
from backstop.neighbours import write_card
from backstop.nodes import node_file
from backstop.processes import node_programs
from backstop.progress import Trouble, say
from backstop.servers.ports import is_free
from backstop.servers.postgres import PostgresServer
from backstop.servers.rabbitmq import CONTROL, RabbitServer
from backstop.settings import FROM_FILES, OPERATIONS_PORT_OFFSET, NodeSettings
from backstop.state import State
from backstop.supervise import STOP_WITHIN_SECONDS, Supervisor
from shared.security.sealing import NodeKeys

Bus = Literal["embedded", "rabbitmq"]

TIERS = ("341523", "341500", "340000")
"""The demonstration's nodes, the lowest tier first."""
READY_SECONDS = 90.0
STOP_BROKER_SECONDS = 5.0
"""What each broker may take besides, one after the other."""
POLL_SECONDS = 0.1
INTERRUPTED = 130
OF_SERVERS = frozenset(
    f"BACKSTOP_{field.upper()}{form}" for field in FROM_FILES for form in ("", "_FILE")
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person who runs the suite asked for."""

    bus: Bus = "embedded"
    empty: bool = False
    fresh: bool = False
    tiers: int = len(TIERS)


@dataclass(slots=True)
class Suite:
    """The suite while it is being put together."""

    wish: Wish
    state: State
    environment: dict[str, str]
    has_failed: bool = False
    is_interrupted: bool = False
    started: float = field(default_factory=time.monotonic)

    @property
    def names(self) -> Sequence[str]:
        """The nodes to run."""
        return TIERS[: self.wish.tiers]

    @property
    def label(self) -> str:
        """What tells the databases of a demonstration from those of an empty start."""
        return "empty" if self.wish.empty else "demo"

    def interrupt(self, _number: int, _frame: FrameType | None) -> None:
        """End the start; a finaliser may swallow what is raised here, so it is kept as well."""
        self.is_interrupted = True
        raise KeyboardInterrupt

    def go_on(self) -> None:
        """Raise KeyboardInterrupt if somebody has asked to end."""
        if self.is_interrupted:
            raise KeyboardInterrupt

    def note(self, text: str) -> None:
        """Tell the person what has been reached, and after how many seconds."""
        say(f"{time.monotonic() - self.started:5.1f} s  {text}")


def run_suite(wish: Wish, state: State, environment: Mapping[str, str]) -> int:
    """Run until a signal comes; return the exit status."""
    suite = Suite(wish, state, _private(environment))
    for number in (SIGTERM, SIGHUP):
        signal(number, suite.interrupt)
    try:
        with state.claimed():
            _refuse_taken_ports(suite)
            _run(suite)
    except KeyboardInterrupt:
        suite.note("启动时被中断，进程已全部结束 · interrupted at the start, all of it has ended")
        return INTERRUPTED
    suite.note("已停止，全部进程已结束 · stopped, nothing is left running")
    return 1 if suite.has_failed else 0


def _private(environment: Mapping[str, str]) -> dict[str, str]:
    # Whatever else it overrides, a private suite never reaches for a server it did not start.
    kept = {name: told for name, told in environment.items() if name.upper() not in OF_SERVERS}
    if "BACKSTOP_WEB_PORT" in kept:
        # It is meant for the lowest tier; the others keep their distance to it.
        named = {**_placeholders(), "BACKSTOP_WEB_PORT": kept.pop("BACKSTOP_WEB_PORT")}
        wanted, usual = (
            NodeSettings.load(node_file(TIERS[0]), told).web_port
            for told in (named, _placeholders())
        )
        kept["BACKSTOP_PORT_SHIFT"] = str(wanted - usual)
    return kept


def _run(suite: Suite) -> None:
    with ExitStack() as servers:
        postgres, brokers = _start_servers(suite, servers)
        nodes = _prepare_nodes(suite, postgres)
        _wait_for_brokers(suite, brokers)
        supervisor = Supervisor(
            observe=lambda happening: _tell_of_ends(suite, str(happening)),
            stop_within=STOP_WITHIN_SECONDS + STOP_BROKER_SECONDS * len(brokers),
        )
        for server in (postgres, *brokers):
            supervisor.add(server, server.process)
        addresses = (nodes[0].host, [node.web_port for node in nodes])
        logs = suite.state.own / "logs"
        for program in node_programs(suite.names, addresses, suite.environment, logs):
            supervisor.add(program)
        suite.go_on()
        welcome = threading.Thread(target=_welcome, args=(suite, nodes, supervisor), daemon=True)
        welcome.start()
        supervisor.run_until_signalled()


def _refuse_taken_ports(suite: Suite) -> None:
    for name in suite.names:
        told = {**_placeholders(), **suite.environment}
        port = NodeSettings.load(node_file(name), told).web_port
        for taken in (port, port + OPERATIONS_PORT_OFFSET):
            if not is_free(taken):
                raise Trouble(
                    f"端口 {taken} 已被占用。请结束占用它的程序，或用 BACKSTOP_WEB_PORT 换一个。\n"
                    f"Port {taken} is taken. End the program that uses it, "
                    "or choose another with BACKSTOP_WEB_PORT."
                )


def _placeholders() -> dict[str, str]:
    return {"BACKSTOP_DATABASE_URL": "x", "BACKSTOP_BUS_URL": "x", "BACKSTOP_KEY_FILE": "x"}


def _start_servers(suite: Suite, servers: ExitStack) -> tuple[PostgresServer, list[RabbitServer]]:
    if suite.wish.fresh:
        suite.state.forget()
    brokers = [] if suite.wish.bus == "embedded" else _spawn_brokers(suite, servers)
    if not brokers:
        suite.environment |= {
            "BACKSTOP_BUS_URL": "bus://localhost/{node}",
            "BACKSTOP_NEIGHBOUR_BUS_URL": "bus://localhost/{peer}",
            "BACKSTOP_CARRIER": "in_process",
        }
    postgres = servers.enter_context(PostgresServer(suite.state.server("postgres")))
    suite.note("PostgreSQL 已就绪 · PostgreSQL is up")
    return postgres, brokers


def _spawn_brokers(suite: Suite, servers: ExitStack) -> list[RabbitServer]:
    # Erlang takes its time; databases are made and migrated meanwhile.
    parents = _parents(suite)
    brokers = private_brokers(suite.state.folder, parents, small=True)
    join_brokers(brokers, parents)
    for broker in brokers.values():
        servers.callback(broker.stop)
        broker.spawn()
        broker.control_command()
    suite.environment |= {
        "BACKSTOP_BUS_URL_FILE": write_addresses(suite.state.own, brokers),
        "BACKSTOP_CARRIER": "shovel",
        "BACKSTOP_LINKS": str(places_in(suite.state.folder, "{node}").folder),
        "BACKSTOP_BROKER_CONTROL": str(folder_of(suite.state.folder, "{node}") / CONTROL),
    }
    return list(brokers.values())


def _wait_for_brokers(suite: Suite, brokers: Sequence[RabbitServer]) -> None:
    for broker in brokers:
        assert broker.process is not None, "spawned with the servers"  # noqa: S101
        broker.wait_for(broker.process)
        suite.go_on()
        suite.note(f"{broker.name} 已就绪 · {broker.name} is up")


def _parents(suite: Suite) -> dict[str, str | None]:
    told = {**_placeholders(), **suite.environment}
    nodes = [NodeSettings.load(node_file(name), told) for name in suite.names]
    return {node.code: node.parent if node.parent in suite.names else None for node in nodes}


def _prepare_nodes(suite: Suite, postgres: PostgresServer) -> list[NodeSettings]:
    base = postgres.url("NODE").replace("postgresql://", "postgresql+psycopg://")
    keys = suite.state.own / "{node}.keys.json"
    suite.environment |= {
        "BACKSTOP_DATABASE_URL": base.replace("/NODE", f"/backstop_{suite.label}_{{node}}"),
        "BACKSTOP_KEY_FILE": str(keys),
        "BACKSTOP_STORE_FOLDER": str(suite.state.own / "files" / "{node}"),
        "BACKSTOP_CARDS": str(suite.state.own / f"cards-{len(suite.names)}"),
        "BACKSTOP_DEMO": "true",
        "BACKSTOP_HOST": "127.0.0.1",
    }
    nodes = [NodeSettings.load(node_file(name), suite.environment) for name in suite.names]
    template = None
    for node in nodes:
        name = node.database_url.rpartition("/")[2]
        postgres.create_database(name, template)
        suite.go_on()
        ran = migrate(node.database_url)
        if ran and ran == count_migrations():
            # It was empty: the others are copies of it, which takes a tenth of the time.
            template = name
        if not node.key_file.exists():
            NodeKeys.create(node.key_file)
        write_card(node)
        suite.note(f"{node.name}：数据库已就绪（{ran} 个迁移）· {node.code} is migrated")
    suite.state.write_environment(
        {name: told for name, told in suite.environment.items() if name.startswith("BACKSTOP_")}
    )
    return nodes


def _welcome(suite: Suite, nodes: Sequence[NodeSettings], supervisor: Supervisor) -> None:
    try:
        for node in nodes:
            _wait_until_ready(node)
        suite.note("门户已打开 · the portal is open")
        told = [] if suite.wish.empty else [(node, _local_url(node)) for node in nodes]
        reports = load_demo(told, suite.note)
        suite.note("准备完毕 · all set")
        sys.stdout.write(banner(nodes, reports))
        sys.stdout.flush()
    # Whatever it was, a suite that cannot greet must not look as if it ran.
    except Exception as error:  # noqa: BLE001
        suite.has_failed = True
        say(f"启动失败 · could not start: {error}\n日志 · logs: {suite.state.own / 'logs'}")
        supervisor.stop()


def _local_url(node: NodeSettings) -> str:
    return f"http://127.0.0.1:{node.web_port}"


def _wait_until_ready(node: NodeSettings) -> None:
    ports = (node.web_port, node.web_port + OPERATIONS_PORT_OFFSET)
    waiting = {f"http://127.0.0.1:{port}/readyz" for port in ports}
    deadline = time.monotonic() + READY_SECONDS
    with httpx.Client(timeout=5, trust_env=False) as client:
        while waiting:
            waiting = {url for url in waiting if not _answers(client, url)}
            if waiting and time.monotonic() > deadline:
                raise Trouble(f"no answer from {', '.join(sorted(waiting))}")
            time.sleep(POLL_SECONDS if waiting else 0)


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def _tell_of_ends(suite: Suite, happening: str) -> None:
    if " started" not in happening:
        suite.note(happening)
