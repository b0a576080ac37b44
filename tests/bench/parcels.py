"""How fast a node takes in what waited for it: from a bundle, and over the wire when it is back.

Run with `./dev bench parcels [--cases 1000] [--only import|wire]`. County and city with a broker
each, joined by shovels, on a PostgreSQL that writes through to the disk. A few cases are lived
through while the line is cut; what then waits at the county is stamped as often as it must, with
ids of its own each time. Beside it, in the same run: the same signatures checked and nothing else,
and the facts that came copied once more into a table like the one they lie in.
"""

import argparse
import re
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice, repeat
from pathlib import Path

import psycopg

from backstop.bundles import Desk, export_bundle, import_bundle
from backstop.node import Node, assemble
from backstop.servers.postgres import PostgresServer
from services.link.policy import Taken
from shared.clock import new_id
from shared.security.bundles import examine, read_bundle
from shared.security.letters import is_signed_by
from tests.bench._stand import say
from tests.system.harness import RunningNode, eventually
from tests.system.link_books import stuck
from tests.system.link_stories import registered
from tests.system.linked import CITY, COUNTY, LinkedNodes

MOULDS = 3
MOST_BYTES = 4_000_000_000
PATIENCE_SECONDS = 3_600.0
LOOK_SECONDS = 0.2
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NUMBER = re.compile(rf"BCS-{COUNTY}-\d{{8}}-(\d+)-\w")
WAITING = "SELECT content FROM link.outgoing ORDER BY sequence"
FACTS = "SELECT count(*) FROM link.facts"
LOCKED = "SELECT said FROM link.links WHERE peer = %s FOR UPDATE"
ADD = "COPY link.outgoing (peer, sequence, content) FROM STDIN"
SAID = "UPDATE link.links SET said = %s WHERE peer = %s"
OUT = "COPY link.facts (fact_id, case_id, via, name, body) TO STDOUT"
LIKE = "CREATE TABLE public.raw (LIKE link.facts INCLUDING ALL)"
IN = "COPY public.raw (fact_id, case_id, via, name, body) FROM STDIN"


@dataclass(frozen=True, slots=True)
class Took:
    """What went through, and the seconds it took from the first of it on."""

    parcels: int
    facts: int
    seconds: float
    heard: float = 0
    """Until every service had heard it; 0 where none runs."""


@contextmanager
def stage() -> Iterator[LinkedNodes]:
    """Lend both nodes, running, the line between them cut."""
    folder = Path(tempfile.mkdtemp(prefix="backstop-bench-"))
    folder.chmod(0o711)
    try:
        with (
            PostgresServer(folder / "postgres") as postgres,
            LinkedNodes.by_shovel(folder / "nodes", postgres) as built,
            built.running() as nodes,
        ):
            eventually("the link is up", lambda: not stuck(nodes.county)["outgoing"], 60)
            cut(nodes)
            yield nodes
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def cut(nodes: LinkedNodes) -> None:
    """Cut the line."""
    for wire in nodes.wires.values():
        wire.cut()


def mend(nodes: LinkedNodes) -> None:
    """Mend the line."""
    for wire in nodes.wires.values():
        wire.mend()


@contextmanager
def database(node: RunningNode) -> Iterator[psycopg.Connection]:
    """Lend a node's database to its owner."""
    with psycopg.connect(node.settings.database_url.replace("+psycopg", "")) as db:
        yield db


def moulds(nodes: LinkedNodes) -> list[list[str]]:
    """Let some cases be lived through, one after the other; return what waits of each."""
    made, known = [], len(nodes.county.rows(WAITING))
    for _ in range(MOULDS):
        registered(nodes.county)
        eventually("all is told to the link", lambda: is_told(nodes.county), 60)
        waiting = [content for (content,) in nodes.county.rows(WAITING)]
        made.append(waiting[known:])
        known = len(waiting)
    return made


def is_told(node: RunningNode) -> bool:
    """Tell whether nothing is on its way within a node."""
    left = stuck(node)
    return not (left["unsent"] or left["waiting"])


def stamped(made: Sequence[Sequence[str]], cases: int) -> Iterator[str]:
    """Yield the parcels of so many cases; each is as one that was lived through, under new ids."""
    for place, parcels in enumerate(islice(chain.from_iterable(repeat(made)), cases)):
        ids: defaultdict[str, str] = defaultdict(lambda: str(new_id()))
        anew = partial(_anew, ids, f"9{place:06}")
        yield from map(anew, parcels)


def _anew(ids: Mapping[str, str], number: str, content: str) -> str:
    told = UUID.sub(lambda found: ids[found[0]], content)
    return NUMBER.sub(lambda found: found[0].replace(found[1], number), told)


def let_wait(node: RunningNode, contents: Iterator[str]) -> int:
    """Put parcels behind those that wait at the county; return how many."""
    with database(node) as db, db.cursor() as cursor:
        [said] = cursor.execute(LOCKED, [CITY]).fetchone() or [0]
        last = said
        with cursor.copy(ADD) as rows:
            for last, content in enumerate(contents, start=said + 1):
                rows.write_row((CITY, last, content))
        cursor.execute(SAID, [last, CITY])
    return int(last - said)


