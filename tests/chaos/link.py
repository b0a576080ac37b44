"""Stop the carrier between two nodes for thousands of messages, start it, and count both sides.

Run with `./dev chaos link [--carrier shovel] [--cases 1000] [--seconds 40] [--seed N]`; `--help`
tells the rest. County and city run as two hosts have them. First the line between them is down
while some cases are offered to the city and so many are reported at the county; then it is mended,
and what waited drains. Then people act at both while the line doubles and shuffles, breaks and
falls silent, and bus processes are killed; where shovels carry, brokers too, also all at once. The
books are kept outside: what the APIs confirmed and what each node said, against what the other
wrote down. It exits with 1 unless they are clean and each case had one holder always.

With `--wire netns` they are hosts in network namespaces, and one fault after the other happens
between them, each with an account of its own (`_faults.py`).
"""

import argparse
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from backstop.servers.postgres import PostgresServer
from backstop.servers.rabbitmq import RabbitServer
from backstop.servers.server import start_together
from shared.clock import utcnow
from tests.chaos._apart import run as run_apart
from tests.chaos._faults import NAMES, chosen
from tests.chaos._stage import perform, say
from tests.system.custody_watch import CustodyWatch
from tests.system.harness import RunningNode, eventually
from tests.system.link_books import books_of, is_clean, left_in, stuck, unseen
from tests.system.link_stories import STORIES, Case, gone_on_with, offer, registered
from tests.system.linked import LinkedNodes, link_of
from tests.system.namespaces import NoNamespaces
from tests.system.node_books import in_words
from tests.system.shuffler import Shuffler
from tests.system.traffic import persist
from tests.system.wire import Cable

CLIENTS = 4
OFFERED = 10
TELLERS = 3
"""Who plays one story after the other while the faults happen."""
CALM_SECONDS = (1.0, 4.0)
FLAPS, FLAP_SECONDS = 8, 0.6
LOOK_SECONDS = 1.0
SETTLE_SECONDS = 1_200.0
FACTS = "SELECT count(*) FROM link.facts"
LETTERS = "SELECT count(*), sum(jsonb_array_length(content::jsonb->'facts')) FROM link.outgoing"


@dataclass(slots=True)
class Backlog:
    """What waited at the county when the line was mended."""

    letters: int
    facts: int
    age: float
    """Seconds since the oldest letter was written."""

    @classmethod
    def of(cls, node: RunningNode) -> "Backlog":
        """Ask the operator's door, and count."""
        told = link_of(node)
        [(letters, facts)] = node.rows(LETTERS)
        oldest = datetime.fromisoformat(told["oldest_at"])
        backlog = cls(letters, facts, (utcnow() - oldest).total_seconds())
        say(f"the operator reads: {told['state']}, unsent {told['unsent']}, oldest {oldest:%T}")
        say(f"counted: {letters} letters, {facts} facts, the oldest {backlog.age:.0f} s old")
        return backlog


