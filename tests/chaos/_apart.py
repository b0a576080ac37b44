"""The stage of `./dev chaos link --wire netns`: two hosts, people at both, one fault at a time."""

import argparse
import signal
import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType

from tests.chaos._account import Account, Ledger, effects_of, table
from tests.chaos._operator import Operator
from tests.chaos._stage import say
from tests.system.apart import NodesApart, nodes_apart
from tests.system.custody_watch import CustodyWatch
from tests.system.harness import RunningNode, eventually
from tests.system.link_books import stuck, unseen
from tests.system.link_stories import Case, gone_on_with, offer, registered
from tests.system.linked import COUNTY, link_of
from tests.system.namespaces import Namespace, sweep
from tests.system.node_books import in_words
from tests.system.traffic import Traffic

OFFERED = 4
PAUSE_SECONDS, MANY = 0.15, 2_000
"""Traffic, not a test of load, unless a backlog is to be made."""
SETTLE_SECONDS = 300.0
LOOK_SECONDS, SEEN_SECONDS = 0.5, 2.0
TOLD = "accounts.jsonl"


@dataclass
class Stage:
    """Both nodes, who reports at the lower one, and what a fault may take back when it is over."""

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

    def hold(self, seconds: float | None = None) -> None:
        """Let a fault last: so long, and until everybody has reported."""
        begun = time.monotonic()
        lasts = self.given.hold if seconds is None else seconds
        eventually(
            "it has lasted, and everything is reported",
            lambda: self.is_reported() and time.monotonic() - begun >= lasts,
            lasts + SETTLE_SECONDS,
            LOOK_SECONDS,
        )

    def is_reported(self) -> bool:
        """Tell whether every client has got its last answer."""
        return len(self.traffic.confirmed) + len(self.traffic.refused) >= self.cases

    def has_everything(self) -> bool:
        """Tell whether each node has what the other one said, as far as links go."""
        return bool(
            self.is_reported()
            and all(node.is_ready() for node in self.both)
            and not any(stuck(node)["outgoing"] for node in self.both)
            and not any(stuck(node)["unsent"] + stuck(node)["waiting"] for node in self.both)
            and not unseen(self.nodes.city, self.traffic.confirmed)
        )

    def wait_for_everything(self) -> None:
        """Wait until each node has what the other one said."""
        eventually("both have everything", self.has_everything, SETTLE_SECONDS, LOOK_SECONDS)


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
        for node in nodes.both:
            eventually("the link is up", lambda n=node: link_of(n)["state"] == "up", 90)  # type: ignore[misc]
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
    watch, operator = CustodyWatch(stage.nodes), Operator(stage.both)
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
    offered = [_offered(stage) for _ in range(OFFERED)]
    _happen(scenario, stage)
    _caught_up(stage)
    account.stories = f"{_gone_on(stage, offered)}/{OFFERED}"
    _balance(stage, before, left)


def _happen(scenario: Scenario, stage: Stage) -> None:
    with stage.traffic.flowing():
        eventually(
            "people report",
            lambda: len(stage.traffic.confirmed) >= stage.cases // 5,
            SETTLE_SECONDS,
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


def _balance(stage: Stage, before: Ledger, left: dict[str, int]) -> None:
    account, traffic = stage.account, stage.traffic

    def is_level() -> bool:
        if _left(stage) != left or not stage.has_everything():
            return False
        wrong = Ledger.of(stage.nodes).since(before)
        effects = effects_of(stage.nodes.county, traffic.confirmed)
        return not any((wrong["lost"], wrong["twice"], wrong["out_of_order"], *effects))

    def looks() -> bool:
        level = is_level()
        if not level:
            say(f"  {in_words(_left(stage))}   {in_words(Ledger.of(stage.nodes).since(before))}")
        return level

    try:
        eventually("the books are clean", looks, SETTLE_SECONDS, SEEN_SECONDS)
    except AssertionError:
        account.notes.append(f"stuck: {in_words(_left(stage))}")
    told = Ledger.of(stage.nodes).since(before)
    missing, twice = effects_of(stage.nodes.county, traffic.confirmed)
    account.confirmed, account.said = len(traffic.confirmed), told["said"]
    account.lost = told["lost"] + missing + unseen(stage.nodes.city, traffic.confirmed)
    account.twice = told["twice"] + twice
    account.unasked, account.out_of_order = told["unasked"], told["out_of_order"]
    account.sent_again = traffic.again.total()
    account.notes += traffic.refused[:2]


def _left(stage: Stage) -> dict[str, int]:
    county, city = (stuck(node) for node in stage.both)
    return {what: county[what] + city[what] for what in county}


def _offered(stage: Stage) -> Case:
    case = registered(stage.nodes.county)
    offer(stage.nodes.county, stage.nodes.city, case)
    return case


def _gone_on(stage: Stage, offered: Sequence[Case]) -> int:
    def is_closed(case: Case) -> bool:
        try:
            gone_on_with(case, *stage.both)
        except AssertionError as error:
            stage.account.notes.append(str(error)[:200])
            return False
        return True

    with ThreadPoolExecutor(OFFERED) as people:
        return sum(people.map(is_closed, offered))


def _only_from_below(nodes: NodesApart) -> None:
    """Make sure that nothing of the lower host can be dialled from the upper one."""
    county, city = nodes.both
    ports = [
        county.settings.web_port,
        nodes.broker_of(county).port,
        nodes.databases[COUNTY].port,
    ]
    open_to = partial(answers, nodes.line.above.space)
    assert not any(open_to(nodes.line.below.address, int(port or 0)) for port in ports)
    above = nodes.broker_of(city)
    assert answers(nodes.line.below.space, above.link_host, above.link_port)


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
