"""How fast the ledger leaves as a file, and that its size takes no memory.

Run with `./dev bench export [--rows N …]`. The portal's tables stand on a PostgreSQL of their own;
each file is asked for, made and fetched in a process of its own, by the real handlers, and that
process says how much memory it had at most. Beside it a bare `csv.writer` writes the same cells to
nowhere.
"""

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from sqlalchemy import create_engine, text

from backstop.servers.postgres import PostgresServer
from services.portal import handlers, repository
from services.portal.handlers import ExportAsking
from services.portal.handlers.ledger import USUAL, cells_of
from services.portal.policy.exports import ExportRules
from services.portal.policy.ledger import Asked
from services.portal.repository import ListedCase, ListKind, ListScope
from services.portal.settings import Settings
from services.portal.tables import metadata, plumbing
from shared.clock import utcnow
from shared.security.actor import Actor, ActorKind, Role
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.schemas import build_schemas

NODE = "341523"
ROWS = (10_000, 100_000)
MEGABYTE = 1 << 20
HEAD = Actor(
    kind=ActorKind.STAFF, node=NODE, id="bench", name="王负责", roles=frozenset({Role.WINDOW_HEAD})
)
FILL = """
INSERT INTO portal.cases (case_id, number, title_masked, channel, region, item_code, item_name,
    complexity, person_masked, status, is_open, is_at_rest, is_ours, is_away, is_below, is_awaited,
    round, registered_at, accepted_at, finished_at, closed_at, unit_code, unit_name, lamp,
    citizen_due_at, level, outcome, sort_at, origin, holder)
SELECT gen_random_uuid(), 'BCS-341523-' || lpad(n::text, 9, '0'),
    '第' || n || '件：食品经营许可证提交二十天没有回音', 'web', '341523', 'SPJYXK', '食品经营许可',
    'ordinary', '张**', 'closed', false, true, true, false, false, false, 1,
    now() - n * '1 minute'::interval, now() - n * '1 minute'::interval, now(), now(),
    'SCJGJ', '县市场监督管理局', 'green', now(), 5, 'done', now(), '341523', '341523'
FROM generate_series(1, :rows) AS n
"""


@dataclass(frozen=True, slots=True)
class Made:
    """What one file took: seconds to make and to fetch, its size, the most memory."""

    making: float
    fetching: float
    size: int
    memory: int


def main() -> None:
    """Make files of several sizes and kinds, and say what each took."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS, metavar="N")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(*vars_of(one_file(*given.one)))  # noqa: T201
        return
    with tempfile.TemporaryDirectory(prefix="backstop-export-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o711)
        NodeKeys.create(folder / "keys.json")
        with PostgresServer(folder / "postgres", durable=False) as server:
            compare(server, folder, sorted(given.rows))


def compare(server: PostgresServer, folder: Path, sizes: list[int]) -> None:
    """Print a line a file, and how memory grew from the smallest to the largest."""
    say(f"load {os.getloadavg()[0]:.1f}")
    memory: dict[str, list[int]] = {}
    for rows in sizes:
        url = _filled(server, rows)
        bare = bare_rows_per_second(url, rows)
        for kind in ("csv", "xlsx"):
            made = in_own_process(url, folder, kind)
            memory.setdefault(kind, []).append(made.memory)
            rate = rows / made.making
            say(
                f"{kind:<5}{rows:>9,} rows: {rate:>8,.0f}/s made, {rate / bare:.3f} of a bare "
                f"csv.writer; {made.size / MEGABYTE:.1f} MB, fetched in {made.fetching:.1f} s; "
                f"at most {made.memory / MEGABYTE:.0f} MB"
            )
    for kind, took in memory.items():
        grown = (took[-1] - took[0]) / MEGABYTE
        say(f"{kind}: {grown:+.1f} MB from {sizes[0]:,} to {sizes[-1]:,} rows")


def _filled(server: PostgresServer, rows: int) -> str:
    url = server.create_database(f"export_{rows}")
    engine = build_schemas(url, metadata)
    with engine.begin() as db:
        db.execute(text(FILL), {"rows": rows})
        db.execute(text("ANALYZE portal.cases"))
    told = engine.url.render_as_string(hide_password=False)
    engine.dispose()
    return told


def in_own_process(url: str, folder: Path, kind: str) -> Made:
    """Let a process make and fetch a file; return what it says of itself."""
    command = [sys.executable, "-m", "tests.bench.export", "--one", url, str(folder), kind]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return Made(float(said[0]), float(said[1]), int(said[2]), int(said[3]))


def vars_of(made: Made) -> tuple[float, float, int, int]:
    """Return what is told of a file, in the order in which it is read."""
    return made.making, made.fetching, made.size, made.memory


def one_file(url: str, folder: str, kind: str) -> Made:
    """Ask for the whole ledger as a file of this kind, make it and fetch it."""
    unit = Unit(engine=create_engine(url), node=NODE, service="portal", plumbing=plumbing)
    keys = NodeKeys.load(Path(folder) / "keys.json")
    rules: ExportRules = Settings(export_alone_rows=1_000_000).export_rules
    with unit.transaction() as db:
        asking = ExportAsking(everything(), kind, "测量")
        export = handlers.ask_export(db, asking, rules, Caller(HEAD, utcnow()))
    began = perf_counter()
    handlers.make_export(unit.transaction, keys, export.export_id, utcnow)
    made = perf_counter()
    found = handlers.fetch_export(
        unit.transaction, keys, export.export_id, rules, Caller(HEAD, utcnow())
    )
    size = sum(map(len, found.pieces))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Made(made - began, perf_counter() - made, size, most)


def everything() -> ListScope:
    """Return the whole ledger as a window head sees it."""
    sight, asked = handlers.sight_of(HEAD, NODE), Asked(columns=USUAL)
    return ListScope(kind=ListKind.ALL, sight=sight, reader=HEAD, ledger=asked)


def bare_rows_per_second(url: str, rows: int) -> float:
    """Write the same cells with a bare `csv.writer`, from memory to nowhere."""
    cells = [cells_of(case, USUAL, "id") for case in _cases(url, min(rows, ROWS[0]))]
    with Path(os.devnull).open("w", encoding="utf-8", newline="") as nowhere:
        writer = csv.writer(nowhere, quoting=csv.QUOTE_ALL)
        began = perf_counter()
        writer.writerows(cells)
        return len(cells) / (perf_counter() - began)


def _cases(url: str, rows: int) -> Iterator[ListedCase]:
    unit = Unit(engine=create_engine(url), node=NODE, service="portal", plumbing=plumbing)
    with unit.transaction() as db:
        yield from repository.ledger_list(db, everything(), None, rows).rows


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
