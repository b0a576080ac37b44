"""What an erasure costs at a large outbox, and what an index by case would cost every fact.

Run with `./dev bench outbox [--rows 1000000]`, on a PostgreSQL of its own. The same outbox is
measured without an index by case, with a whole one, and with one of what was sent; of each: the
life of a fact (written, sent, marked) in facts a second, and emptying one case.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from backstop.servers.postgres import PostgresServer
from services.dispatch.tables import metadata, plumbing
from shared.clock import new_id, utcnow
from shared.events.dispatch import OrderSigned
from shared.events.words import By
from shared.forgetting import forget_said
from shared.outbox import flush, mark_sent, say, unsent
from tests.integration.schemas import build_schemas

INDEXES: Mapping[str, str] = {
    "none": "",
    "whole": "CREATE INDEX by_case ON dispatch.outbox (subject_id)",
    "sent": "CREATE INDEX by_case ON dispatch.outbox (subject_id) WHERE sent_at IS NOT NULL",
}
FACTS_PER_CASE = 20
ROUNDS, BATCHES, BATCH = 3, 400, 50
FILL = """
INSERT INTO dispatch.outbox (id, subject_id, name, body, written_at, sent_at)
SELECT gen_random_uuid(), md5((n % :cases)::text)::uuid, 'dispatch.order_dispatched.v1',
  '{"data": {"because": "' || repeat('事项由该单位承办。', 25) || n || '"}}',
  now() - interval '20 days', now() - interval '20 days'
FROM generate_series(1, :rows) AS n
"""


def main() -> None:
    """Measure and print."""
    given = argparse.ArgumentParser(description=main.__doc__)
    given.add_argument("--rows", type=int, default=1_000_000)
    rows = given.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="backstop-outbox-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o711)
        with PostgresServer(folder / "postgres") as server:
            engine = build_schemas(server.create_database("outbox"), metadata)
            measure(engine, rows)
            engine.dispose()


def measure(engine: Engine, rows: int) -> None:
    """Fill the outbox, then take turns, so that a slow minute is everybody's."""
    with engine.begin() as db:
        db.execute(text(FILL), {"rows": rows, "cases": rows // FACTS_PER_CASE})
    settle(engine)
    facts: dict[str, list[float]] = {name: [] for name in INDEXES}
    erasures: dict[str, list[float]] = {name: [] for name in INDEXES}
    for turn in range(ROUNDS):
        for name in INDEXES:
            with indexed(engine, name):
                facts[name].append(BATCHES * BATCH / spent_on_facts(engine))
                erasures[name].append(spent_on_erasing(engine, turn))
    size = megabytes(engine)
    say_line(f"{rows:,} rows of an outbox, {size:,.0f} MB; the best of {ROUNDS} turns")
    for name in INDEXES:
        rate, seconds = max(facts[name]), min(erasures[name])
        say_line(
            f"    index {name:<6} {rate:9,.0f} facts/s ({rate / max(facts['none']):.3f})"
            f"   one erasure {seconds * 1000:9,.1f} ms ({seconds / min(erasures['none']):.5f})"
        )


@contextmanager
def indexed(engine: Engine, name: str) -> Iterator[None]:
    """Put the outbox under one of the indexes, which is gone afterwards."""
    with engine.begin() as db:
        if INDEXES[name]:
            db.execute(text(INDEXES[name]))
    settle(engine)
    yield
    with engine.begin() as db:
        db.execute(text("DROP INDEX IF EXISTS dispatch.by_case"))


def settle(engine: Engine) -> None:
    """Clean up behind the last turn, so that none pays for another one."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("VACUUM ANALYZE dispatch.outbox"))
        db.execute(text("CHECKPOINT"))


def spent_on_facts(engine: Engine) -> float:
    """Say facts of many cases as the service does, and mark them sent as the relay does."""
    began = perf_counter()
    for _ in range(BATCHES):
        with engine.begin() as db:
            for event in events():
                say(db, event)
            flush(db, plumbing.outbox, "/nodes/341500/dispatch")
        with engine.begin() as db:
            waiting = unsent(db, plumbing.outbox, BATCH)
            mark_sent(db, plumbing.outbox, [row.position for row in waiting])
    return perf_counter() - began


def events() -> Iterator[OrderSigned]:
    """One batch of facts, each about another case."""
    about = {"unit_code": "rsj", "unit_name": "县人社局", "by": By(kind="staff")}
    for _ in range(BATCH):
        told = {"case_id": new_id(), "order_id": new_id(), "occurred_at": utcnow()}
        yield OrderSigned.model_validate(told | about)


def spent_on_erasing(engine: Engine, turn: int) -> float:
    """Empty the facts of one case."""
    began = perf_counter()
    with engine.begin() as db:
        forget_said(db, plumbing, case_at(db, turn))
    return perf_counter() - began


def case_at(db: Connection, turn: int) -> UUID:
    """Return a case that is in the outbox."""
    found = db.scalar(text("SELECT md5(:n)::uuid"), {"n": str(turn + 1)})
    assert isinstance(found, UUID)
    return found


def megabytes(engine: Engine) -> float:
    """Return what the outbox takes on disk with its indexes."""
    with engine.connect() as db:
        size = db.scalar(text("SELECT pg_total_relation_size('dispatch.outbox')"))
    return float(size or 0) / 1e6


def say_line(line: str) -> None:
    """Print a line of the result."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
