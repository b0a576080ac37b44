"""The stage of `./dev chaos link --wire netns`: hosts of three tiers, one fault at a time."""

import argparse
import signal
import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import FrameType

from tests.chaos._account import Account, Ledger, all_effects, table
from tests.chaos._operator import Operator
from tests.chaos._stage import say
from tests.system.apart import NodesApart, nodes_apart
from tests.system.custody_watch import CustodyWatch
from tests.system.harness import RunningNode, eventually
from tests.system.link_books import left_in, stuck, unseen
from tests.system.link_stories import Case, gone_on_with, offer, order_in_work, registered, take
from tests.system.linked import links_of
from tests.system.namespaces import Namespace, sweep
from tests.system.node_books import in_words
from tests.system.traffic import Traffic

OFFERED = 4
PAUSE_SECONDS, MANY = 0.15, 2_000
"""Traffic, not a test of load, unless a backlog is to be made."""
SETTLE_SECONDS, SETTLE_SECONDS_PER_CASE = 300.0, 0.05
LOOK_SECONDS, SEEN_SECONDS = 0.5, 2.0
TOLD = "accounts.jsonl"


@dataclass
class Stage:
    """The nodes, who reports at the lowest, and what a fault may take back when it is over."""

    nodes: NodesApart
    given: argparse.Namespace
    folder: Path
    traffic: Traffic = field(init=False)
    account: Account = field(init=False)
    cases: int = 0
    undo: ExitStack = field(default_factory=ExitStack)
    """What is put back only when the books are closed."""

    @property
    def both(self) -> tuple[RunningNode, RunningNode]:
        """County, then city."""
        return self.nodes.both

    @property
    def patience(self) -> float:
        """For how many seconds something may take its time before it counts as stuck."""
        return SETTLE_SECONDS + self.cases * SETTLE_SECONDS_PER_CASE

    def hold(self, seconds: float | None = None) -> None:
        """Let a fault last: so long, and until everybody has reported."""
        begun = time.monotonic()
        lasts = self.given.hold if seconds is None else seconds
        eventually(
            "it has lasted, and everything is reported",
            lambda: self.is_reported() and time.monotonic() - begun >= lasts,
            lasts + self.patience,
            LOOK_SECONDS,
        )

    def is_reported(self) -> bool:
        """Tell whether every client has got its last answer."""
        return len(self.traffic.confirmed) + len(self.traffic.refused) >= self.cases

    def has_everything(self) -> bool:
        """Tell whether each node has what the others said, as far as links go."""
        return bool(
            self.is_reported()
            and all(node.is_ready() for node in self.nodes.all)
            and not any(_on_their_way(node) for node in self.nodes.all)
            and not any(unseen(node, self.traffic.confirmed) for node in self.nodes.all[1:])
        )

    def wait_for_everything(self) -> None:
        """Wait until each node has what the others said."""
        eventually("all have everything", self.has_everything, self.patience, LOOK_SECONDS)


