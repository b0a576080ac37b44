"""Fill PostgreSQL's disk, lock its tables, let it only read, under traffic; account for all.

Run with `./dev chaos database [--seconds 15]` as an account that may mount: the tables are on a
small disk in memory, which is really full for so long. People must be told to try again, hearers
must wait, nothing may be parked. It exits with 1 unless that is so and the books are clean.
"""

import argparse
import errno
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from backstop.servers.accounts import account_for, make_folder
from backstop.suite import MEMBERS
from tests.chaos._stage import SETTLE_SECONDS, perform, running_apart, say, settles
from tests.system.database_faults import locked, read_only, waits
from tests.system.harness import RunningNode, eventually
from tests.system.node_books import in_words
from tests.system.traffic import Traffic

SIZE = "96m"
CHUNK_BYTES = 65_536
PAUSE_SECONDS = 0.1
CALM_SECONDS = 3.0
WRITTEN = ["intake.cases", *(f"{name}.inbox" for name in MEMBERS)]


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a disk that PostgreSQL may use and anybody can fill."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", folder], check=True)  # noqa: S607
    try:
        make_folder(folder / "tables", account_for("postgres"))
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)  # noqa: S607


@contextmanager
def disk_full(disk: Path) -> Iterator[None]:
    """Fill what is left of a disk."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(CHUNK_BYTES))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
    try:
        yield
    finally:
        ballast.unlink()


def befalls(
    node: RunningNode, traffic: Traffic, seconds: float, fault: AbstractContextManager[None]
) -> None:
    """Let a fault last so long under traffic; tell what it did to people and to hearers."""
    waited, again, before = waits(node), traffic.again.copy(), len(traffic.confirmed)
    with fault:
        time.sleep(seconds)
    over, confirmed = time.monotonic(), len(traffic.confirmed)
    eventually("people register", lambda: len(traffic.confirmed) > confirmed, SETTLE_SECONDS)
    say(f"  {confirmed - before} confirmed meanwhile, again {time.monotonic() - over:.1f} s after")
    for why, times in (traffic.again - again).items():
        say(f"  {times} times: {why}")
    say(f"  hearers waited: {in_words(waits(node) - waited)}")
    time.sleep(CALM_SECONDS)


def run(given: argparse.Namespace, folder: Path) -> bool:
    """Put a node up on a small disk, let its database refuse, and tell whether all is well."""
    with small_disk(folder / "disk") as disk, running_apart(folder, disk / "tables") as node:
        faults = {
            "the disk is full": disk_full(disk),
            "tables are locked": locked(node, WRITTEN),
            "the server only reads": read_only(node, WRITTEN),
        }
        traffic = Traffic(node, PAUSE_SECONDS)
        with traffic.flowing():
            time.sleep(CALM_SECONDS)
            for what, fault in faults.items():
                say(what)
                befalls(node, traffic, given.seconds, fault)
        return settles(node, traffic)


def main() -> None:
    """Let the database of a node refuse its work for a while under registration traffic."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seconds", type=float, default=15.0, help="how long each fault lasts")
    perform(partial(run, parser.parse_args()))


if __name__ == "__main__":
    main()
