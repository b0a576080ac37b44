"""Sign-ins a second of one process, beside a bare check of the same password by argon2id.

Run with `./dev bench sign_in [--times 120]`. The whole application answers in this process, on a
PostgreSQL that writes through to the disk. Rounds of both take turns, so the ratio holds on a busy
machine; the best round of each counts.
"""

import argparse
import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backstop.migrate import migrate
from backstop.servers.postgres import PostgresServer
from services.portal.handlers.passwords import HASHER
from shared.security.actor import Role
from tests.bench._stand import say
from tests.whole.node import CITY, PASSWORD, WholeNode, settings_of

PEOPLE = 8
ROUNDS = 3
AT_ONCE = (1, 4)


@contextmanager
def standing() -> Iterator[WholeNode]:
    """Lend a node with some people who have passwords of their own."""
    folder = Path(tempfile.mkdtemp(prefix="backstop-bench-"))
    folder.chmod(0o711)
    try:
        with PostgresServer(folder / "postgres") as server:
            settings = settings_of(CITY, folder / "node", server.create_database("node"))
            migrate(settings.database_url)
            node = WholeNode(settings)
            for login in people():
                node.let_in(login, "李", Role.DISPATCHER, None)
            yield node
            node.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def people() -> list[str]:
    """Return the logins."""
    return [f"officer{n}" for n in range(PEOPLE)]


def bare(times: int) -> float:
    """Return how many checks a second one thread makes."""
    hashed = HASHER.hash(PASSWORD)
    began = time.perf_counter()
    for _ in range(times):
        HASHER.verify(hashed, PASSWORD)
    return times / (time.perf_counter() - began)


def sign_ins(node: WholeNode, times: int, at_once: int) -> float:
    """Return how many sign-ins a second the application makes, so many at once."""

    async def one(login: str) -> None:
        claimed = {"login": login, "password": PASSWORD}
        answer = await node.client.post("/api/v1/sessions", json=claimed)
        answer.raise_for_status()
        node.client.cookies.clear()

    async def all_of_them() -> None:
        for start in range(0, times, at_once):
            logins = [people()[n % PEOPLE] for n in range(start, start + at_once)]
            await asyncio.gather(*map(one, logins))

    began = time.perf_counter()
    node.loop.run(all_of_them())
    return times / (time.perf_counter() - began)


def main() -> None:
    """Measure both in turns and print them side by side."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--times", type=int, default=120)
    times = parser.parse_args().times
    with standing() as node:
        for at_once in AT_ONCE:
            rounds = [(sign_ins(node, times, at_once), bare(times)) for _ in range(ROUNDS)]
            ours, alone = (max(each) for each in zip(*rounds, strict=True))
            ratios = "  ".join(f"{mine / raw:.0%}" for mine, raw in rounds)
            say(f"{at_once} at once: {ours:6.1f} sign-ins/s")
            say(f"   bare argon2id, one thread: {alone:6.1f}/s")
            say(f"   ours : bare  {ours / alone:.0%}  (rounds: {ratios})")


if __name__ == "__main__":
    main()
