"""How many limits a core looks up and counts a second, and how long a sweep takes.

Run with `./dev bench limits [--clocks 1000000]`. Rows are looked up among 1,000; each look-up is
checked against looking at every row. The sweep runs on a PostgreSQL of its own, where 1,000 clocks
are due among all; its plan is printed.
"""

import argparse
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from time import perf_counter

from sqlalchemy import Engine, text

from backstop.servers.postgres import PostgresServer
from services.sla import handlers, policy
from services.sla.policy import Limit, LimitKind, LimitRow, LimitTable, LimitUnit, Matter, When
from services.sla.policy.shipped import SHIPPED
from services.sla.settings import Settings
from services.sla.tables import metadata, plumbing
from shared.unit import Unit
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
    given.add_argument("--clocks", type=int, default=1_000_000)
    clocks = given.parse_args().clocks
    look_up()
    with tempfile.TemporaryDirectory(prefix="backstop-limits-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o711)
        with PostgresServer(folder / "postgres") as server:
            engine = build_schemas(server.create_database("limits"), metadata)
            sweep(engine, clocks)
            engine.dispose()


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


def sweep(engine: Engine, clocks: int) -> None:
    """Change the lamps of what is due among many clocks, as the service does."""
    unit = Unit(engine, NODE, "sla", plumbing, wake=lambda: None)
    with engine.begin() as db:
        db.execute(text(FILL), {"now": NOW, "clocks": clocks, "due": DUE})
        db.execute(text("ANALYZE sla.clocks"))
    with engine.connect() as db:
        for line in db.scalars(text(PLAN), {"now": NOW, "batch": BATCH}):
            sys.stdout.write(f"    {line}\n")
        db.rollback()
    swept = f"sweep of {DUE:,} due among {clocks:,} clocks (aim 1 s)"
    sys.stdout.write(f"{swept}: {through(unit):.2f} s\n")
    with engine.begin() as db:
        db.execute(text(LATE), {"now": NOW, "due": DUE})
    sys.stdout.write(f"{swept}, each red, missed and climbing: {through(unit):.2f} s\n")


def through(unit: Unit) -> float:
    """Sweep until nothing is due; return the seconds it took."""
    began, swept = perf_counter(), 0
    while (found := once(unit)) > 0:
        swept += found
    assert swept == DUE, f"{swept} clocks were due, not {DUE}"
    return perf_counter() - began


def once(unit: Unit) -> int:
    """Sweep a batch."""
    with unit.transaction() as db:
        return handlers.sweep(db, NOW + timedelta(milliseconds=1), PROMISE, BATCH)


if __name__ == "__main__":
    main()
