"""Registrations a second over HTTP at 1, 4 and 8 clients, beside a bare FastAPI insert.

Run with `./dev bench register [--cases 1200] [--workers 2]`. The web process is the product's own,
with nothing else of the node running. The bare endpoint runs under the same gunicorn, with as many
workers and connections, and inserts the same rows with constants in them.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from backstop.processes import process_environment, web_command, web_environment
from tests.bench._stand import ROOT, say, standing
from tests.system.harness import RunningNode, eventually

CLIENTS = (1, 4, 8)
WARM = 100
"""Registrations before anything is measured: plans and pools are made by then."""


@dataclass(frozen=True, slots=True)
class Served:
    """What so many clients got."""

    rate: float
    median: float
    highest: float
    """Of 99 in 100; both in milliseconds."""


@contextmanager
def serving(
    node: RunningNode, command: Sequence[str], environment: Mapping[str, str]
) -> Iterator[int]:
    """Run a web process until the block ends; yield its port."""
    port = node.settings.web_port
    with (node.scratch / "web.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=dict(environment), stdout=log, stderr=subprocess.STDOUT
        )
    try:
        eventually("the web process answers", lambda: answers(port))
        yield port
    finally:
        process.terminate()
        process.wait()


def answers(port: int) -> bool:
    """Tell whether somebody answers, whatever."""
    try:
        httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
    except httpx.TransportError:
        return False
    return True


def measure(port: int, path: str, clients: int, cases: int) -> Served:
    """Let clients report and return what they saw."""
    arguments = [str(port), str(clients), str(cases), path]
    command = [sys.executable, "-m", "tests.bench._clients", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    seen = json.loads(done.stdout)
    took = seen["milliseconds"]
    return Served(len(took) / seen["seconds"], took[len(took) // 2], took[len(took) * 99 // 100])


def of_each(port: int, path: str, cases: int) -> dict[int, Served]:
    """Measure with each number of clients, once everything is warm."""
    measure(port, path, 4, WARM)
    return {clients: measure(port, path, clients, cases) for clients in CLIENTS}


def ours(node: RunningNode, workers: int, cases: int) -> dict[int, Served]:
    """Measure the product's web process."""
    environment = web_environment(os.environ, [str(node.file)], node.scratch / "web")
    environment["BACKSTOP_WEB_WORKERS"] = str(workers)
    command = web_command([node.settings.web_port], "127.0.0.1")
    with serving(node, command, environment) as port:
        return of_each(port, "/api/v1/cases", cases)


def bare(node: RunningNode, workers: int, cases: int) -> dict[int, Served]:
    """Measure the bare endpoint."""
    environment = process_environment(os.environ) | {"BENCH_NODE_FILE": str(node.file)}
    options = [
        "-k",
        "asgi",
        "--workers",
        str(workers),
        "-b",
        f"127.0.0.1:{node.settings.web_port}",
    ]
    command = [sys.executable, "-m", "gunicorn", *options, "tests.bench._bare:app"]
    with serving(node, command, environment) as port:
        return of_each(port, "/bare", cases)


def show(found: Mapping[int, Served], beside: Mapping[int, Served], workers: int) -> None:
    """Print one line for each number of clients."""
    say(f"{workers} workers       registrations/s  p50 ms  p99 ms    bare/s  ours : bare")
    for clients, one in found.items():
        other = beside[clients]
        say(
            f"{clients:>2} clients {one.rate:>20.0f}{one.median:>8.1f}{one.highest:>8.1f}"
            f"{other.rate:>10.0f}{one.rate / other.rate:>12.0%}"
        )


def main() -> None:
    """Measure both and print them side by side."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--cases", type=int, default=1200)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with standing() as stand:
        found = ours(stand.node("ours"), given.workers, given.cases)
        beside = bare(stand.node("bare"), given.workers, given.cases)
        show(found, beside, given.workers)


if __name__ == "__main__":
    main()
