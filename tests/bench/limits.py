"""How many limits a core looks up and counts a second, and how long a sweep takes.

Run with `./dev bench limits [--clocks 10000 100000 1000000]`. Rows are looked up among 1,000; each
look-up is checked against looking at every row. The sweep runs on a PostgreSQL of its own, where
1,000 clocks are due among more and more; its plan is printed for each number, and at the end how
its processor time grows.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

from sqlalchemy import Engine, text

from backstop import starting
from backstop.servers.postgres import PostgresServer
from services.sla import handlers, policy
from services.sla.policy import Limit, LimitKind, LimitRow, LimitTable, LimitUnit, Matter, When
from services.sla.policy.shipped import SHIPPED
from services.sla.settings import Settings
from services.sla.tables import metadata, plumbing
from shared.unit import Unit
from tests.bench._processor import spent
from tests.bench.due_dates import INSTANTS, rate
from tests.integration.schemas import build_schemas

NODE = "341523"
PROMISE = Settings().promise
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
DAY = date(2026, 3, 2)
ROWS, DUE, BATCH = 1_000, 1_000, 500
HOURS = Limit(16, LimitUnit.WORKING_HOUR, policy.StartRule.INSTANT, policy.EndRule.SAME_CLOCK_TIME)
ITEMS = [f"item-{n}" for n in range(ROWS // 5)]
PLACES = ("", "34", "3415", "341523", "341523101")
FILL = """
INSERT INTO sla.clocks (id, case_id, kind, round, unit_code, complexity, started_at, due_at,
    provisional, lamp, next_step_at, calendar_version, steps, digest, limit_rule, limit_set)
SELECT gen_random_uuid(), gen_random_uuid(), 'citizen', 1, NULL, 'ordinary', :now,
    :now + '3 days'::interval + n * '1 second'::interval, false, 'green',
    CASE WHEN n <= :due THEN :now - n * '1 second'::interval
         ELSE :now + n * '1 second'::interval END,
    'bench', '[]', '', '3 working_day next_working_day end_of_working_day', 0
FROM generate_series(1, :clocks) AS n
"""
LATE = """
UPDATE sla.clocks SET due_at = :now - '1 hour'::interval, next_step_at = :now
WHERE id IN (SELECT id FROM sla.clocks LIMIT :due)
"""
PLAN = """
EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) SELECT id FROM sla.clocks
WHERE stopped_at IS NULL AND next_step_at <= :now ORDER BY next_step_at LIMIT :batch
FOR UPDATE SKIP LOCKED
"""


def main() -> None:
    """Measure and print."""
    given = argparse.ArgumentParser(description=main.__doc__)
    given.add_argument("--clocks", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    numbers = sorted(given.parse_args().clocks)
    starting.loaded()
    look_up()
    with tempfile.TemporaryDirectory(prefix="backstop-limits-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o711)
        with PostgresServer(folder / "postgres") as server:
            grown = {clocks: swept_among(server, clocks) for clocks in numbers}
    say_growth(grown)


def swept_among(server: PostgresServer, clocks: int) -> float:
    """Fill a database with so many clocks and sweep; return the processor milliseconds."""
    engine = build_schemas(server.create_database(f"limits_{clocks}"), metadata)
    try:
        return sweep(engine, clocks)
    finally:
        engine.dispose()


def say_growth(grown: Mapping[int, float]) -> None:
    """Print how the processor time of the sweep grows with the clocks that are not due."""
    fewest = min(grown)
    for clocks, milliseconds in grown.items():
        growth = f"{milliseconds / grown[fewest]:.2f} of that among {fewest:,}"
        line = f"sweep of {DUE:,} due among {clocks:>9,}: {milliseconds:6.0f} ms of processor"
        sys.stdout.write(f"{line}, {growth}\n")


def look_up() -> None:
    """Rows by themselves, then whole due dates with them."""
    rows = [
        LimitRow(code=f"L{n}", kind=LimitKind.RESOLVE, limit=Limit(n % 20 + 1), when=when)
        for n, when in enumerate(
            When(item=item, place=place) for item, place in product(ITEMS, PLACES)
        )
    ]
    table = LimitTable([*SHIPPED["chongming"].rows, *rows])
    matters = [Matter(complexity="ordinary", item=item, place=NODE) for item in ITEMS]
    for matter in matters:
        found = table.find("resolve", matter, DAY)
        met = [row for row in rows if row.when.item == matter.item if row.when.place in NODE]
        assert found == max(met, key=lambda row: row.when.weight), f"wrong row for {matter}"
    many = matters * 100
    rate(f"rows looked up among {ROWS:,}", lambda: [table.find("resolve", m, DAY) for m in many])
    calendar, starts = PROMISE.calendar, INSTANTS * 20
    rate(
        "+ 5 working days, explained, digested",
        lambda: [policy.due_at(at, Limit(5), calendar) for at in starts],
    )
    rate(
        "+ 16 working hours, explained, digested",
        lambda: [policy.due_at(at, HOURS, calendar) for at in starts],
    )


def sweep(engine: Engine, clocks: int) -> float:
    """Change the lamps of what is due among many clocks, as the service does.

    Return how many milliseconds of processor the first sweep took, here and in PostgreSQL.
    """
    unit = Unit(engine, NODE, "sla", plumbing, wake=lambda: None)
    with engine.begin() as db:
        db.execute(text("SET LOCAL statement_timeout = 0"))
        db.execute(text(FILL), {"now": NOW, "clocks": clocks, "due": DUE})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("VACUUM ANALYZE sla.clocks"))
    with engine.connect() as db:
        for line in db.scalars(text(PLAN), {"now": NOW, "batch": BATCH}):
            sys.stdout.write(f"    {line}\n")
        db.rollback()
    swept = f"sweep of {DUE:,} due among {clocks:,} clocks (aim 1 s)"
    begun = spent(engine)
    through(unit)
    ended = spent(engine)
    sys.stdout.write(f"{swept}: {ended.since(begun)}\n")
    with engine.begin() as db:
        db.execute(text(LATE), {"now": NOW, "due": DUE})
    began = spent(engine)
    through(unit)
    late = f"{swept}, each red, missed and climbing"
    sys.stdout.write(f"{late}: {spent(engine).since(began)}\n")
    return 1000 * (ended.own - begun.own + ended.backends - begun.backends)


def through(unit: Unit) -> None:
    """Sweep until nothing is due."""
    swept = 0
    while (found := once(unit)) > 0:
        swept += found
    assert swept == DUE, f"{swept} clocks were due, not {DUE}"


def once(unit: Unit) -> int:
    """Sweep a batch."""
    with unit.transaction() as db:
        return handlers.sweep(db, NOW + timedelta(milliseconds=1), PROMISE, BATCH)


if __name__ == "__main__":
    main()
