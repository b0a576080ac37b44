"""How long `./dev run` takes to the open portal and to the loaded demo, and what memory it holds.

Run with `./dev bench start [--bus rabbitmq] [--clone]`. Each start is a real one, on a folder and
ports of its own; nothing of it is left. With `--clone` the first start is that of a fresh clone,
its environment and page libraries included, which needs a package index.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT

import httpx

from backstop.servers.processes import descendants
from backstop.state import ROOT, VARIABLE
from tests.system.harness import free_pair

GREETED = "Ctrl-C ends all of it"
LONGEST_START = 180.0
LONGEST_CLONE = 1200.0
POLL_SECONDS = 0.02
TIERS = 3
Condition = Callable[[], bool]
KILOBYTES = 1024

NAMES = {
    "backstop.bus_main": "bus process",
    "gunicorn: master": "web, master",
    "gunicorn: worker": "web, worker",
    "postgres": "PostgreSQL",
    "guardian": "guardian",
    "rabbit": "RabbitMQ",
    "beam.smp": "RabbitMQ",
    "erl_child": "RabbitMQ",
    "inet_gethost": "RabbitMQ",
    "epmd": "RabbitMQ",
    "backstop run": "launcher",
}
"""What a process is, by a part of its command line; the first that fits."""


@dataclass(frozen=True, slots=True)
class Start:
    """What one start took, in seconds from the command."""

    what: str
    portal: float
    demo: float
    stopped: float


@dataclass(slots=True)
class Bench:
    """Where the starts happen, and what they have in common."""

    folder: Path
    options: Sequence[str]
    port: int

    @contextmanager
    def started(self, checkout: Path, *more: str) -> Iterator[subprocess.Popen[bytes]]:
        """Lend a `./dev run`; it is ended afterwards, however far it came."""
        environment = dict(os.environ) | {
            VARIABLE: str(self.folder / "state"),
            "BACKSTOP_WEB_PORT": str(self.port),
        }
        with self.output.open("wb") as written:
            process = subprocess.Popen(
                [sys.executable, str(checkout / "dev"), "run", *self.options, *more],
                cwd=checkout,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(SIGINT)
            process.wait()

    @property
    def output(self) -> Path:
        return self.folder / "output"

    def has_greeted(self) -> bool:
        return GREETED in self.output.read_text(encoding="utf-8", errors="replace")

    def is_open(self) -> bool:
        """Tell whether the portal of every tier answers."""
        try:
            urls = [f"http://127.0.0.1:{self.port - tier}/" for tier in range(TIERS)]
            return all(httpx.get(url, trust_env=False).is_success for url in urls)
        except httpx.TransportError:
            return False

    def measure(self, what: str, checkout: Path, *more: str) -> tuple[Start, dict[str, int]]:
        """Start, wait for portal and greeting, weigh, stop; return times and memory by name."""
        longest = LONGEST_CLONE if checkout != ROOT else LONGEST_START
        begun = time.monotonic()
        with self.started(checkout, *more) as process:
            self._wait(process, self.is_open, begun + longest)
            portal = time.monotonic() - begun
            self._wait(process, self.has_greeted, begun + longest)
            demo = time.monotonic() - begun
            weighed = memory([process.pid, *descendants(process.pid)])
            stopping = time.monotonic()
        return Start(what, portal, demo, time.monotonic() - stopping), weighed

    def _wait(self, process: subprocess.Popen[bytes], condition: Condition, until: float) -> None:
        while not condition():
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"no start:\n{self.output.read_text(errors='replace')[-3000:]}")
            time.sleep(POLL_SECONDS)


def memory(pids: Sequence[int]) -> dict[str, int]:
    """Return the proportional memory in kB by name; where that is secret, the resident one."""
    found: Counter[str] = Counter()
    for pid in pids:
        command = _read(pid, "cmdline").replace("\0", " ")
        name = next((name for part, name in NAMES.items() if part in command), "other")
        found[name] += _kilobytes(_read(pid, "smaps_rollup"), "Pss:") or _kilobytes(
            _read(pid, "status"), "VmRSS:"
        )
    return dict(found)


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _kilobytes(text: str, field: str) -> int:
    lines = [line.split() for line in text.splitlines() if line.startswith(field)]
    return int(lines[0][1]) if lines else 0


def show(starts: Sequence[Start], weighed: Sequence[dict[str, int]]) -> None:
    """Print both tables; the first start is weighed just after it loaded the demo."""
    lines = [f"{'seconds':<34}{'portal open':>14}{'demo loaded':>14}{'stopped in':>14}"]
    lines += [
        f"{one.what:<34}{one.portal:>14.1f}{one.demo:>14.1f}{one.stopped:>14.1f}" for one in starts
    ]
    lines += ["", f"{'memory (PSS), MB':<34}{'first start':>14}{'second start':>14}"]
    for name in sorted(weighed[-1], key=lambda each: -weighed[-1][each]):
        lines.append(f"{name:<34}" + "".join(f"{_mb(one.get(name, 0)):>14}" for one in weighed))
    sums = "".join(f"{_mb(sum(one.values())):>14}" for one in weighed)
    lines.append(f"{'all processes':<34}{sums}")
    sys.stdout.write("\n".join(lines) + "\n")


def _mb(kilobytes: int) -> str:
    return f"{kilobytes / KILOBYTES:.0f}"


def main() -> None:
    """Measure a first and a second start, on request that of a fresh clone before them."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--bus", choices=("embedded", "rabbitmq"), default="embedded")
    parser.add_argument("--clone", action="store_true", help="also from a fresh clone")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="backstop-bench-"))
    folder.chmod(0o711)
    bench = Bench(folder, ["--bus", given.bus], free_pair(TIERS))
    try:
        starts = []
        if given.clone:
            clone = folder / "clone"
            subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)  # noqa: S607
            starts.append(bench.measure("fresh clone, with set-up", clone)[0])
        first, loaded = bench.measure("first start, prepared machine", ROOT, "--fresh")
        second, rested = bench.measure("second start", ROOT)
        show([*starts, first, second], [loaded, rested])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
