"""What every run on this stage needs: a node on servers of its own, and a clean end."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from backstop.servers.postgres import PostgresServer
from backstop.servers.rabbitmq import RabbitServer
from backstop.suite import MEMBERS
from tests.system.harness import CODE, RunningNode
from tests.system.linked import furnish
from tests.system.node_books import UNFINISHED, account, balanced, count, in_words
from tests.system.traffic import Traffic

SETTLE_SECONDS = 900.0
"""Thousands of messages take their time on a machine that is busy."""


def say(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def perform(run: Callable[[Path], bool]) -> None:
    """Run in a folder that stays only if the run was not clean; exit with 1 then."""
    folder = Path(tempfile.mkdtemp(prefix="backstop-chaos-"))
    folder.chmod(0o711)
    clean = run(folder)
    if clean:
        shutil.rmtree(folder)
    say("\nclean" if clean else f"\nNOT CLEAN; logs and data: {folder}")
    sys.exit(0 if clean else 1)


@contextmanager
def running_apart(folder: Path, tables: Path | None = None) -> Iterator[RunningNode]:
    """Put a furnished node up, a bus process for each service, on a broker and a database.

    Its tables are in the folder `tables`, if that is given.
    """
    with ExitStack() as servers:
        postgres = servers.enter_context(PostgresServer(folder / "postgres", durable=False))
        broker = servers.enter_context(RabbitServer(folder / "rabbitmq", [CODE]))
        database = postgres.create_database("chaos")
        if tables is not None:
            _put_tables(database, tables)
        node = RunningNode.build(folder / "node", database, broker.url(CODE))
        node.groups = [[service] for service in MEMBERS]
        node.servers = [broker, postgres]
        servers.callback(node.stop)
        node.start()
        furnish(node)
        yield node


def _put_tables(database: str, folder: Path) -> None:
    with psycopg.connect(database, autocommit=True) as db:
        place = sql.Literal(str(folder))
        db.execute(sql.SQL("CREATE TABLESPACE elsewhere LOCATION {}").format(place))
        db.execute("GRANT CREATE ON TABLESPACE elsewhere TO PUBLIC")
        db.execute("ALTER DATABASE chaos SET default_tablespace = elsewhere")


def settles(node: RunningNode, traffic: Traffic) -> bool:
    """Wait until the node has worked everything off, print its books, tell whether all is well."""
    say("\ncalm")
    try:
        seconds = balanced(node, traffic.confirmed, SETTLE_SECONDS, say)
    except AssertionError as error:
        say(f"NOT settled: {error}")
    else:
        say(f"settled after {seconds:.1f} s")
    return reports(node, traffic)


def reports(node: RunningNode, traffic: Traffic) -> bool:
    """Print the account; tell whether it is clean."""
    say(
        f"\nconfirmed {len(traffic.confirmed)} of {traffic.begun}   "
        f"sent again {traffic.again.total()}   refused {len(traffic.refused)}"
    )
    for why, times in traffic.again.items():
        say(f"  {times} times: {why}")
    for told in traffic.refused[:3]:
        say(f"  {told}")
    books, left = account(node, traffic.confirmed), count(node, UNFINISHED)
    say(f"\n{'one row for each case':<26}{'rows':>8}{'lost':>8}{'twice':>8}{'unasked':>9}")
    for one in books:
        say(f"{one.what:<26}{one.rows:>8}{one.lost:>8}{one.twice:>8}{one.unasked:>9}")
    say(f"\nstuck: {in_words(left)}")
    clean = all(one.is_clean for one in books) and not any(left.values())
    return clean and not traffic.refused
