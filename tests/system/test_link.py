"""Two nodes on two buses and two databases, and a line between them that does what lines do."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from backstop.servers.postgres import PostgresServer
from backstop.servers.processes import is_running
from backstop.servers.rabbitmq import RabbitServer
from backstop.supervise import STOP_WITHIN_SECONDS
from shared.clock import utcnow
from tests.system.command_line import backstop
from tests.system.courier import Courier
from tests.system.custody_watch import CustodyWatch
from tests.system.every_story import EveryStory
from tests.system.harness import RunningNode, T, eventually
from tests.system.link_books import LOOK_SECONDS, balanced
from tests.system.link_stories import (
    STORIES,
    Case,
    gone_on_with,
    offer,
    registered,
    reopened,
    solved_above,
    take,
    work,
)
from tests.system.linked import LinkedNodes, link_of
from tests.system.shuffler import Shuffler
from tests.system.traffic import persist

pytestmark = [pytest.mark.system, pytest.mark.long]

MESSAGES = 700
CASES = 120
"""Link tells six facts of each before anybody works on it; thousands in `./dev chaos link`."""
OFFERED = 3
WAITING_OFFER = (
    "SELECT 1 FROM link.outgoing WHERE content LIKE '%hand_over_offered%' AND content LIKE :case"
)
MOVED = "UPDATE dispatch.hand_overs SET answered_at = answered_at"
WAITING = "SELECT sum(jsonb_array_length(content::jsonb->'facts')) FROM link.outgoing"


@pytest.fixture(scope="module")
def linked(
    own_postgres: PostgresServer, broker: RabbitServer, scratch: Path
) -> Iterator[LinkedNodes]:
    """County and city, running."""
    with LinkedNodes.build(scratch / "linked", own_postgres, broker).running() as nodes:
        for node in nodes.both:
            eventually("the link is up", lambda n=node: link_of(n)["state"] == "up")  # type: ignore[misc]
        yield nodes


@pytest.fixture
def watch(linked: LinkedNodes) -> Iterator[CustodyWatch]:
    """Somebody who looks all the time who holds which case; it must always be one."""
    with CustodyWatch(linked).watching() as watch:
        yield watch
    for wire in linked.wires.values():
        wire.mend()  # whatever became of the test
    assert watch.wrong == []
    assert watch.seen


class TestInProcess(EveryStory):
    """Written into each other's bus."""


class TestBundle(EveryStory):
    """By hand, while the wire is cut."""

    @pytest.fixture(scope="class")
    @classmethod
    def carried(cls, linked: LinkedNodes, scratch: Path) -> Iterator[LinkedNodes]:
        courier = Courier([node.settings for node in linked.both], scratch / "bundles")
        with linked.apart(), courier.carrying():
            yield linked
        assert courier.trips


def test_a_line_that_was_down_for_hundreds_of_messages_loses_none_and_doubles_none(
    linked: LinkedNodes, watch: CustodyWatch
) -> None:
    county, city = linked.both
    begun = utcnow()
    for wire in linked.wires.values():
        wire.cut()
    confirmed = in_parallel(*[partial(persist, county)] * CASES)
    offered = [registered(county) for _ in range(OFFERED)]
    for case in offered:
        offer(county, city, case)
    eventually("they wait for the city", lambda: waiting(county) >= MESSAGES, 90, LOOK_SECONDS)
    eventually("it is quiet", lambda: link_of(county)["state"] == "quiet", 90, LOOK_SECONDS)
    link = link_of(county)
    assert link["unsent"] > 0
    assert begun < datetime.fromisoformat(link["oldest_at"]) < utcnow()

    for wire in linked.wires.values():
        wire.mend()
    with ExitStack() as hands:
        for shuffler in shufflers(linked):
            hands.enter_context(shuffler.dealing())
        in_parallel(lambda: county.kill("bus"), lambda: city.kill("bus"))
        in_parallel(*(partial(gone_on_with, case, county, city) for case in offered))

    balanced(linked, [*confirmed, *(case["case_id"] for case in offered)])


