"""Registrations a second over HTTP at 1, 4 and 8 clients, beside a bare FastAPI insert.

Run with `./dev bench register [--cases 400] [--rounds 5] [--workers 2]`. The web process is the
product's own, with nothing else of the node running. The bare endpoint runs under the same
gunicorn, with as many workers and connections, and inserts the same rows with constants in them.
Both stand at once and are asked in turns, so that a busy machine is busy for both.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import httpx
from sqlalchemy import Engine, create_engine

from backstop.processes import process_environment, web_command, web_environment
from backstop.servers.processes import descendants
from tests.bench._processor import backends_seconds, process_seconds
from tests.bench._stand import ROOT, say, standing
from tests.system.harness import RunningNode, eventually

CLIENTS = (1, 4, 8)
WARM = 200
"""Registrations before anything is measured: plans and pools are made by then."""


@dataclass(frozen=True, slots=True)
class Served:
    """What so many clients got in one turn, and what each of their requests took."""

    rate: float
    median: float
    highest: float
    """Of 99 in 100; both in milliseconds."""
    web: float
    database: float
    """Processor milliseconds of the web processes and of their backends of PostgreSQL."""

    @property
    def busy(self) -> float:
        """Processor milliseconds in all."""
        return self.web + self.database


@dataclass(frozen=True, slots=True)
class Side:
    """A web process that is asked."""

    port: int
    path: str
    pid: int
    engine: Engine

    def turn(self, clients: int, cases: int) -> Served:
        """Let clients report and return what they saw."""
        web, database = self._spent()
        seen = asked(self.port, self.path, clients, cases)
        took = seen["milliseconds"]
        web_after, database_after = self._spent()
        return Served(
            rate=len(took) / seen["seconds"],
            median=took[len(took) // 2],
            highest=took[len(took) * 99 // 100],
            web=(web_after - web) * 1000 / len(took),
            database=(database_after - database) * 1000 / len(took),
        )

    def _spent(self) -> tuple[float, float]:
        return process_seconds([self.pid, *descendants(self.pid)]), backends_seconds(self.engine)


@contextmanager
def serving(
    node: RunningNode, path: str, command: Sequence[str], environment: Mapping[str, str]
) -> Iterator[Side]:
    """Run a web process until the block ends."""
    port = node.settings.web_port
    engine = create_engine(node.settings.database_url)
    with (node.scratch / "web.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=dict(environment), stdout=log, stderr=subprocess.STDOUT
        )
    try:
        eventually("the web process answers", lambda: answers(port))
        yield Side(port, path, process.pid, engine)
    finally:
        process.terminate()
        process.wait()
        engine.dispose()


def answers(port: int) -> bool:
    """Tell whether somebody answers, whatever."""
    try:
        httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
    except httpx.TransportError:
        return False
    return True


def asked(port: int, path: str, clients: int, cases: int) -> Mapping[str, Any]:
    """Return the `seconds` it took clients to report, and the sorted `milliseconds` of each."""
    arguments = [str(port), str(clients), str(cases), path]
    command = [sys.executable, "-m", "tests.bench._clients", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    seen: Mapping[str, Any] = json.loads(done.stdout)
    return seen


@contextmanager
def ours(node: RunningNode, workers: int) -> Iterator[Side]:
    """Run the product's web process."""
    environment = web_environment(os.environ, [str(node.file)], node.scratch / "web")
    environment["BACKSTOP_WEB_WORKERS"] = str(workers)
    command = web_command([node.settings.web_port], "127.0.0.1")
    with serving(node, "/api/v1/cases", command, environment) as side:
        yield side


@contextmanager
def bare(node: RunningNode, workers: int) -> Iterator[Side]:
    """Run the bare endpoint."""
    environment = process_environment(os.environ) | {"BENCH_NODE_FILE": str(node.file)}
    address = f"127.0.0.1:{node.settings.web_port}"
    options = ["-k", "asgi", "--workers", str(workers), "-b", address]
    command = [sys.executable, "-m", "gunicorn", *options, "tests.bench._bare:app"]
    with serving(node, "/bare", command, environment) as side:
        yield side


Turn = tuple[Served, Served]
"""Of ours, and of the bare endpoint next to it."""


def in_turns(here: Side, other: Side, given: argparse.Namespace) -> dict[int, list[Turn]]:
    """Ask both in turns with each number of clients, once everything is warm."""
    for side in (here, other):
        side.turn(max(CLIENTS), WARM)
    return {
        clients: [
            (here.turn(clients, given.cases), other.turn(clients, given.cases))
            for _ in range(given.rounds)
        ]
        for clients in CLIENTS
    }


def show(found: Mapping[int, Sequence[Turn]], workers: int) -> None:
    """Print two lines for each number of clients: medians of the turns, and the ratios' span."""
    say(f"{workers} workers, load {os.getloadavg()[0]:.0f}; processor: web + PostgreSQL")
    say(f"{'':<16}{'a second':>9}{'p50 ms':>8}{'p99 ms':>8}{'processor ms':>16}")
    for clients, turns in found.items():
        for name, side in zip(("ours", "bare"), zip(*turns, strict=True), strict=True):
            say(f"{clients:>2} clients  {name:<4}{_medians(side)}")
        rates = [here.rate / other.rate for here, other in turns]
        busy = [other.busy / here.busy for here, other in turns]
        say(f"{'':<12}ours : bare{_span(rates)} by the wall,{_span(busy)} by the processor")


def _medians(turns: Sequence[Served]) -> str:
    rate, half, highest, web, database = (
        median(getattr(turn, name) for turn in turns) for name in Served.__slots__
    )
    return f"{rate:>9.0f}{half:>8.1f}{highest:>8.1f}{web:>8.2f} + {database:.2f}"


def _span(ratios: Sequence[float]) -> str:
    return f" {median(ratios):.0%} ({min(ratios):.0%} to {max(ratios):.0%})"


def main() -> None:
    """Measure both and print them side by side."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--cases", type=int, default=400, help="registrations in each turn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with (
        standing() as stand,
        ours(stand.node("ours"), given.workers) as here,
        bare(stand.node("bare"), given.workers) as other,
    ):
        show(in_turns(here, other, given), given.workers)


if __name__ == "__main__":
    main()
