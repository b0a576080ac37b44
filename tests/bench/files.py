"""How fast files go from county to city, and whether facts wait for them.

Run with `./dev bench files [--files 2] [--megabytes 6] [--rounds 2]`. Three nodes as the launcher
starts them, joined by the carrier within one process, on a PostgreSQL that writes through to the
disk. Beside it, in each round, the same bytes are copied raw: rows of the size of a sealed part,
read from one database and written into another. What a fact waits is measured from the answer of
the county's registration to the row of the city's link, at rest and while files flow.
"""

import argparse
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

import httpx
import psycopg

from backstop.caller import Call, Citizen, NodeCaller, open_client, until
from backstop.servers.postgres import PostgresServer
from shared.security.actor import Actor, ActorKind, Role
from shared.store.sealed import PART_BYTES
from tests.bench._stand import say
from tests.system.tiers import RunningTiers

COUNTY, CITY = "341523", "341500"
REPORT = {
    "region": COUNTY,
    "channel": "web",
    "reporter": {"kind": "person", "name": "张三丰", "phone": "13812345678"},
    "title": "公积金一直提不出来",
    "text": "窗口说要等市里。",
}
FACTS = 10
LOOK_SECONDS = 0.005
MEGA = 1_000_000


@dataclass
class Stage:
    """The running nodes and the databases behind them."""

    county: NodeCaller
    city: NodeCaller
    door: httpx.Client
    """The county's, for files."""
    databases: dict[str, psycopg.Connection] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Round:
    """What one round took: seconds, and milliseconds of single facts."""

    files: float
    raw: float
    idle: Sequence[float]
    flowing: Sequence[float]


def staff(node: str, role: Role) -> Actor:
    """Return somebody of a node."""
    return Actor(kind=ActorKind.STAFF, node=node, id=role, roles=frozenset({role}))


@contextmanager
def stage() -> Iterator[Stage]:
    """Start the nodes on servers of their own."""
    folder = Path(tempfile.mkdtemp(prefix="backstop-bench-"))
    folder.chmod(0o711)
    try:
        with PostgresServer(folder / "postgres") as postgres:
            tiers = RunningTiers.build(folder / "nodes", postgres)
            with tiers.running() as nodes, open_client(tiers.base_url(COUNTY)) as door:
                made = Stage(nodes[COUNTY], nodes[CITY], door)
                for code in (COUNTY, CITY):
                    url = tiers.settings[code].database_url.replace("+psycopg", "")
                    made.databases[code] = psycopg.connect(url, autocommit=True)
                yield made
                for database in made.databases.values():
                    database.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def registered(at: Stage) -> dict[str, str]:
    """Register a case at the county."""
    answer = at.county.send(Call("POST", "/api/v1/cases", REPORT))
    return {name: str(answer[name]) for name in ("number", "query_code", "case_id")}


def offered(at: Stage, count: int, size: int) -> dict[str, str]:
    """Return a case with files that waits at the city to be taken."""
    case, dispatcher = registered(at), staff(COUNTY, Role.DISPATCHER)
    path = f"/api/v1/cases/{case['number']}"
    at.county.send(Call("POST", f"{path}/accept", {"complexity": "ordinary"}), dispatcher)
    mine = Citizen(case["number"], case["query_code"]).headers
    for _ in range(count):
        noise = os.urandom(size).replace(b"/", b"-")
        data = {"file": ("合同.pdf", b"%PDF-1.4\n" + noise + b"\n%%EOF\n")}
        at.door.post(f"{path}/attachments", headers=mine, files=data).raise_for_status()
    until("dispatch knows the case", lambda: known(at, COUNTY, "dispatch.cases", case))
    offer = {"case_id": case["case_id"], "to_node": CITY, "because": "本级办不了"}
    made = at.county.send(Call("POST", "/api/v1/hand-overs", offer), dispatcher)
    until("the offer has come", lambda: known(at, CITY, "dispatch.hand_overs", case))
    return {**case, "hand_over_id": made["hand_over_id"]}


