"""How pages, lists, searches, sweeps and relays grow from 10⁴ to 10⁶ cases.

Run with `./dev bench growth [--cases N …] [--only WORD] [--explain FOLDER] [--keep FOLDER]`. A
city between a province and a county is made on a private PostgreSQL that may forget at a crash
(`fsync` off: nothing measured here waits for the disk), by the product's own migrations; its cases
are stamped from some that real nodes lived through. Every page is asked of the real application in
this process, by somebody who is signed in. A million cases take 10 GB and a quarter of an hour.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from backstop.migrate import migrate
from backstop.servers.postgres import PostgresServer
from tests.bench._growth_work import works
from tests.whole.crowd import Crowd, fill, live_through
from tests.whole.node import CITY, WholeNode, settings_of
from tests.whole.pages import Reading, readings
from tests.whole.plans import Plan, explained
from tests.whole.tiers import whole_tiers

SIZES = (10_000, 100_000, 1_000_000)
WARM, ROUNDS = 6, 40
"""Before a page is timed PostgreSQL has gone over to the plan that serves any value."""
BIG = 5_000
"""A plan that reads more rows of one table than this for one page is told."""
NAME_WIDTH = 46
OK = 200


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of one page at one size, and what is to be said about its plans."""

    p50: float
    p95: float
    busy: float
    """p95 of the processor's time, that of this process and of PostgreSQL for it: the same on a
    machine that has other work to do."""
    note: str

    def __str__(self) -> str:
        return f"{self.p50:8.1f} {self.p95:8.1f} {self.busy:8.1f}"


Act = Callable[[], object]
Results = dict[str, dict[int, Measured]]


def timed(whole: WholeNode, act: Act, rounds: int) -> list[tuple[float, float]]:
    """Return how many milliseconds each of some rounds took, by the wall and by the processor."""
    found = []
    for _ in range(rounds):
        began, busy = time.perf_counter(), processor_seconds(whole)
        act()
        took = time.perf_counter() - began
        found.append((took * 1000, (processor_seconds(whole) - busy) * 1000))
    return found


def processor_seconds(whole: WholeNode) -> float:
    """Return what this process and its backends of PostgreSQL have used of the processor."""
    backends = 0
    for pid in whole.backends:
        with suppress(OSError):  # one that has ended
            backends += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    return time.process_time() + backends / 1e9


