"""Stop the broker for minutes while people register; measure, start it, and account for all.

Run with `./dev chaos outage [--seconds 120] [--before 20] [--pause 0.15]`. Nothing but the broker
is away: every registration must be confirmed at the first try, and flow on once it is back. It
exits with 1 if one was not, or unless the books are clean in the end.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import mean, quantiles

from tests.chaos._stage import perform, running_apart, say, settles
from tests.system.kills import stopped
from tests.system.node_books import WITHIN, count, in_words
from tests.system.traffic import Traffic


@contextmanager
def measured(what: str, traffic: Traffic) -> Iterator[None]:
    """Tell how many registrations were confirmed while the block ran, and how soon each."""
    begun, before = time.monotonic(), len(traffic.took)
    yield
    took, lasted = traffic.took[before:], time.monotonic() - begun
    slow = quantiles(took, n=20)[-1]
    say(
        f"{what:<14}{len(took):>6} confirmed in {lasted:5.1f} s   {len(took) / lasted:5.1f} /s   "
        f"each after {1000 * mean(took):.0f} ms, 95 % within {1000 * slow:.0f}"
    )


def run(given: argparse.Namespace, folder: Path) -> bool:
    """Put a node up, take its broker away under traffic, and tell whether all is well."""
    with running_apart(folder) as node:
        broker, _postgres = node.servers
        traffic = Traffic(node, given.pause)
        with traffic.flowing():
            with measured("broker there", traffic):
                time.sleep(given.before)
            with stopped(broker):
                with measured("broker away", traffic):
                    time.sleep(given.seconds)
                say(f"waits: {in_words(count(node, WITHIN))}")
        clean = settles(node, traffic)
        return clean and not traffic.again


def main() -> None:
    """Stop the broker of a node under registration traffic."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="how long it is away")
    parser.add_argument("--before", type=float, default=20.0, help="traffic for comparison")
    parser.add_argument("--pause", type=float, default=0.15, help="between two of one client")
    perform(partial(run, parser.parse_args()))


if __name__ == "__main__":
    main()
