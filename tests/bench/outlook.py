"""How long the board of limits takes to count, by the number of open cases.

Run with `./dev bench outlook [--open 2000 20000] [--ended 300000]`. A PostgreSQL of its own is
filled by statements: open cases of 40 units with two running clocks each, limits spread over six
days around now, and cases that ended in the last 90 days. Counted is what the page counts, by the
very functions of the portal; then the past of the clocks, which is read through once an hour.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import Connection, Engine, text

from backstop.servers.postgres import PostgresServer
from services.portal import repository
from services.portal.policy import ages_at, days_from, hours_from
from services.portal.repository import ListKind, ListScope, OutlookScope, Sight
from services.portal.tables import metadata
from shared.db import transaction
from shared.security.reach import EVERYTHING
from tests.integration.schemas import build_schemas

NODE = "341523"
NOW = datetime(2030, 1, 7, 1, tzinfo=UTC)
TRIES = 7
CASES = """
INSERT INTO portal.cases (case_id, number, status, is_open, is_at_rest, is_ours, is_away, is_below,
  is_awaited, round, origin, holder, unit_code, item_code, lamp, citizen_lamp, citizen_due_at)
SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'BCS' || n, 'signed',
  n <= :open, n > :open, true, false, false, false, 1, :node, :node, 'U' || n % 40, 'I' || n % 200,
  CASE WHEN n <= :open THEN (ARRAY['green', 'yellow', 'red'])[1 + n % 3] END,
  CASE WHEN n <= :open THEN (ARRAY['green', 'yellow', 'red'])[1 + n % 3] END,
  CAST(:now AS timestamptz) + (n % 144 - 48) * interval '1 hour'
FROM generate_series(1, :all) AS n
"""
CLOCKS = """
INSERT INTO portal.clocks (clock_id, case_id, node, kind, unit_code, started_at, due_at, lamp,
  stopped_at, reason, on_time, version)
SELECT gen_random_uuid(), case_id, origin, kind, unit_code, citizen_due_at - interval '3 days'
  - past.gone, citizen_due_at - past.gone, coalesce(lamp, 'green'),
  CASE WHEN NOT is_open THEN citizen_due_at - past.gone - interval '7 hours' END, 'met', true, 1
FROM portal.cases, unnest(ARRAY['citizen', 'resolve']) AS kind, LATERAL (SELECT CASE WHEN is_open
  THEN interval '0' ELSE interval '6 days' + right(number, 1)::int * interval '8 days' END
  ) AS past(gone)
"""
ITEMS = """
INSERT INTO portal.items (item_id, code, title, kind, unit_code, complexity, active, version)
SELECT gen_random_uuid(), 'I' || n, 'x', (ARRAY['licence', 'benefit'])[1 + n % 2], 'U1',
  'ordinary', true, 1 FROM generate_series(0, 199) AS n
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=int, nargs="+", default=[2_000, 20_000])
    parser.add_argument("--ended", type=int, default=300_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="backstop-outlook-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o711)
        with PostgresServer(folder / "postgres") as server:
            for count in given.open:
                engine = build_schemas(server.create_database(f"open_{count}"), metadata)
                measure(engine, count, given.ended)
                engine.dispose()


def measure(engine: Engine, count: int, ended: int) -> None:
    """Fill a database and tell how long it takes to count."""
    with engine.begin() as db:
        told = {"open": count, "all": count + ended, "node": NODE, "now": NOW}
        db.execute(text(CASES), told)
        db.execute(text(CLOCKS))
        db.execute(text(ITEMS))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("VACUUM ANALYZE portal.cases, portal.clocks, portal.items"))
    hours = hours_from(NOW)
    asked = OutlookScope(
        scope=ListScope(kind=ListKind.OPEN, sight=Sight(node=NODE, ours=EVERYTHING)),
        below=None,
        spans=[*hours, *days_from(hours[-1].until, lambda day: day.weekday() < 5)],
        ages=ages_at(NOW),
    )
    board = timed(engine, lambda db: repository.outlook(db, asked, NOW))
    past = timed(engine, lambda db: repository.past_clocks(db, NOW - timedelta(days=90), NOW))
    say(f"{count:,} open, {ended:,} ended: board {board:.0f} ms, past {past:.0f} ms (median)")


def timed(engine: Engine, ask: Callable[[Connection], object]) -> float:
    """Return how many milliseconds it takes, the median of some tries."""
    took = []
    for _n in range(TRIES):
        with transaction(engine, "portal") as db:
            begun = perf_counter()
            ask(db)
            took.append(1000 * (perf_counter() - begun))
    return median(took)


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
