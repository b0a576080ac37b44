"""Kill every process, the broker and PostgreSQL under traffic; account for every confirmed case.

Run with `./dev chaos kill [--cases 2000] [--times 1] [--seed N]`. Each service of the node has a
bus process of its own; all of them, the web process and both servers are killed with SIGKILL, so
many times each, at moments of chance spread over the traffic. The books are kept outside the node:
what its API confirmed, against the rows of each service. It exits with 1 unless they are clean, or
if a process ended that nobody killed.
"""

import argparse
import random
from collections import Counter
from functools import partial
from pathlib import Path

from tests.chaos._stage import perform, running_apart, say, settles
from tests.system.kills import befall, every_kill
from tests.system.traffic import Traffic

PAUSE_SECONDS = 0.05


def run(given: argparse.Namespace, folder: Path) -> bool:
    """Put a node up, kill its parts one by one, and tell whether the account is clean."""
    with running_apart(folder) as node:
        traffic = Traffic(node, PAUSE_SECONDS, most=given.cases)
        faults = every_kill(node) * given.times
        say("seconds  confirmed")
        with traffic.flowing():
            befall(traffic, faults, random.Random(given.seed), say)  # noqa: S311  # to repeat it
        clean = settles(node, traffic)
        unbidden = node.ended() - Counter(dict.fromkeys(node.programs, given.times))
        say(f"ended though nobody killed them: {dict(unbidden) or 'none'}")
        return clean and not unbidden


def main() -> None:
    """Kill every part of a node on RabbitMQ under registration traffic."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--cases", type=int, default=2_000, help="registered meanwhile")
    parser.add_argument("--times", type=int, default=1, help="how often each part is killed")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))  # noqa: S311
    given = parser.parse_args()
    say(f"seed {given.seed}")
    perform(partial(run, given))


if __name__ == "__main__":
    main()
