"""What PostgreSQL may answer for a while though it runs: full, locked, or reading only."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from shared.db import direct_dsn
from tests.system.harness import RunningNode, eventually

FULL = """
CREATE OR REPLACE FUNCTION public.disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'could not extend file: No space left';
END $$
"""
PLACED = "CREATE TRIGGER disk_is_full BEFORE INSERT ON {} EXECUTE FUNCTION public.disk_is_full()"
TAKEN_AWAY = "DROP TRIGGER disk_is_full ON {}"

HELD_BACK = "SELECT 1 FROM {}.outbox WHERE sent_at IS NULL FOR UPDATE"
MARKING = """
SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE %.outbox SET%'
"""
"""A relay has published and waits to write down that it has."""


@contextmanager
def as_owner(node: RunningNode, *, autocommit: bool = True) -> Iterator[psycopg.Connection]:
    """Connect as the owner of the node's database, without the limits of its services."""
    dsn = direct_dsn(node.settings.database_url)
    with psycopg.connect(dsn, autocommit=autocommit) as db:
        yield db


@contextmanager
def disk_full(node: RunningNode, tables: Sequence[str]) -> Iterator[None]:
    """Let each insert into these tables fail as on a full disk; the real one is in chaos."""
    with as_owner(node) as db:
        db.execute(FULL)
        for table in tables:
            db.execute(PLACED.format(table).encode())
        try:
            yield
        finally:
            for table in tables:
                db.execute(TAKEN_AWAY.format(table).encode())


@contextmanager
def locked(node: RunningNode, tables: Sequence[str]) -> Iterator[None]:
    """Hold these tables in a transaction that does not end, as a migration or a dump may."""
    with as_owner(node, autocommit=False) as db:
        db.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE".encode())
        yield
        db.rollback()


@contextmanager
def marks_held_back(node: RunningNode, service: str) -> Iterator[None]:
    """Let nobody mark as sent what this service has said and not sent yet."""
    with as_owner(node, autocommit=False) as db:
        db.execute(HELD_BACK.format(service).encode())
        yield
        db.rollback()


@contextmanager
def read_only(node: RunningNode, _tables: Sequence[str]) -> Iterator[None]:
    """Let the server take no writes, as a standby or a managed server that is full."""
    with as_owner(node) as db:
        db.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        db.execute("SELECT pg_reload_conf()")
        # Who comes anew is told so once every process that is there has been told.
        eventually("the server reads only", lambda: _reads_only(node))
        try:
            yield
        finally:
            db.execute("SET default_transaction_read_only = off")
            db.execute("ALTER SYSTEM RESET default_transaction_read_only")
            db.execute("SELECT pg_reload_conf()")


def _reads_only(node: RunningNode) -> bool:
    with as_owner(node) as db:
        row = db.execute("SHOW default_transaction_read_only").fetchone()
    return row == ("on",)


def waits(node: RunningNode) -> Counter[str]:
    """Count by service how often a hearer has told that it waits for the database."""
    told = [line for line in node.logs().splitlines() if '"hearing waits"' in line]
    return Counter(json.loads(line)["service"] for line in told)