def known(at: Stage, node: str, table: str, case: dict[str, str]) -> int:
    """Count the rows of a case in a table of a node."""
    query = f"SELECT count(*) FROM {table} WHERE case_id = %s"  # noqa: S608  # our tables
    row = at.databases[node].execute(query.encode(), [case["case_id"]]).fetchone()
    return row[0] if row else 0


def take_over(at: Stage, case: dict[str, str], count: int) -> float:
    """Let the city take a case; return the seconds until all its files are there."""
    path = f"/api/v1/hand-overs/{case['hand_over_id']}/accept"
    started = time.perf_counter()
    at.city.send(Call("POST", path, {}), staff(CITY, Role.DISPATCHER))
    while known(at, CITY, "intake.attachments", case) < count:
        time.sleep(LOOK_SECONDS)
    return time.perf_counter() - started


def wait_of_facts(at: Stage, stop: threading.Event, most: int) -> list[float]:
    """Register cases at the county; return how long the city waited for each, in milliseconds."""
    waits: list[float] = []
    while len(waits) < most and not stop.is_set():
        case = registered(at)
        started = time.perf_counter()
        while not known(at, CITY, "link.facts", case):
            time.sleep(LOOK_SECONDS)
        waits.append((time.perf_counter() - started) * 1000)
    return waits


def copied_raw(at: Stage, count: int, size: int) -> float:
    """Copy the same bytes between the databases; return the seconds of reading and writing."""
    make = "CREATE TABLE IF NOT EXISTS public.raw (n int, part bytea)"
    rows = [(n, os.urandom(PART_BYTES)) for n in range(-(-count * size // PART_BYTES))]
    for database in at.databases.values():
        database.execute(make)
        database.execute("TRUNCATE public.raw")
    with at.databases[COUNTY].cursor() as giver:
        giver.executemany("INSERT INTO public.raw VALUES (%s, %s)", rows)
    started = time.perf_counter()
    read = at.databases[COUNTY].execute("SELECT n, part FROM public.raw ORDER BY n").fetchall()
    with at.databases[CITY].transaction(), at.databases[CITY].cursor() as taker:
        taker.executemany("INSERT INTO public.raw VALUES (%s, %s)", read)
    return time.perf_counter() - started


def one_round(at: Stage, count: int, size: int) -> Round:
    """Measure facts at rest, the files with facts beside them, and the raw copy."""
    case = offered(at, count, size)
    idle = wait_of_facts(at, threading.Event(), FACTS)
    over, flowing = threading.Event(), list[float]()
    beside = threading.Thread(target=lambda: flowing.extend(wait_of_facts(at, over, 1000)))
    beside.start()
    files = take_over(at, case, count)
    over.set()
    beside.join()
    return Round(files, copied_raw(at, count, size), idle, flowing)


def main() -> None:
    """Measure and print MB a second, facts' waits, and their ratios."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--files", type=int, default=2)
    parser.add_argument("--megabytes", type=float, default=6.0, help="of each file")
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    size = int(given.megabytes * MEGA)
    with stage() as at:
        rounds = [one_round(at, given.files, size) for _ in range(given.rounds)]
    tell(rounds, given.files * size / MEGA)


def tell(rounds: Sequence[Round], megabytes: float) -> None:
    """Print medians over the rounds; a busy machine is busy for both sides of a ratio."""
    files = median(megabytes / each.files for each in rounds)
    raw = median(megabytes / each.raw for each in rounds)
    say(f"{megabytes:.0f} MB from county to city, sealed, verified   {files:8.1f} MB/s")
    say(f"the same bytes copied raw between the databases  {raw:8.1f} MB/s")
    say(f"ratio                                            {files / raw:8.1%}")
    idle = [wait for each in rounds for wait in each.idle]
    flowing = [wait for each in rounds for wait in each.flowing]
    for name, waits in (("at rest", idle), ("while files flow", flowing)):
        p95 = quantiles(waits, n=20)[-1] if len(waits) > 1 else waits[0]
        say(f"a fact waits {name:<18} p50 {median(waits):7.0f} ms  p95 {p95:7.0f} ms")
    say(f"ratio of the medians                         {median(flowing) / median(idle):8.1f}")


if __name__ == "__main__":
    main()
