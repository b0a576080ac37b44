"""Play the demonstration of three tiers on each carrier: in process, by shovels, by hand.

Run with `./dev chaos carriers [--on shovel]`. Every case must stand where its story ends, at the
node that registered it, and nothing may be left on its way, refused or parked: 1 is returned else.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import (
    AbstractContextManager,
    ExitStack,
    contextmanager,
    nullcontext,
    redirect_stderr,
)
from functools import partial
from io import StringIO
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from backstop.brokers import join_brokers, private_brokers, write_addresses
from backstop.demo import load_demo
from backstop.nodes import node_file
from backstop.servers.postgres import PostgresServer
from backstop.servers.server import start_together
from backstop.settings import NodeSettings
from tests.chaos._stage import perform, say
from tests.system.courier import Courier
from tests.system.harness import eventually
from tests.system.node_books import in_words
from tests.system.tiers import IN_PROCESS, NODES, RunningTiers

QUIET_SECONDS = 120
ON_ITS_WAY = ("outgoing", "held", "refused", "parked")
BY_HAND = {"BACKSTOP_BUS_URL": "bus://localhost/{node}"}
Buses = AbstractContextManager[Mapping[str, str]]


@contextmanager
def shovelling(folder: Path) -> Iterator[Mapping[str, str]]:
    """Run a broker for each node, joined by shovels; give what the nodes are told of them."""
    folder.mkdir(mode=0o711)
    told = {"BACKSTOP_DATABASE_URL": "?", "BACKSTOP_BUS_URL": "?"}
    parents = {code: NodeSettings.load(node_file(code), told).parent for code in NODES}
    brokers = private_brokers(folder, parents, small=True)
    join_brokers(brokers, parents)
    with ExitStack() as servers:
        for broker in brokers.values():
            servers.callback(broker.stop)
        start_together(list(brokers.values()))
        addresses = write_addresses(folder, brokers)
        yield {"BACKSTOP_BUS_URL_FILE": addresses, "BACKSTOP_CARRIER": "shovel"}


CARRIERS: Mapping[str, Callable[[Path], Buses]] = {
    "in_process": lambda _folder: nullcontext(IN_PROCESS),
    "shovel": shovelling,
    "bundle": lambda _folder: nullcontext(BY_HAND),
}


def run(given: argparse.Namespace, folder: Path) -> bool:
    """Play it on each carrier that was asked for; tell whether all of it came to its end."""
    with PostgresServer(folder / "postgres", durable=False) as postgres:
        clean = [played(carrier, folder / carrier, postgres) for carrier in given.on]
        return all(clean)


def played(carrier: str, folder: Path, postgres: PostgresServer) -> bool:
    """Play the demonstration on a carrier, and say what was found."""
    folder.mkdir(mode=0o711)
    with CARRIERS[carrier](folder / "brokers") as buses:
        tiers = RunningTiers.build(folder / "tiers", postgres, buses)
        nodes = [(tiers.settings[node], tiers.base_url(node)) for node in NODES]
        courier = Courier(list(tiers.settings.values()), folder / "bundles")
        carrying = courier.carrying() if carrier == "bundle" else nullcontext()
        # A hundred bundles would each tell how far they are.
        with redirect_stderr(StringIO()), tiers.running(), carrying:
            begun = time.monotonic()
            reports = load_demo(nodes, lambda _told: None)
            took = time.monotonic() - begun
            left = eventually("all is quiet", lambda: quiet(tiers), QUIET_SECONDS)
    cases = sum(sum(each.by_status.values()) for each in reports)
    say(
        f"{carrier:<12}{cases:>4} cases   {took:5.1f} s   {courier.trips} trips   {in_words(left)}"
    )
    return not any(left.values())


def quiet(tiers: RunningTiers) -> dict[str, int] | None:
    """Return what was refused or parked, once nothing is on its way; None before."""
    left = dict.fromkeys(ON_ITS_WAY, 0)
    for settings in tiers.settings.values():
        engine = create_engine(settings.database_url, poolclass=NullPool)
        with engine.connect() as db:
            for table in ON_ITS_WAY:
                left[table] += db.execute(text(f"SELECT count(*) FROM link.{table}")).scalar_one()  # noqa: S608
    return None if left["outgoing"] or left["held"] else left


def main() -> None:
    """Play the demonstration on each carrier."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--on", action="append", choices=CARRIERS, help="that one; else all")
    given = parser.parse_args()
    given.on = given.on or list(CARRIERS)
    perform(partial(run, given))


if __name__ == "__main__":
    main()
