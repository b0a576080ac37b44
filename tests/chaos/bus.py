"""Kill bus process, web, broker and PostgreSQL under traffic; account for every confirmed case.

Run with `./dev chaos bus [--seconds 45] [--seed N]`. The books are kept outside the node: what
its API confirmed, against the rows of each service. It exits with 1 unless they are clean.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL
from uuid import uuid4

import httpx

from backstop.servers.postgres import PostgresServer
from backstop.servers.rabbitmq import RabbitServer
from backstop.suite import MEMBERS
from shared.security.actor import Role
from tests.system.harness import CODE, RunningNode, eventually

CLIENTS = 4
PAUSE_SECONDS = 0.15
"""Between two reports of one client: traffic, not a test of load."""
CALM_SECONDS = (1.0, 4.0)
SETTLE_SECONDS = 180.0
LOOK_SECONDS = 2.0
ITEM = "食品经营许可"
REPORT = {
    "region": CODE,
    "channel": "web",
    "reporter": {"kind": "person", "name": "张三丰", "phone": "13812345678"},
    "title": "食品经营许可证提交二十天没有回音",
    "text": "材料网上提交，系统显示已接收，二十天了没有受理。",
    "item": ITEM,
    "attempts": 2,
}

MESSAGES = "SELECT case_id FROM notify.messages WHERE purpose = '{}' AND state = 'delivered'"
ONE_PER_CASE: Mapping[str, str] = {
    "intake.cases": "SELECT case_id FROM intake.cases",
    "dispatch.orders": "SELECT case_id FROM dispatch.orders",
    "sla.clocks, citizen": "SELECT case_id FROM sla.clocks WHERE kind = 'citizen'",
    "review.cases": "SELECT case_id FROM review.cases",
    "portal.cases": "SELECT case_id FROM portal.cases",
    "journal, registered": (
        "SELECT subject_id FROM portal.journal WHERE name = 'intake.case_registered.v1'"
    ),
    "journal, dispatched": (
        "SELECT subject_id FROM portal.journal WHERE name = 'dispatch.order_dispatched.v1'"
    ),
    "message, receipt": MESSAGES.format("receipt"),
    "message, promise": MESSAGES.format("promise"),
    "message, dispatched": MESSAGES.format("dispatched"),
}
"""What has exactly one row for each case once everything has been heard."""


@dataclass(slots=True)
class Traffic:
    """Clients that report until told to stop, each report again until it is answered."""

    base_url: str
    confirmed: list[str] = field(default_factory=list)
    unanswered: int = 0
    refused: list[str] = field(default_factory=list)
    repeated: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """Report while the block runs, and until every report begun in it is answered."""
        clients = [threading.Thread(target=self._report_on_and_on) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            yield
        finally:
            self.over.set()
            for client in clients:
                client.join()

    def _report_on_and_on(self) -> None:
        with httpx.Client(base_url=self.base_url, timeout=10, trust_env=False) as client:
            while not self.over.wait(PAUSE_SECONDS):
                self._report(client)

    def _report(self, client: httpx.Client) -> None:
        key = {"Idempotency-Key": str(uuid4())}
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = client.post("/api/v1/cases", json=REPORT, headers=key)
            except httpx.TransportError:
                self.repeated += 1
                time.sleep(PAUSE_SECONDS)
                continue
            if answer.is_success:
                self.confirmed.append(answer.json()["case_id"])
                return
            if not answer.is_server_error:
                self.refused.append(f"{answer.status_code} {answer.text[:200]}")
                return
            self.repeated += 1
            time.sleep(PAUSE_SECONDS)
        self.unanswered += 1


@dataclass(slots=True)
class Storm:
    """The faults that may befall a node, and when they did."""

    node: RunningNode
    broker: RabbitServer
    postgres: PostgresServer
    chance: random.Random

    def rage(self, seconds: float) -> None:
        """Let one fault follow the other until the time is over, with some calm between them."""
        faults: Sequence[tuple[str, Callable[[], None]]] = (
            ("bus process killed", lambda: self._kill_process("bus")),
            ("web process killed", lambda: self._kill_process("web")),
            ("broker killed", self._kill_broker),
            ("broker restarted", self.broker.restart),
            ("PostgreSQL killed", self._kill_postgres),
            ("PostgreSQL restarted", self.postgres.restart),
        )
        begun = time.monotonic()
        # Each at least once, if the time allows, then whatever comes.
        due = self.chance.sample(faults, len(faults))
        while time.monotonic() - begun < seconds:
            what, happen = due.pop() if due else self.chance.choice(faults)
            say(f"{time.monotonic() - begun:6.1f} s  {what}")
            happen()
            time.sleep(self.chance.uniform(*CALM_SECONDS))

    def _kill_process(self, name: str) -> None:
        pid = self.node.supervisor.pid(name)
        if pid is not None:
            kill(pid)

    def _kill_broker(self) -> None:
        self.broker.kill()
        self.broker.start()

    def _kill_postgres(self) -> None:
        self.postgres.kill()
        self.postgres.start()


@dataclass(frozen=True, slots=True)
class Books:
    """One line of the account: rows against confirmations."""

    what: str
    rows: int
    lost: int
    twice: int
    unasked: int
    """Rows of cases that no client was ever told of."""

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.twice or self.unasked)


def account(node: RunningNode, confirmed: Sequence[str]) -> list[Books]:
    """Compare every table with what was confirmed."""
    expected = set(confirmed)
    books = []
    for what, query in ONE_PER_CASE.items():
        found = [str(case_id) for (case_id,) in node.rows(query)]
        known = set(found)
        books.append(
            Books(
                what,
                rows=len(found),
                lost=len(expected - known),
                twice=len(found) - len(known),
                unasked=len(known - expected),
            )
        )
    return books


def stuck(node: RunningNode) -> dict[str, int]:
    """Count what is still on its way, or parked."""
    open_rows = {
        "unsent": "SELECT 1 FROM {}.outbox WHERE sent_at IS NULL",
        "waiting": "SELECT 1 FROM {}.waiting",
        "parked": "SELECT 1 FROM {}.parked WHERE ended_at IS NULL",
    }
    found = {
        what: len(node.rows(" UNION ALL ".join(query.format(name) for name in MEMBERS)))
        for what, query in open_rows.items()
    }
    undelivered = "SELECT 1 FROM notify.messages WHERE state <> 'delivered'"
    return {**found, "messages not delivered": len(node.rows(undelivered))}


def in_words(left: Mapping[str, int]) -> str:
    """Return what is still on its way as a line."""
    return "   ".join(f"{what} {number}" for what, number in left.items())


def furnish(node: RunningNode) -> None:
    """Give the node a unit and an item, so that each report is accepted and dispatched."""
    administrator = node.as_role(Role.ADMINISTRATOR)
    unit = {"title": "县市场监督管理局", "region": CODE, "phone": "0564-8621234"}
    node.ask("PUT", "/api/v1/units/SCJGJ", administrator, json=unit)
    item = {"title": ITEM, "kind": "licence", "unit_code": "SCJGJ", "complexity": "ordinary"}
    node.ask("PUT", "/api/v1/items/SPJYXK", administrator, json=item)
    known = "SELECT 1 FROM intake.items WHERE title = :title"
    eventually("intake knows the item", lambda: node.rows(known, title=ITEM))


def settled(node: RunningNode, confirmed: Sequence[str]) -> bool:
    """Wait until the node is ready, nothing stuck and nothing lost; tell whether that came."""
    begun = time.monotonic()
    while time.monotonic() - begun < SETTLE_SECONDS:
        ready, left = node.is_ready(), stuck(node)
        if ready and not any(left.values()) and not any(x.lost for x in account(node, confirmed)):
            return True
        told = "ready" if ready else "not ready"
        say(f"{time.monotonic() - begun:6.1f} s  {told}, {in_words(left)}")
        # Seldom: who looks all the time slows down what is to settle.
        time.sleep(LOOK_SECONDS)
    return False


def report(node: RunningNode, traffic: Traffic) -> bool:
    """Print the account; tell whether it is clean."""
    say(
        f"\nconfirmed {len(traffic.confirmed)}   sent again {traffic.repeated}   "
        f"never answered {traffic.unanswered}   refused {len(traffic.refused)}"
    )
    for told in traffic.refused[:3]:
        say(f"  {told}")
    books, left = account(node, traffic.confirmed), stuck(node)
    say(f"\n{'one row per case in':<26}{'rows':>8}{'lost':>8}{'twice':>8}{'unasked':>9}")
    for one in books:
        say(f"{one.what:<26}{one.rows:>8}{one.lost:>8}{one.twice:>8}{one.unasked:>9}")
    say(f"\nstuck: {in_words(left)}")
    clean = all(one.is_clean for one in books) and not any(left.values())
    return clean and not traffic.refused and not traffic.unanswered


def kill(pid: int) -> None:
    """End a process as a crash would; one that has just ended by itself is as good."""
    with suppress(ProcessLookupError):
        os.kill(pid, SIGKILL)


def say(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run(folder: Path, seconds: float, seed: int) -> bool:
    """Put a node up, let the storm pass over it, and tell whether the account is clean."""
    with ExitStack() as servers:
        postgres = servers.enter_context(PostgresServer(folder / "postgres", durable=False))
        broker = servers.enter_context(RabbitServer(folder / "rabbitmq", [CODE]))
        database = postgres.create_database("chaos")
        node = RunningNode.build(folder / "node", database, broker.url(CODE))
        node.start()
        servers.callback(node.stop)
        furnish(node)
        traffic = Traffic(node.base_url)
        storm = Storm(node, broker, postgres, random.Random(seed))  # noqa: S311  # to repeat it
        with traffic.flowing():
            storm.rage(seconds)
        say("\ncalm")
        calm = time.monotonic()
        done = settled(node, traffic.confirmed)
        state = "settled" if done else "NOT settled"
        say(f"\n{state} {time.monotonic() - calm:.1f} s after the last fault")
        return report(node, traffic) and done


def main() -> None:
    """Kill and restart parts of a node on RabbitMQ under registration traffic."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seconds", type=float, default=45.0, help="how long the faults last")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))  # noqa: S311
    given = parser.parse_args()
    say(f"seed {given.seed}")
    folder = Path(tempfile.mkdtemp(prefix="backstop-chaos-"))
    folder.chmod(0o711)
    clean = run(folder, given.seconds, given.seed)
    if clean:
        shutil.rmtree(folder)
    say("\nclean" if clean else f"\nNOT CLEAN; logs and data: {folder}")
    sys.exit(0 if clean else 1)


if __name__ == "__main__":
    main()