@dataclass
class Storm:
    """The faults that may befall the link, and when they did."""

    nodes: LinkedNodes
    chance: random.Random
    told: list[Case] = field(default_factory=list)
    """Stories that came to their end."""
    broken: list[str] = field(default_factory=list)

    def rage(self, seconds: float) -> None:
        """Let one fault follow the other until the time is over, while people act."""
        begun = time.monotonic()
        with ExitStack() as around:
            for shuffler in self._shufflers():
                around.enter_context(shuffler.dealing())
            around.enter_context(self._people())
            faults = self._faults()
            due = self.chance.sample(faults, len(faults))
            while time.monotonic() - begun < seconds:
                what, happen = due.pop() if due else self.chance.choice(faults)
                say(f"{time.monotonic() - begun:6.1f} s  {what}")
                happen()
                time.sleep(self.chance.uniform(*CALM_SECONDS))

    def _faults(self) -> Sequence[tuple[str, Callable[[], None]]]:
        county, city = self.nodes.both
        killed = [
            ("the county's bus process killed", partial(_kill_bus, county)),
            ("the city's bus process killed", partial(_kill_bus, city)),
        ]
        return [*killed, *(self._of_shovels() if self.nodes.brokers else self._of_lines())]

    def _of_shovels(self) -> Sequence[tuple[str, Callable[[], None]]]:
        [wire] = set(self.nodes.wires.values())
        county, city = (self.nodes.brokers[node.settings.code] for node in self.nodes.both)
        return [
            ("the line down", partial(self._while, wire.cut)),
            ("the line silent", partial(self._while, wire.silence)),
            ("the line one-way", partial(self._while, wire.silence_answers)),
            ("the line flapping", partial(self._flap, wire)),
            ("the city's broker stopped", partial(self._restart, city)),
            ("the county's broker killed", partial(self._kill, county)),
            ("the city's broker killed", partial(self._kill, city)),
            ("both brokers killed", partial(self._kill, county, city)),
            ("both brokers and bus processes killed", self._kill_all),
        ]

    def _while(self, break_: Callable[[], None]) -> None:
        break_()
        self._later()
        for wire in self.nodes.wires.values():
            wire.mend()

    def _flap(self, wire: Cable) -> None:
        for _ in range(FLAPS):
            wire.cut()
            time.sleep(self.chance.uniform(0, FLAP_SECONDS))
            wire.mend()
            time.sleep(self.chance.uniform(0, FLAP_SECONDS))

    def _restart(self, broker: RabbitServer) -> None:
        broker.stop()
        self._later()
        broker.start()

    def _kill(self, *brokers: RabbitServer) -> None:
        for broker in brokers:
            broker.kill()
        self._later()
        start_together(brokers)

    def _kill_all(self) -> None:
        for node in self.nodes.both:
            _kill_bus(node)
        self._kill(*self.nodes.brokers.values())

    def _later(self) -> None:
        time.sleep(self.chance.uniform(*CALM_SECONDS))

    def _of_lines(self) -> Sequence[tuple[str, Callable[[], None]]]:
        up, down = (self.nodes.wires[node.settings.code] for node in self.nodes.both)
        return [
            ("the line to the city down", partial(self._while, up.cut)),
            ("the line to the county down", partial(self._while, down.cut)),
            ("the line to the city silent", partial(self._while, up.silence)),
            ("the line to the county silent", partial(self._while, down.silence)),
        ]

    def _shufflers(self) -> list[Shuffler]:
        if self.nodes.brokers:
            return []  # a letter that does not come out of its shovel's exchange is refused
        county, city = self.nodes.both
        return [
            Shuffler(to.settings.bus_url, who.settings.code, self.chance)
            for who, to in ((county, city), (city, county))
        ]

    @contextmanager
    def _people(self) -> Iterator[None]:
        over = threading.Event()
        tellers = [threading.Thread(target=self._tell, args=(over,)) for _ in range(TELLERS)]
        for teller in tellers:
            teller.start()
        try:
            yield
        finally:
            over.set()
            for teller in tellers:
                teller.join()

    def _tell(self, over: threading.Event) -> None:
        while not over.is_set():
            story = self.chance.choice(STORIES)
            try:
                self.told.append(story(*self.nodes.both))
            except Exception as error:  # noqa: BLE001  # whatever it was, the account shall name it
                self.broken.append(f"{story.__name__}: {error!r}"[:300])


def _kill_bus(node: RunningNode) -> None:
    if node.supervisor.pid("bus") is not None:
        node.crash("bus")


def stopped(nodes: LinkedNodes, cases: int, pause: float) -> tuple[list[str], list[Case]]:
    """Let so many cases be confirmed while the line is down, some of them offered to the city."""
    for wire in nodes.wires.values():
        wire.cut()
    begun = time.monotonic()
    offered = [registered(nodes.county) for _ in range(OFFERED)]
    for case in offered:
        offer(nodes.county, nodes.city, case)
    with ThreadPoolExecutor(CLIENTS) as clients:
        report_one = partial(_report, nodes.county, pause)
        confirmed = list(clients.map(report_one, range(cases)))
    say(f"{time.monotonic() - begun:6.1f} s  {cases} cases confirmed, the line is down")
    within = ("unsent", "waiting")
    eventually(
        "the county has told its link everything",
        lambda: not any(stuck(nodes.county)[what] for what in within),
        SETTLE_SECONDS,
        LOOK_SECONDS,
    )
    say(f"{time.monotonic() - begun:6.1f} s  everything waits for the city")
    return [*confirmed, *(case["case_id"] for case in offered)], offered


def _report(node: RunningNode, pause: float, _number: int) -> str:
    time.sleep(pause)
    return persist(node)


def drained(nodes: LinkedNodes, confirmed: Sequence[str], backlog: Backlog) -> None:
    """Mend the line and tell how fast what waited came over, and was heard behind the link."""
    for wire in nodes.wires.values():
        wire.mend()
    begun = time.monotonic()
    before = _arrived(nodes.city)
    eventually("receipts", partial(_is_receipted, nodes, begun), SETTLE_SECONDS, LOOK_SECONDS)
    over = time.monotonic() - begun
    eventually("heard", partial(_is_heard, nodes, confirmed), SETTLE_SECONDS, LOOK_SECONDS)
    heard = time.monotonic() - begun
    facts = _arrived(nodes.city) - before
    say(
        f"\ndrained {backlog.letters} letters with {backlog.facts} facts: receipts after "
        f"{over:.1f} s ({backlog.letters / over:.0f} letters/s), {facts} facts heard by every "
        f"service of the city after {heard:.1f} s ({facts / heard:.0f} facts/s)"
    )


def _arrived(node: RunningNode) -> int:
    [(number,)] = node.rows(FACTS)
    return int(number)


def _is_receipted(nodes: LinkedNodes, begun: float) -> bool:
    left = stuck(nodes.county)["outgoing"]
    say(f"{time.monotonic() - begun:6.1f} s  letters left {left}, {_arrived(nodes.city)} arrived")
    return not left


