"""Three nodes as `backstop run` starts them: in one bus process and one web process."""

import os
import secrets
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from backstop.caller import NodeCaller, open_client
from backstop.migrate import migrate
from backstop.neighbours import write_card
from backstop.nodes import node_file
from backstop.processes import node_programs
from backstop.settings import OPERATIONS_PORT_OFFSET, NodeSettings
from backstop.supervise import Supervisor
from shared.security.sealing import NodeKeys
from tests.conftest import Databases
from tests.system.harness import eventually

NODES = ("341523", "341500", "340000")
"""County, city, province."""
IN_PROCESS = {
    "BACKSTOP_BUS_URL": "bus://localhost/{node}",
    "BACKSTOP_NEIGHBOUR_BUS_URL": "bus://localhost/{peer}",
}
LOWEST_PORT = 8000
FIRST_SHIFT, STEP = 12_000, 10


@dataclass
class RunningTiers:
    """The nodes of the demonstration, linked with each other."""

    environment: Mapping[str, str]
    settings: Mapping[str, NodeSettings]
    scratch: Path
    supervisor: Supervisor = field(init=False)
    thread: threading.Thread = field(init=False)

    @classmethod
    def build(
        cls, scratch: Path, postgres: Databases, buses: Mapping[str, str] = IN_PROCESS
    ) -> "RunningTiers":
        """Make databases, keys and cards of all nodes, and migrate them.

        `buses` is what the nodes are told of their buses, and so of how letters go.
        """
        scratch.mkdir(parents=True)
        name = f"tiers_{secrets.token_hex(4)}"
        first, *others = (f"{name}_{node}" for node in NODES)
        url = postgres.create_database(first).replace("postgresql://", "postgresql+psycopg://")
        migrate(url)
        for other in others:
            postgres.create_database(other, first)
        environment = {
            "BACKSTOP_DATABASE_URL": url.replace(NODES[0], "{node}"),
            **buses,
            "BACKSTOP_KEY_FILE": str(scratch / "{node}.keys.json"),
            "BACKSTOP_STORE_FOLDER": str(scratch / "files" / "{node}"),
            "BACKSTOP_CARDS": str(scratch / "cards"),
            "BACKSTOP_DEMO": "true",
            "BACKSTOP_PORT_SHIFT": str(free_shift()),
        }
        settings = {node: NodeSettings.load(node_file(node), environment) for node in NODES}
        for each in settings.values():
            NodeKeys.create(each.key_file)
            write_card(each)
        return cls(environment, settings, scratch)

    def base_url(self, node: str) -> str:
        """Return where a node answers."""
        return f"http://127.0.0.1:{self.settings[node].web_port}"

    @contextmanager
    def running(self) -> Iterator[dict[str, NodeCaller]]:
        """Run the processes; give the API of every node."""
        with ExitStack() as clients:
            self._launch()
            clients.callback(self.stop)
            eventually("every node is ready", self.is_ready, 90)
            yield {
                node: NodeCaller(each, clients.enter_context(open_client(self.base_url(node))))
                for node, each in self.settings.items()
            }

    def _launch(self) -> None:
        kept = {
            name: told for name, told in os.environ.items() if not name.startswith("BACKSTOP_")
        }
        ports = [each.web_port for each in self.settings.values()]
        environment = {**kept, **self.environment}
        logs = self.scratch / "logs"
        programs = node_programs(NODES, ("127.0.0.1", ports), environment, logs)
        self.supervisor = Supervisor(programs, observe=lambda _happening: None)
        self.thread = threading.Thread(target=self.supervisor.run)
        self.thread.start()

    def logs(self) -> bytes:
        """Return what all processes have logged so far."""
        return b"".join(log.read_bytes() for log in (self.scratch / "logs").glob("*.log"))

    @property
    def metrics(self) -> list[str]:
        """Where web and bus process of every node tell their numbers."""
        return [f"{url}/metrics" for url in self._urls()]

    def stop(self) -> None:
        """End the processes."""
        self.supervisor.stop()
        self.thread.join()

    def is_ready(self) -> bool:
        """Tell whether web and bus process of every node can serve."""
        return all(_answers(f"{url}/readyz") for url in self._urls())

    def _urls(self) -> list[str]:
        ports = [each.web_port for each in self.settings.values()]
        both = [port + offset for port in ports for offset in (0, OPERATIONS_PORT_OFFSET)]
        return [f"http://127.0.0.1:{port}" for port in both]


def free_shift() -> int:
    """Return by how much all ports of the nodes may be moved so that each of them is free."""
    for shift in range(FIRST_SHIFT, FIRST_SHIFT + 1000 * STEP, STEP):
        first = LOWEST_PORT + shift
        if all(_is_free(first + place + more) for place in range(3) for more in (0, 1000)):
            return shift
    raise AssertionError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.TransportError:
        return False