def test_messages_twice_and_out_of_order_change_no_story(
    linked: LinkedNodes, watch: CustodyWatch
) -> None:
    with ExitStack() as hands:
        dealing = [hands.enter_context(one.dealing()) for one in shufflers(linked)]
        stories = (solved_above, reopened, *STORIES[1:-1])
        in_parallel(*(partial(story, *linked.both) for story in stories))

    assert all(one.taken and one.dealt == 2 * one.taken for one in dealing)
    balanced(linked)


def test_a_bus_process_ends_in_time_though_its_neighbour_does_not_answer(
    linked: LinkedNodes, watch: CustodyWatch
) -> None:
    county, wire = linked.county, linked.wires[linked.county.settings.code]
    pid = county.supervisor.pid("bus")
    assert pid is not None
    wire.silence()
    case = registered(county)
    eventually("it tries in vain", lambda: link_of(county)["unsent"])

    county.supervisor.restart("bus")
    try:
        eventually("the process has ended", lambda: not is_running(pid), STOP_WITHIN_SECONDS)
    finally:
        wire.mend()
    county.wait_until_ready()
    balanced(linked, [case["case_id"]])


def test_a_case_goes_up_and_comes_back_by_hand_while_the_wire_is_cut(
    linked: LinkedNodes, watch: CustodyWatch, tmp_path: Path
) -> None:
    county, city = linked.both
    for wire in linked.wires.values():
        wire.cut()
    case = registered(county)
    offer(county, city, case)
    _by_hand(county, city, case, tmp_path / "up")
    take(city, case)
    work(city, case)
    _by_hand(city, county, case, tmp_path / "down")

    eventually("the county has the result", lambda: answered_here(county, case))
    twice = backstop(county, "link", "import", tmp_path / "down")
    assert twice[0] == 0
    assert "new 0" in twice[1]
    for wire in linked.wires.values():
        wire.mend()
    balanced(linked, [case["case_id"]])


def _by_hand(sender: RunningNode, to: RunningNode, case: Case, file: Path) -> None:
    sought = {"case": f"%{case['case_id']}%"}
    eventually("the offer waits", lambda: sender.rows(WAITING_OFFER, **sought))
    exported = backstop(sender, "link", "export", to.settings.code, file)
    assert exported[0] == 0, exported[1]
    imported = backstop(to, "link", "import", file)
    assert imported[0] == 0, imported[1]


def answered_here(node: RunningNode, case: Case) -> bool:
    query = "SELECT 1 FROM dispatch.cases WHERE case_id = :case AND here AND state = 'finished'"
    return bool(node.rows(query, case=case["case_id"]))


def test_ledgers_that_agree_are_told_and_a_row_changed_by_hand_is_named(
    linked: LinkedNodes, watch: CustodyWatch
) -> None:
    county, city = linked.both
    case = solved_above(county, city)
    balanced(linked, [case["case_id"]])
    assert backstop(county, "link", "reconcile")[0] == 0

    county.change(f"{MOVED} + interval '900 days' WHERE case_id = :case", case=case["case_id"])
    status, told = backstop(county, "link", "reconcile")
    assert status == 1
    assert str(case["number"]) in told
    assert str(case["number"]) in backstop(city, "link", "status")[1]

    county.change(f"{MOVED} - interval '900 days' WHERE case_id = :case", case=case["case_id"])
    assert backstop(city, "link", "reconcile")[0] == 0
    assert str(case["number"]) not in backstop(county, "link", "status")[1]


def shufflers(linked: LinkedNodes) -> list[Shuffler]:
    """One hand for each direction."""
    county, city = linked.both
    return [
        Shuffler(to.settings.bus_url, who.settings.code, random.Random(7))  # noqa: S311
        for who, to in ((county, city), (city, county))
    ]


def waiting(node: RunningNode) -> int:
    """Facts that a neighbour has not receipted."""
    [(number,)] = node.rows(WAITING)
    return int(number or 0)


def in_parallel(*acts: Callable[[], T]) -> list[T]:
    """Let several clients act; return what each was answered, in their order."""
    with ThreadPoolExecutor(4) as clients:
        return [each.result() for each in [clients.submit(act) for act in acts]]
