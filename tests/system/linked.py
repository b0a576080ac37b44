"""County and city as two hosts have them: processes, database and bus of their own, and a wire.

What one says to the other goes over a wire that the test may cut. Written into each other's bus,
they share one broker program, with a virtual host each. By shovels each has its own broker, and
there is one wire: the county's broker dials the city's.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from backstop.brokers import join_brokers, private_brokers
from backstop.migrate import migrate
from backstop.neighbours import write_card
from backstop.servers.postgres import PostgresServer
from backstop.servers.rabbitmq import RabbitServer
from backstop.servers.server import start_together
from backstop.settings import NodeSettings
from shared.security.actor import Role
from shared.security.sealing import NodeKeys
from tests.system.harness import RunningNode, eventually, free_pair
from tests.system.test_story import ITEM, UNIT
from tests.system.wire import LOOPBACK, Cable, Wire

COUNTY, CITY = "341523", "341500"
PARENTS = {COUNTY: CITY, CITY: None}

NODE_FILE = """
code = "{code}"
tier = "{tier}"
name = "{name}"
{family}
web_port = {port}
database_url = "{database}"
bus_url = "{bus}"
{way}
key_file = "{keys}"
cards = "{cards}"
store = {{ folder = "{files}" }}
demo = true

[link]
beat_seconds = 2
resend_seconds = 2
"""
FAMILY = {
    COUNTY: {"tier": "county", "name": "舒城县政务服务中心", "family": f'parent = "{CITY}"'},
    CITY: {"tier": "city", "name": "六安市政务服务中心", "family": f'children = ["{COUNTY}"]'},
}


@dataclass
class LinkedNodes:
    """Two nodes next to each other, and the wire from each to the other's bus."""

    county: RunningNode
    city: RunningNode
    wires: Mapping[str, Cable]
    """Node → the wire over which it reaches its neighbour."""
    brokers: dict[str, RabbitServer] = field(default_factory=dict)
    """Node → its own broker, where shovels carry."""

    @classmethod
    def build(cls, scratch: Path, postgres: PostgresServer, broker: RabbitServer) -> "LinkedNodes":
        """Make both nodes and show each the card of the other."""
        assert broker.port is not None, "the broker must be running"
        wires = {code: Wire(broker.port) for code in FAMILY}
        told = {}
        for code, wire in wires.items():
            bus = broker.create_vhost(f"linked-{code}")
            through = bus.rpartition("@")[0] + f"@{LOOPBACK}:{wire.port}/linked-{{peer}}"
            told[code] = {"bus": bus, "way": f'neighbour_bus_url = "{through}"'}
        return cls(*_acquainted(scratch, postgres, "linked", told), wires)

    @classmethod
    @contextmanager
    def by_shovel(cls, scratch: Path, postgres: PostgresServer) -> Iterator["LinkedNodes"]:
        """Make both nodes, each with a broker of its own that runs, joined by shovels."""
        scratch.mkdir(mode=0o711)
        brokers = private_brokers(scratch, PARENTS)
        wire = Wire(brokers[CITY].link_port)
        join_brokers(brokers, PARENTS, {CITY: wire.port})
        with ExitStack() as servers:
            for broker in brokers.values():
                servers.callback(broker.stop)
            start_together(list(brokers.values()))
            way = 'carrier = "shovel"'
            told = {code: {"bus": one.url(code), "way": way} for code, one in brokers.items()}
            nodes = _acquainted(scratch, postgres, "shovelled", told)
            yield cls(*nodes, dict.fromkeys(FAMILY, wire), brokers)

    @property
    def both(self) -> tuple[RunningNode, RunningNode]:
        """County, then city."""
        return self.county, self.city

    @property
    def all(self) -> tuple[RunningNode, ...]:
        """Every node, from below."""
        return self.both

    @property
    def pairs(self) -> list[tuple[RunningNode, RunningNode]]:
        """Those next to each other, in both directions."""
        upwards = list(pairwise(self.all))
        return [*upwards, *((above, below) for below, above in upwards)]

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Cut the wire while the block runs."""
        for wire in self.wires.values():
            wire.cut()
        try:
            yield
        finally:
            for wire in self.wires.values():
                wire.mend()

    @contextmanager
    def running(self) -> Iterator["LinkedNodes"]:
        """Run the processes of all, each furnished with a unit."""
        with ExitStack() as ends:
            for node in self.all:
                ends.callback(node.stop)
            with ThreadPoolExecutor(len(self.all)) as starting:
                list(starting.map(RunningNode.start, self.all))
            for node in self.all:
                furnish(node)
            yield self


def _acquainted(
    scratch: Path, postgres: PostgresServer, name: str, told: Mapping[str, dict[str, str]]
) -> tuple[RunningNode, RunningNode]:
    nodes: dict[str, RunningNode] = {}
    for code, each in told.items():
        # The second one is a copy of the first, so that only one must be migrated.
        template = next((f"{name}_{other}" for other in nodes), None)
        database = postgres.create_database(f"{name}_{code}", template)
        nodes[code] = build_node(scratch / code, code, {**each, "database": database})
    write_card(nodes[COUNTY].settings, nodes[CITY].settings.cards)
    write_card(nodes[CITY].settings, nodes[COUNTY].settings.cards)
    return nodes[COUNTY], nodes[CITY]


def build_node(scratch: Path, code: str, told: dict[str, str]) -> RunningNode:
    """Write a node's file and keys and migrate its database, as `told` what it stands on."""
    scratch.mkdir(parents=True)
    file, keys = scratch / "node.toml", scratch / "keys.json"
    NodeKeys.create(keys)
    places = {"keys": keys, "cards": scratch / "cards", "port": free_pair()}
    places["files"] = scratch / "files" / code
    database = told["database"].replace("postgresql://", "postgresql+psycopg://")
    about = {**FAMILY.get(code, {}), **places, **told, "database": database}
    text = NODE_FILE.format(code=code, **about)
    file.write_text(text, encoding="utf-8")
    settings = NodeSettings.load(file, {})
    migrate(settings.database_url)
    return RunningNode(settings, file, scratch, "rabbitmq")


def furnish(node: RunningNode) -> None:
    """Give a node its unit, and the item that this does by rule."""
    administrator = node.as_role(Role.SYSTEM_ADMINISTRATOR)
    listing = {"title": "市场监督管理局", "region": node.settings.code, "phone": "0564-8621234"}
    node.ask("PUT", f"/api/v1/units/{UNIT}", administrator, json=listing)
    item = {"title": ITEM, "kind": "licence", "unit_code": UNIT, "complexity": "ordinary"}
    node.ask("PUT", "/api/v1/items/SPJYXK", administrator, json=item)
    known = "SELECT 1 FROM intake.items WHERE title = :title"
    eventually("intake knows the item", lambda: node.rows(known, title=ITEM))


def links_of(node: RunningNode) -> list[dict[str, Any]]:
    """Return what a node's operator reads about its links."""
    return list(node.ask("GET", "/api/v1/links", node.as_role(Role.OPERATOR)))


def link_of(node: RunningNode) -> dict[str, Any]:
    """Return what a node's operator reads about its only link."""
    [link] = links_of(node)
    return link
