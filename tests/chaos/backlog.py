"""Let thousands of events wait for a hearer that is down; start it, measure, and account for all.

Run with `./dev chaos backlog [--events 10000]`. The hearer is the portal, which hears everything
that is said. It exits with 1 unless it hears what waited, with each effect once.
"""

import argparse
import re
import time
from functools import partial
from pathlib import Path

from tests.chaos._stage import SETTLE_SECONDS, perform, running_apart, say, settles
from tests.system.harness import RunningNode, eventually
from tests.system.node_books import LOOK_SECONDS, SAID, UNFINISHED, count
from tests.system.traffic import Traffic

HEARER = "bus-portal"
OFTEN_SECONDS = 0.1
PAUSE_SECONDS = 0.02
HEARD = "SELECT count(*) FROM portal.journal"
MEBI = 1024


def wait_behind(node: RunningNode, traffic: Traffic, events: int) -> None:
    """Let people register until so many events wait for the hearer and nothing else is open."""
    with traffic.flowing():
        eventually("enough", lambda: unheard(node) >= events, SETTLE_SECONDS, LOOK_SECONDS)
    eventually(
        "the others are done",
        lambda: not any(count(node, UNFINISHED).values()),
        SETTLE_SECONDS,
        LOOK_SECONDS,
    )


def drained(node: RunningNode, waited: int) -> None:
    """Tell how fast what waited is heard, from the first of it to the last."""
    begun = time.monotonic()
    before = heard(node)
    eventually("the first", lambda: heard(node) > before, pause=OFTEN_SECONDS)
    first, done = time.monotonic(), heard(node) - before
    eventually("all", lambda: not unheard(node), SETTLE_SECONDS, OFTEN_SECONDS)
    lasted = time.monotonic() - first
    say(f"first heard {first - begun:.1f} s after its start")
    say(f"{waited - done} events in {lasted:.1f} s   {(waited - done) / lasted:.0f} events/s")


def heard(node: RunningNode) -> int:
    [(number,)] = node.rows(HEARD)
    return int(number)


def unheard(node: RunningNode) -> int:
    [(said,)] = node.rows(f"SELECT count(*) FROM ({SAID}) AS said")  # noqa: S608
    return int(said) - heard(node)


def memory(node: RunningNode) -> str:
    """Return what the hearer's process holds now, and held at the most."""
    pid = node.supervisor.pid(HEARER)
    told = dict(re.findall(r"(\w+):\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text()))
    return f"{int(told['VmRSS']) / MEBI:.0f} MB, at the most {int(told['VmHWM']) / MEBI:.0f} MB"


def run(given: argparse.Namespace, folder: Path) -> bool:
    """Put a node up, let events wait for its portal, and tell whether all is well."""
    with running_apart(folder) as node:
        traffic = Traffic(node, PAUSE_SECONDS)
        say(f"the hearer at rest: {memory(node)}")
        with node.without(HEARER):
            wait_behind(node, traffic, given.events)
            waited = unheard(node)
            say(f"{waited} events of {len(traffic.confirmed)} cases wait")
        drained(node, waited)
        say(f"the hearer afterwards: {memory(node)}")
        return settles(node, traffic)


def main() -> None:
    """Stop a hearer under traffic, start it, and measure how it works off what waited."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--events", type=int, default=10_000, help="that wait for the hearer")
    perform(partial(run, parser.parse_args()))


if __name__ == "__main__":
    main()
