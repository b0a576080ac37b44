"""Sudden ends under traffic: a node whose services run in several processes loses nothing."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import kombu
import pytest

from backstop.servers.postgres import PostgresServer
from backstop.servers.processes import is_running
from backstop.servers.rabbitmq import RabbitServer
from shared.bus.topology import EXCHANGE
from tests.system.database_faults import (
    MARKING,
    disk_full,
    locked,
    marks_held_back,
    read_only,
    waits,
)
from tests.system.harness import RunningNode, eventually
from tests.system.kills import befall, every_kill, stopped
from tests.system.linked import furnish
from tests.system.node_books import SAID, UNFINISHED, WITHIN, balanced, count
from tests.system.test_story import REPORT
from tests.system.traffic import Traffic

pytestmark = [pytest.mark.system, pytest.mark.long]

CASES = 150
"""Thousands in `./dev chaos kill`."""
PAUSE_SECONDS = 0.1
GROUPS = (("intake", "dispatch"), ("sla", "notify"), ("portal", "review", "link"))
"""One bus process for each; in `./dev chaos` every service has its own."""
RELAY = "bus-intake"
HEARERS = "bus-portal"
WAITING_CASES = 50
HEARD = "SELECT id FROM portal.journal"
PARKED = " UNION ALL ".join(
    f"SELECT reason FROM {name}.parked"  # noqa: S608
    for group in GROUPS
    for name in group
)
UNSENT = "SELECT id FROM intake.outbox WHERE sent_at IS NULL"


@dataclass
class Apart:
    """A node with several bus processes, and all that it ever confirmed."""

    node: RunningNode
    confirmed: list[str] = field(default_factory=list)

    def traffic(self, most: int | None = None, pause: float = 0.0) -> Traffic:
        return Traffic(self.node, pause, most, self.confirmed)


@pytest.fixture(scope="module")
def apart(
    own_postgres: PostgresServer, migrated: str, broker: RabbitServer, scratch: Path
) -> Iterator[Apart]:
    """A node that nobody else talks to: every row of it can be accounted for."""
    database = own_postgres.create_database("apart", migrated)
    bus = broker.create_vhost("apart")
    node = RunningNode.build(scratch / "apart", database, bus)
    node.groups = GROUPS
    node.servers = [broker, own_postgres]
    try:
        node.start()
        furnish(node)
        yield Apart(node)
    finally:
        node.stop()


def unheard(node: RunningNode) -> int:
    """Count the facts that the portal has not heard."""
    return len(node.rows(SAID)) - len(node.rows(HEARD))


@contextmanager
def overheard(node: RunningNode, speaker: str) -> Iterator[Callable[[], Counter[str]]]:
    """Listen beside the services; what is yielded counts what was said so far by its id."""
    heard: Counter[str] = Counter()
    with kombu.Connection(node.settings.bus_url) as bus:
        channel = bus.channel()
        queue = channel.queue_declare("overheard", exclusive=True).queue
        channel.queue_bind(queue, EXCHANGE, f"{speaker}.#")

        def told() -> Counter[str]:
            while message := channel.basic_get(queue, no_ack=True):
                heard.update(each["id"] for each in json.loads(message.body))
            return heard

        yield told


def test_every_process_and_server_killed_once_in_traffic_loses_and_doubles_nothing(
    apart: Apart,
) -> None:
    node, before = apart.node, apart.node.ended()
    traffic = apart.traffic(CASES, PAUSE_SECONDS)

    with traffic.flowing():
        befall(traffic, every_kill(node), random.Random(20260302))  # noqa: S311  # to repeat it

    assert (traffic.begun, traffic.refused) == (CASES, [])
    balanced(node, apart.confirmed)
    assert node.ended() - before == Counter(list(node.programs)), "who was not killed must live on"


def test_connections_cut_in_traffic_leave_every_process_alive(
    apart: Apart, broker: RabbitServer
) -> None:
    before = apart.node.ended()

    with apart.traffic().flowing():
        broker.control("close_all_connections", "a test")

    balanced(apart.node, apart.confirmed)
    assert apart.node.ended() == before


def test_while_the_broker_is_stopped_every_registration_is_confirmed_at_once(
    apart: Apart, broker: RabbitServer
) -> None:
    traffic = apart.traffic(WAITING_CASES)

    with stopped(broker):
        with traffic.flowing():
            pass
        assert count(apart.node, WITHIN)["unsent"] >= WAITING_CASES

    assert (traffic.begun, traffic.again, traffic.refused) == (WAITING_CASES, Counter(), [])
    balanced(apart.node, apart.confirmed)


def test_hearers_that_were_down_work_off_what_waited_each_effect_once(apart: Apart) -> None:
    node = apart.node

    with node.without(HEARERS):
        with apart.traffic(WAITING_CASES).flowing():
            pass
        eventually("the others are done", lambda: not any(count(node, UNFINISHED).values()))
        assert unheard(node) > 6 * WAITING_CASES

    balanced(node, apart.confirmed)


def test_a_relay_killed_between_publish_and_mark_says_it_again_and_no_effect_comes_twice(
    apart: Apart,
) -> None:
    node = apart.node

    with overheard(node, "intake") as told:
        with node.without(RELAY):
            with apart.traffic(20).flowing():
                pass
            waiting = [str(each) for (each,) in node.rows(UNSENT)]
            locks = ExitStack()
            locks.enter_context(marks_held_back(node, "intake"))
        with locks:
            eventually("what was published is to be marked", lambda: node.rows(MARKING))
            relay = node.crash(RELAY)
            eventually("the relay ended", lambda: not is_running(relay))
        balanced(node, apart.confirmed)
        times = told()

    assert len(waiting) >= 20
    assert [each for each in waiting if times[each] < 2] == []


@pytest.mark.parametrize("fault", [disk_full, locked, read_only])
def test_while_the_database_refuses_people_are_told_hearers_wait_and_then_all_goes_through(
    apart: Apart, fault: Callable[[RunningNode, list[str]], AbstractContextManager[None]]
) -> None:
    node = apart.node
    before = waits(node)
    written = ["intake.cases", *(f"{service}.inbox" for service in GROUPS[-1])]

    with ExitStack() as during:
        with node.without(HEARERS):
            with apart.traffic(20).flowing():
                pass
            during.enter_context(fault(node, written))
        refused = node.client.post("/api/v1/cases", json=REPORT)
        eventually("they wait", lambda: set(waits(node) - before) >= set(GROUPS[-1]))
        # It has acknowledged nothing of what it could not write.
        node.crash(HEARERS)

    says_try_again(refused)
    balanced(node, apart.confirmed)
    assert node.rows(PARKED) == []


def says_try_again(answer: httpx.Response) -> None:
    problem = answer.json()
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE, answer.text
    assert answer.headers["Retry-After"] == "5"
    assert "请稍后再试" in problem["detail"]
    assert "try again shortly" in problem["detail_en"]