def _on_their_way(node: RunningNode) -> int:
    left = stuck(node)
    return left["outgoing"] + left["unsent"] + left["waiting"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One fault, from its beginning to its end."""

    name: str
    about: str
    act: Callable[[Stage], None]
    is_watched: bool = True
    """Whether somebody looks all the time who holds which case: not while a database is away."""
    ends_link: bool = False
    """Whether nothing can follow it."""
    cases: str = "cases"
    """The option that says how many are reported."""


def run(given: argparse.Namespace, chosen: Sequence[Scenario], folder: Path) -> bool:
    """Let one fault after the other happen; tell whether all went well."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupted)
    sweep()
    accounts: list[Account] = []
    with ExitStack() as around:
        around.callback(lambda: say(f"\n{table(accounts)}"))
        nodes = around.enter_context(nodes_apart(folder / "nodes"))
        around.enter_context(nodes.running())
        for node in nodes.all:
            eventually("its links are up", partial(_is_joined, node), 90)
        _only_from_below(nodes)
        for each in chosen:
            accounts.append(_perform(each, Stage(nodes, given, folder)))
    return all(account.is_clean for account in accounts)


def _perform(scenario: Scenario, stage: Stage) -> Account:
    say(f"\n── {scenario.name}: {scenario.about}")
    stage.cases = int(getattr(stage.given, scenario.cases))
    pause = PAUSE_SECONDS if stage.cases <= MANY else 0.0
    stage.traffic = Traffic(stage.nodes.county, pause, most=stage.cases)
    stage.account = account = Account(scenario.name)
    watch, operator = CustodyWatch(stage.nodes), Operator(stage.nodes.all)
    try:
        with watch.watching() if scenario.is_watched else nullcontext(), operator.looking():
            _from_begin_to_end(scenario, stage)
    finally:
        stage.undo.close()
    account.saw = operator.in_words()
    account.custody_wrong = len(watch.wrong)
    account.notes += watch.wrong[:2]
    with (Path.cwd() / TOLD if stage.given.keep else stage.folder / TOLD).open("a") as file:
        file.write(account.line + "\n")
    say(account.line)
    return account


def _from_begin_to_end(scenario: Scenario, stage: Stage) -> None:
    account = stage.account
    if scenario.ends_link:
        _happen(scenario, stage)
        account.confirmed, account.catch_up_seconds = len(stage.traffic.confirmed), 0.0
        return
    before, left = Ledger.of(stage.nodes), _left(stage)
    offered = [_offered(stage, far=place % 2 > 0) for place in range(OFFERED)]
    _happen(scenario, stage)
    _caught_up(stage)
    account.stories = f"{_gone_on(stage, offered)}/{OFFERED}"
    _balance(stage, before, left, [case["case_id"] for case in offered])


def _happen(scenario: Scenario, stage: Stage) -> None:
    with stage.traffic.flowing():
        eventually(
            "people report",
            lambda: len(stage.traffic.confirmed) >= stage.cases // 5,
            stage.patience,
            LOOK_SECONDS,
        )
        begun = time.monotonic()
        scenario.act(stage)
        stage.account.fault_seconds = time.monotonic() - begun


def _caught_up(stage: Stage) -> None:
    begun = time.monotonic()
    try:
        stage.wait_for_everything()
    except AssertionError:
        stage.account.notes.append(f"stuck: {in_words(_left(stage))}")
        return
    stage.account.catch_up_seconds = time.monotonic() - begun


def _balance(stage: Stage, before: Ledger, left: dict[str, int], rated: Sequence[str]) -> None:
    account, traffic = stage.account, stage.traffic
    effects = partial(all_effects, stage.nodes, traffic.confirmed, rated)

    def is_level() -> bool:
        if _left(stage) != left or not stage.has_everything():
            return False
        wrong = Ledger.of(stage.nodes).since(before)
        in_books = (wrong["lost"], wrong["twice"], wrong["out_of_order"])
        return not any((*in_books, *effects().values()))

    def looks() -> bool:
        level = is_level()
        if not level:
            say(f"  {in_words(_left(stage))}   {in_words(Ledger.of(stage.nodes).since(before))}")
        return level

    try:
        eventually("the books are clean", looks, stage.patience, SEEN_SECONDS)
    except AssertionError:
        account.notes.append(f"stuck: {in_words(_left(stage))}")
    told = Ledger.of(stage.nodes).since(before)
    wrong = effects()
    account.confirmed, account.said = len(traffic.confirmed), told["said"]
    account.lost = told["lost"] + wrong["missing"]
    account.twice = told["twice"] + wrong["twice"]
    account.unasked, account.out_of_order = told["unasked"], told["out_of_order"]
    account.sent_again = traffic.again.total()
    account.notes += traffic.refused[:2]


def _left(stage: Stage) -> dict[str, int]:
    return left_in(stage.nodes)


def _offered(stage: Stage, *, far: bool) -> Case:
    """Offer a case to the city; `far` one to the province as well, which lets it through."""
    county, city, province = stage.nodes.all
    case = registered(county)
    offer(county, city, case)
    if far:
        take(city, case)
        order_in_work(city, case)
        offer(city, province, case)
    return {**case, "far": far}


def _gone_on(stage: Stage, offered: Sequence[Case]) -> int:
    def is_closed(case: Case) -> bool:
        county, city, province = stage.nodes.all
        try:
            gone_on_with(case, county, province if case["far"] else city)
        except AssertionError as error:
            stage.account.notes.append(str(error)[:200])
            return False
        return True

    with ThreadPoolExecutor(OFFERED) as people:
        return sum(people.map(is_closed, offered))


def _is_joined(node: RunningNode) -> bool:
    return all(link["state"] == "up" for link in links_of(node))


def _only_from_below(nodes: NodesApart) -> None:
    """Make sure that nothing of a host can be dialled from the next one above."""
    for line, (below, above) in zip(nodes.lines, pairwise(nodes.all), strict=True):
        ports = [
            below.settings.web_port,
            nodes.broker_of(below).port,
            nodes.broker_of(below).link_port,
            nodes.databases[below.settings.code].port,
        ]
        open_to = partial(answers, line.above.space, line.below.address)
        assert not any(open_to(int(port or 0)) for port in ports)
        broker = nodes.broker_of(above)
        assert answers(line.below.space, broker.link_host, broker.link_port)


def answers(space: Namespace, host: str, port: int) -> bool:
    """Tell whether somebody takes a connection that is dialled from a host."""
    with space.entered():
        try:
            socket.create_connection((host, port), timeout=3).close()
        except OSError:
            return False
    return True


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
