"""Clocks that are wrong: of a node's processes, and of the database that it uses.

No library that fakes clocks is needed. The processes take the time from one module, which another
one on their path puts ahead (`_skew`). The database's `now()` is defined anew over the server's
own; plans that were made before keep the old one, so the node starts after it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg

from tests.system.harness import RunningNode

SKEWED = Path(__file__).with_name("_skew")
ANEW = """
CREATE OR REPLACE FUNCTION pg_catalog.now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
AS $$SELECT pg_catalog.transaction_timestamp() + interval '{} seconds'$$
"""
AS_IT_WAS = """
CREATE OR REPLACE FUNCTION pg_catalog.now() RETURNS timestamptz LANGUAGE internal STABLE STRICT
PARALLEL SAFE AS 'now'
"""
AHEAD = "SELECT now() - clock_timestamp()"
DATED = """
SELECT max(recorded_at) - max(clock_timestamp()) FROM portal.journal
 WHERE recorded_at > clock_timestamp() - interval '5 minutes'
"""
"""How far ahead of the server's own clock the database dates what it dates itself."""


def set_database_clock(node: RunningNode, ahead: timedelta) -> None:
    """Put the clock of a node's database ahead; the node must start after it."""
    statement = ANEW.format(ahead.total_seconds()) if ahead else AS_IT_WAS
    with node.place(), owner(node.settings.database_url) as db:
        db.execute(statement.encode())
        [told] = db.execute(AHEAD).fetchone() or [None]
    is_so = isinstance(told, timedelta) and abs(told - ahead) < timedelta(seconds=5)
    assert is_so, f"the database is {told} ahead, not {ahead}"


def set_process_clock(node: RunningNode, ahead: timedelta) -> None:
    """Put the clock of a node's processes ahead, which must start after it."""
    skew = {"PYTHONPATH": str(SKEWED), "CLOCK_AHEAD_SECONDS": str(ahead.total_seconds())}
    node.environment, node.ahead = (skew if ahead else {}), ahead


@contextmanager
def owner(url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Lend a connection of a database's owner."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as db:
        yield db


def clocks_of(node: RunningNode) -> str:
    """Return by how much what the node dates, and what its database dates, is ahead."""
    [(link,)] = node.rows("SELECT max(last_heard_at) - clock_timestamp() FROM link.links")
    [(journal,)] = node.rows(DATED)
    return f"ahead of the host: what the node dates {link}, what its database dates {journal}"