def _is_heard(nodes: LinkedNodes, confirmed: Sequence[str]) -> bool:
    left = stuck(nodes.city)
    return not (left["unsent"] or left["waiting"] or unseen(nodes.city, confirmed))


def settled(nodes: LinkedNodes, confirmed: Sequence[str]) -> bool:
    """Wait until the books are clean; tell whether that came."""
    begun = time.monotonic()
    while time.monotonic() - begun < SETTLE_SECONDS:
        if all(node.is_ready() for node in nodes.both) and is_clean(nodes, confirmed):
            say(f"\nsettled {time.monotonic() - begun:.1f} s after the last fault")
            return True
        say(f"{time.monotonic() - begun:6.1f} s  {in_words(left_in(nodes))}")
        time.sleep(LOOK_SECONDS)
    say("\nNOT settled")
    return False


def report(nodes: LinkedNodes, confirmed: Sequence[str], watch: CustodyWatch) -> bool:
    """Print the account; tell whether it is clean."""
    directions = {"county → city": nodes.both, "city → county": nodes.both[::-1]}
    books = {way: books_of(*pair) for way, pair in directions.items()}
    for way, each in books.items():
        say(f"{way}   {each.in_words}")
    missing, left = unseen(nodes.city, confirmed), left_in(nodes)
    say(f"confirmed {len(confirmed)}   of these not seen once at the city {missing}")
    say(f"stuck: {in_words(left)}")
    say(
        f"custody: looked {watch.looks} times, {watch.seen} times at a case at both nodes in one "
        f"moment, {len(watch.moved)} holders, wrong {len(watch.wrong)}"
    )
    for wrong in watch.wrong[:3]:
        say(f"  {wrong}")
    clean = all(each.is_clean for each in books.values())
    return clean and not (missing or any(left.values()) or watch.wrong)


def run(given: argparse.Namespace, folder: Path) -> bool:
    """Put two nodes up, stop and storm the line between them, and tell whether all is clean."""
    with ExitStack() as around:
        postgres = around.enter_context(PostgresServer(folder / "postgres", durable=False))
        if given.carrier == "shovel":
            built = around.enter_context(LinkedNodes.by_shovel(folder / "nodes", postgres))
        else:
            broker = around.enter_context(RabbitServer(folder / "rabbitmq"))
            built = LinkedNodes.build(folder / "nodes", postgres, broker)
        nodes = around.enter_context(built.running())
        storm = Storm(nodes, random.Random(given.seed))  # noqa: S311  # to repeat it
        with CustodyWatch(nodes).watching() as watch:
            confirmed, offered = stopped(nodes, given.cases, given.pause)
            drained(nodes, confirmed, Backlog.of(nodes.county))
            with ThreadPoolExecutor(CLIENTS) as people:
                list(people.map(lambda case: gone_on_with(case, *nodes.both), offered))
            say(f"{len(offered)} cases offered meanwhile were taken, worked off and closed\n")
            storm.rage(given.seconds)
            say("\ncalm")
            done = settled(nodes, confirmed)
        say(f"stories that came to their end {len(storm.told)}, broken off {len(storm.broken)}")
        for broken in storm.broken[:3]:
            say(f"  {broken}")
        return report(nodes, confirmed, watch) and done and not storm.broken


def between_hosts(given: argparse.Namespace) -> None:
    """Run the faults between two hosts; their namespaces are gone at the end, whatever comes."""
    try:
        perform(partial(run_apart, given, chosen(given.only)))
    except NoNamespaces as error:
        sys.exit(f"no network namespaces, which take root and iproute2: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted")


def main() -> None:
    """Stop, double, shuffle and break the link between two nodes under traffic."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--carrier", choices=["in_process", "shovel"], default="in_process")
    parser.add_argument(
        "--cases", type=int, help="while the line is down, 1000; between hosts in each fault, 500"
    )
    parser.add_argument(
        "--pause", type=float, default=0.0, help="of a client between reports: more letters"
    )
    parser.add_argument("--seconds", type=float, default=40.0, help="how long the faults last")
    parser.add_argument(
        "--wire", choices=["proxy", "netns"], default="proxy", help="netns: hosts of their own"
    )
    parser.add_argument("--only", nargs="+", choices=NAMES, help="of the faults between hosts")
    parser.add_argument("--backlog", type=int, default=50_000, help="cases of the fault backlog")
    parser.add_argument("--hold", type=float, default=40.0, help="seconds a fault lasts")
    parser.add_argument("--keep", action="store_true", help="add the accounts to a file here")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))  # noqa: S311
    given = parser.parse_args()
    given.cases = given.cases or (500 if given.wire == "netns" else 1_000)
    if given.wire == "netns":
        between_hosts(given)
    say(f"seed {given.seed}")
    perform(partial(run, given))


if __name__ == "__main__":
    main()