def measure(whole: WholeNode, act: Act, plans: list[Plan], rounds: int = ROUNDS) -> Measured:
    """Time an act; then look once at what PostgreSQL does for it."""
    timed(whole, act, min(WARM, rounds))
    took = timed(whole, act, rounds)
    with explained(whole) as found:
        act()
    plans += found
    wall, busy = sorted(one for one, _ in took), sorted(one for _, one in took)
    late = min(len(took) - 1, int(len(took) * 0.95))
    return Measured(wall[len(took) // 2], wall[late], busy[late], noted(found))


def noted(plans: Sequence[Plan]) -> str:
    """Name the tables that were read in full or nearly so."""
    reads = {(each.table, each.how, each.rows) for plan in plans for each in plan.reads}
    large = sorted((rows, table, how) for table, how, rows in reads if rows > BIG)
    return "; ".join(f"{how} {table}: {rows:,} rows" for rows, table, how in large)


def asking(whole: WholeNode, reading: Reading) -> Act:
    """Return what asks for a page once."""

    def ask() -> None:
        answer = whole.ask("GET", next(reading.paths), reading.who)
        assert answer.status_code == OK, f"{reading.name}: {answer.status_code}"

    return ask


class Growth:
    """The measurement: one database a size, the same questions to each."""

    def __init__(self, given: argparse.Namespace, folder: Path) -> None:
        self._given = given
        self._folder = folder
        self.results: Results = {}

    def run(self) -> None:
        """Make, fill and measure each size, one after the other."""
        with PostgresServer(self._folder / "postgres", durable=False) as server:
            for cases in self._given.cases:
                with self._city(server, cases) as (whole, crowd):
                    self._measure(whole, crowd)
                if not self._given.keep:
                    server.drop_database(f"growth_{cases}")

    @contextmanager
    def _city(self, server: PostgresServer, cases: int) -> Iterator[tuple[WholeNode, Crowd]]:
        at, name = self._folder / f"nodes_{cases}", f"growth_{cases}"
        record = self._folder / f"crowd_{cases}.json"
        if not record.is_file():
            shutil.rmtree(at, ignore_errors=True)
            server.drop_database(name)
            record.write_text(json.dumps(asdict(_filled(server, at, name, cases))))
        settings = settings_of(CITY, at / CITY, server.create_database(name))
        migrate(settings.database_url)
        whole = WholeNode(settings)
        yield whole, Crowd(**json.loads(record.read_text()))
        whole.close()

    def _measure(self, whole: WholeNode, crowd: Crowd) -> None:
        plans: dict[str, list[Plan]] = {}
        acts = [(one.name, asking(whole, one), ROUNDS) for one in readings(whole, crowd)]
        for name, act, rounds in [*acts, *works(whole, crowd)]:
            if self._given.only in name:
                plans[name] = []
                found = measure(whole, act, plans[name], rounds)
                self.results.setdefault(name, {})[crowd.cases] = found
                say(f"  {name:<{NAME_WIDTH}}{found}  {found.note}")
        if self._given.explain:
            write_plans(self._given.explain, crowd.cases, plans)


def _filled(server: PostgresServer, folder: Path, name: str, cases: int) -> Crowd:
    def make(wanted: str, template: str | None) -> str:
        city = wanted.endswith(CITY)
        return server.create_database(name if city else wanted, name if template else None)

    began = time.monotonic()
    with whole_tiers(folder, make) as tiers:
        crowd = fill(tiers, live_through(tiers)[1], cases)
    for other in set(tiers.nodes) - {CITY}:
        server.drop_database(f"whole_{other}")
    say(f"{cases:,} cases stand after {time.monotonic() - began:.0f} s")
    return crowd


def write_plans(folder: Path, cases: int, plans: Mapping[str, Sequence[Plan]]) -> None:
    """Write the plans of every page: a readable record, and beside it all that was told."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        f"What PostgreSQL did for each page with {cases:,} cases: ./dev bench growth --explain"
    ]
    lines += ["Who asks is looked up by the same statement for every page: it is left out."]
    lines += ["Of a statement that comes more than once the first is shown."]
    for name, found in plans.items():
        own: dict[str, Plan] = {}
        for plan in found:
            if "portal.sessions" not in plan.statement:
                own.setdefault(plan.statement, plan)
        lines += ["", name, *[f"  {line}" for plan in own.values() for line in plan.lines()]]
    (folder / f"growth-{cases}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = {name: [plan.root for plan in found] for name, found in plans.items()}
    (folder / f"growth-{cases}.json").write_text(json.dumps(told), encoding="utf-8")


def show(results: Results, sizes: Sequence[int]) -> None:
    """Print one line a page: its times at each size, and how much more it costs at the largest."""
    heads = "".join(f"{f'{size:,}':>27}" for size in sizes)
    say(f"{'ms: p50, p95, p95 of the processor':<{NAME_WIDTH}}{heads}   processor, grown")
    for name, found in results.items():
        times = "".join(f" {found[size]}" for size in sizes)
        ratio = found[sizes[-1]].busy / found[sizes[0]].busy
        say(f"{name:<{NAME_WIDTH}}{times}{ratio:>8.1f} x  {found[sizes[-1]].note}")


def say(line: str) -> None:
    """Print a line at once: the measurement takes long."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measure every page, list, search, sweep and relay at several numbers of cases."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--cases", type=int, nargs="+", default=SIZES, metavar="N")
    parser.add_argument("--only", default="", metavar="WORD", help="only names with it")
    parser.add_argument("--explain", type=Path, metavar="FOLDER", help="write the plans there")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the databases for again")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="backstop-growth-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)
    growth = Growth(given, folder)
    try:
        growth.run()
    finally:
        if not given.keep:
            shutil.rmtree(folder, ignore_errors=True)
    show(growth.results, sorted(given.cases))


if __name__ == "__main__":
    main()