def measure_import(nodes: LinkedNodes, file: Path) -> None:
    """Export all that waits and import it, while no process of either node runs."""
    for node in nodes.both:
        node.stop()
    county, city = (assemble(node.settings, "bench") for node in nodes.both)
    before = arrived(nodes.city)
    started = time.perf_counter()
    packed = export_bundle(Desk.of(county), CITY, file).packed
    say(f"exported          {packed.parcels / (time.perf_counter() - started):10.0f} parcels/s")
    started = time.perf_counter()
    done = import_bundle(Desk.of(city), file)
    seconds = time.perf_counter() - started
    assert done.counts[Taken.NEW] == packed.parcels, done
    told = Took(packed.parcels, arrived(nodes.city) - before, seconds)
    report("imported", told, beside(nodes, city, file))
    for each in (county, city):
        each.engine.dispose()
    for node in nodes.both:
        node.start()


def let_settle(nodes: LinkedNodes) -> None:
    """Let what was imported be heard and receipted, and cut the line again."""
    until("heard", lambda: is_told(nodes.city))
    mend(nodes)
    until("receipts", lambda: not stuck(nodes.county)["outgoing"])
    cut(nodes)


def beside(nodes: LinkedNodes, city: Node, file: Path) -> tuple[float, float]:
    """Return how many signatures can be checked in a second, and how many rows copied."""
    examined = examine(file, city.code, city.cards, MOST_BYTES)
    letters = list(chain.from_iterable(read_bundle(examined, city.keys.now)))
    card = city.cards[COUNTY]
    started = time.perf_counter()
    assert all(is_signed_by(card, each["body"].encode(), each["signature"]) for each in letters)
    checked = len(letters) / (time.perf_counter() - started)
    with database(nodes.city) as db, db.cursor() as cursor:
        with cursor.copy(OUT) as rows:
            lines = [bytes(row) for row in rows]
        cursor.execute(LIKE)
        started = time.perf_counter()
        with cursor.copy(IN) as copy:
            for line in lines:
                copy.write(line)
        db.commit()
        copied = len(lines) / (time.perf_counter() - started)
        cursor.execute("DROP TABLE public.raw")
    return checked, copied


def over_the_wire(nodes: LinkedNodes, waiting: int) -> Took:
    """Mend the line; return how long all took to be receipted, and to be heard by all services."""
    before = arrived(nodes.city)
    mend(nodes)
    mended = time.perf_counter()
    until("the shovels are back", lambda: arrived(nodes.city) > before)
    started = time.perf_counter()
    say(f"\nthe shovels were back after {started - mended:.1f} s")
    until("receipts", lambda: not stuck(nodes.county)["outgoing"])
    receipted = time.perf_counter() - started
    until("heard", lambda: is_told(nodes.city))
    heard = time.perf_counter() - started
    return Took(waiting, arrived(nodes.city) - before, receipted, heard)


def measure_wire(nodes: LinkedNodes, waiting: int, file: Path) -> None:
    """Let all that waits come over the line."""
    city, county = (assemble(node.settings, "bench") for node in nodes.both[::-1])
    if not file.exists():  # the letters to check
        export_bundle(Desk.of(county), CITY, file)
    report("over the wire", over_the_wire(nodes, waiting), beside(nodes, city, file))
    for each in (city, county):
        each.engine.dispose()


def until(what: str, condition: Callable[[], bool]) -> None:
    """Wait long."""
    eventually(what, condition, PATIENCE_SECONDS, LOOK_SECONDS)


def arrived(node: RunningNode) -> int:
    """Count the facts that link has heard."""
    [(number,)] = node.rows(FACTS)
    return int(number)


def report(what: str, told: Took, raw: tuple[float, float]) -> None:
    """Print how fast it went, and how that stands to what is possible."""
    parcels, facts = told.parcels / told.seconds, told.facts / told.seconds
    checked, copied = raw
    say(f"\n{what}: {told.parcels} parcels with {told.facts} facts in {told.seconds:.1f} s")
    say(f"parcels           {parcels:10.0f} /s")
    say(f"signatures alone  {checked:10.0f} /s   ratio {parcels / checked:.3f}")
    say(f"facts             {facts:10.0f} /s")
    say(f"rows copied       {copied:10.0f} /s   ratio {facts / copied:.4f}")
    if told.heard:
        rate = told.facts / told.heard
        say(f"heard by every service after {told.heard:.1f} s: {rate:.0f} facts/s")


def main() -> None:
    """Measure and print parcels a second, from a bundle and over the wire."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--cases", type=int, default=1_000)
    parser.add_argument("--only", choices=["import", "wire"])
    given = parser.parse_args()
    with stage() as nodes, tempfile.TemporaryDirectory() as folder:
        made, file = moulds(nodes), Path(folder) / "bundle"
        waiting = let_wait(nodes.county, stamped(made, given.cases))
        if given.only != "wire":
            measure_import(nodes, file)
        if given.only is None:
            let_settle(nodes)
            waiting = let_wait(nodes.county, stamped(made, given.cases))
        if given.only != "import":
            measure_wire(nodes, waiting, file)


if __name__ == "__main__":
    main()
