"""County, city and province as hosts in network namespaces: nothing in common but their lines.

Each has its broker, its database server and its processes on its own loopback. A broker listens
for children on its end of the line below it; on the line above it, a host listens on nothing, so
that only the lower one can dial.
"""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from backstop.brokers import FOLDER_FOR_PASSING, folder_of, join_brokers, places_in
from backstop.neighbours import write_card
from backstop.processes import process_environment
from backstop.servers.accounts import make_folder
from backstop.servers.postgres import PostgresServer
from backstop.servers.rabbitmq import RabbitServer
from tests.system.harness import RunningNode
from tests.system.linked import CITY, COUNTY, LinkedNodes, build_node
from tests.system.namespaces import Line, Namespace

PROVINCE = "340000"
PARENTS = {COUNTY: CITY, CITY: PROVINCE, PROVINCE: None}
LABELS = {COUNTY: "county", CITY: "city", PROVINCE: "province"}
NETWORKS = {COUNTY: "10.77.2", CITY: "10.77.1"}
"""Of the line above each."""
ABOUT = {
    CITY: {"family": f'parent = "{PROVINCE}"\nchildren = ["{COUNTY}"]'},
    PROVINCE: {
        "tier": "province",
        "name": "安徽省政务服务中心",
        "family": f'children = ["{CITY}"]',
    },
}
COMMAND_SECONDS = 120


class PlacedPostgres(PostgresServer):
    """A private PostgreSQL on the loopback of a namespace."""

    def __init__(self, folder: Path, space: Namespace) -> None:
        super().__init__(folder, durable=False)
        self.space = space

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start it there."""
        with self.space.entered():
            return super().spawn()

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database there."""
        with self.space.entered():
            return super().create_database(name, template)


class PlacedBroker(RabbitServer):
    """A private RabbitMQ in a namespace, with the links of its node beside it."""

    def __init__(self, folder: Path, code: str, space: Namespace) -> None:
        places = places_in(folder, code)
        super().__init__(folder_of(folder, code), [code], links=places)
        self.space = space
        places.folder.mkdir(mode=FOLDER_FOR_PASSING, parents=True)
        make_folder(places.broker, self.account)

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start it there."""
        with self.space.entered():
            return super().spawn()

    def control(self, *arguments: str) -> str:
        """Run `rabbitmqctl` there."""
        with self.space.entered():
            return super().control(*arguments)


@dataclass
class NodesApart(LinkedNodes):
    """Three nodes with a line between each host and the next."""

    province: RunningNode = field(kw_only=True)
    line: Line = field(kw_only=True)
    """Between county and city."""
    upper: Line = field(kw_only=True)
    """Between city and province."""
    databases: dict[str, PlacedPostgres] = field(kw_only=True)

    @property
    def all(self) -> tuple[RunningNode, ...]:
        """County, city, province."""
        return self.county, self.city, self.province

    @property
    def lines(self) -> tuple[Line, Line]:
        """The lower one, then the upper one."""
        return self.line, self.upper

    def broker_of(self, node: RunningNode) -> RabbitServer:
        """Return the broker of one of them."""
        return self.brokers[node.settings.code]

    def command(self, node: RunningNode, *words: str) -> str:
        """Run a `backstop` command at a node's host and return what it prints; it must succeed."""
        with node.place():
            done = subprocess.run(
                [sys.executable, "-m", "backstop", *words, "--node", str(node.file)],
                env=process_environment(
                    {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "COLUMNS": "120"}
                ),
                capture_output=True,
                text=True,
                check=False,
                timeout=COMMAND_SECONDS,
            )
        assert done.returncode == 0, f"backstop {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout


@contextmanager
def nodes_apart(scratch: Path) -> Iterator[NodesApart]:
    """Make the hosts with what a node stands on running, joined by shovels over the lines."""
    scratch.mkdir(mode=0o711)
    with ExitStack() as around:
        spaces = {
            code: around.enter_context(Namespace.made(label)) for code, label in LABELS.items()
        }
        brokers = {code: PlacedBroker(scratch, code, spaces[code]) for code in LABELS}
        lines = {}
        for code, network in NETWORKS.items():
            above = str(PARENTS[code])
            lines[code] = Line.between(spaces[code], spaces[above], network)
            brokers[above].link_host = lines[code].above.address
        join_brokers(brokers, PARENTS)
        databases = {
            code: PlacedPostgres(scratch / f"postgres-{code}", spaces[code]) for code in LABELS
        }
        with ThreadPoolExecutor(len(LABELS)) as starting:
            servers = [*brokers.values(), *databases.values()]
            for server in servers:
                around.callback(server.stop)
            list(starting.map(lambda server: server.start(), servers))
        nodes = {code: _node(scratch, brokers[code], databases[code]) for code in LABELS}
        for lower, upper in ((COUNTY, CITY), (CITY, PROVINCE)):
            write_card(nodes[lower].settings, nodes[upper].settings.cards)
            write_card(nodes[upper].settings, nodes[lower].settings.cards)
        yield NodesApart(
            nodes[COUNTY],
            nodes[CITY],
            lines,
            dict(brokers),
            province=nodes[PROVINCE],
            line=lines[COUNTY],
            upper=lines[CITY],
            databases=databases,
        )


def _node(scratch: Path, broker: PlacedBroker, database: PlacedPostgres) -> RunningNode:
    [code] = broker.vhosts
    links = places_in(scratch, code).folder
    told = {
        **ABOUT.get(code, {}),
        "bus": broker.url(code),
        "database": database.create_database(f"apart_{code}"),
        "way": f'carrier = "shovel"\nlinks = "{links}"\n'
        f'broker_control = "{broker.control_command()}"',
    }
    with broker.space.entered():
        node = build_node(scratch / code, code, told)
    node.place = broker.space.entered
    return node
