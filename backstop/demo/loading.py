"""Load the demonstration of a node: its catalogue, its accounts, its cases and their stories.

1. Units, items, place rules and accounts are put by the administrator.
2. Once intake has heard of the items, the cases are registered in the order in which they came.
3. The stories are played side by side; each waits until the node shows where it must end.

Everything is a call of the public API, and nothing is done twice: see `memory`.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from backstop.caller import (
    Call,
    CallRefused,
    Citizen,
    NodeCaller,
    open_client,
    until,
)
from backstop.demo.catalogue import (
    FOLDER,
    DemoAccount,
    has_demo,
    puts_of,
    read_catalogue,
)
from backstop.demo.memory import Known, Memory
from backstop.demo.playing import Stage, StoryStuck, play
from backstop.demo.story import Assigned, Stories, read_stories
from backstop.feed import lines
from backstop.progress import Trouble
from backstop.settings import NodeSettings
from services.sla.policy import WorkingCalendar
from shared.clock import utcnow
from shared.security.actor import Actor, ActorKind, Role
from shared.security.policy import IMPORT_SCOPE

HANDS = 6
"""Stories played at once: most of their time is waiting for the bus."""

FORGOTTEN = (
    "演示数据已经装入过，但装载记录丢失了；请用 ./dev run --fresh 重新开始。\n"
    "The demo was loaded before and its record is gone; begin anew with ./dev run --fresh."
)

Report = Mapping[str, Any]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What the demonstration of a node consists of, for the one who looks around in it."""

    node: str
    cases: int
    by_status: Mapping[str, int]
    """As loaded; what visitors have done since is not counted."""
    accounts: tuple[DemoAccount, ...]
    password: str
    """Of every account."""
    try_number: str
    try_code: str
    """Receipt of a case that has a result and waits for its rating."""
    seconds: float


def load_demo(settings: NodeSettings, base_url: str, tell: Tell) -> DemoReport:
    """Load what is not loaded yet and report; raise Trouble on a node that is no demonstration."""
    _refuse_real_nodes(settings)
    started = time.monotonic()
    stories, catalogue = read_stories(), read_catalogue(settings.code)
    with open_client(base_url) as client:
        caller = NodeCaller(settings, client)
        memory = _memory_of(settings, caller)
        stage = Stage(settings.code, caller, catalogue, memory)
        if not memory.told.finished:
            _load(stage, stories, settings.sla.promise.calendar, tell)
            memory.finish()
    return _report(stage, stories, time.monotonic() - started)


def memory_file(settings: NodeSettings) -> Path:
    """Return where the loader keeps what it has done at this node."""
    return settings.key_file.with_name(f"{settings.code}.demo.json")


def _refuse_real_nodes(settings: NodeSettings) -> None:
    if not settings.demo or not _is_loopback(settings.host):
        raise Trouble(
            "演示数据和演示账号只能装入演示节点：需要 BACKSTOP_DEMO=true，并且只监听本机地址。\n"
            "Demo cases and accounts are only for a node with BACKSTOP_DEMO=true that listens "
            "on a loopback address."
        )
    if not has_demo(settings.code):
        raise Trouble(f"没有节点 {settings.code} 的演示数据 · no demo for node {settings.code}")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _memory_of(settings: NodeSettings, caller: NodeCaller) -> Memory:
    now = utcnow()
    memory = Memory.read(memory_file(settings), now)
    first = next(iter(memory.told.lines.values()), None)
    if first is not None and not _is_there(caller, first):
        memory.begin_anew(now)
    memory.keep()
    return memory


def _is_there(caller: NodeCaller, known: Known) -> bool:
    try:
        caller.get(f"/api/v1/cases/{known.number}", Citizen(known.number, known.query_code))
    except CallRefused:
        return False
    return True


def _load(stage: Stage, stories: Stories, calendar: WorkingCalendar, tell: Tell) -> None:
    mine, told = stories.of_node(stage.node), _reports()
    with ThreadPoolExecutor(HANDS) as hands:
        if not stage.memory.told.furnished:
            _furnish(stage, hands)
            tell(
                f"演示：{len(stage.catalogue.units)} 个单位、{len(stage.catalogue.items)} 个事项、"
                f"{len(stage.catalogue.accounts)} 个账号 · units, items and accounts are there"
            )
        until("intake knows the items", lambda: _knows_items(stage, told, mine))
        _register_all(stage, told, mine, calendar)
        tell(f"演示：已登记 {len(mine)} 件 · {len(mine)} cases are registered")
        played = [hands.submit(play, stage, line, story) for line, story in mine.items()]
        for one in played:
            one.result()
    tell("演示：各件已办到各自的一步 · every case is where its story ends")


def _reports() -> dict[str, dict[str, Any]]:
    return {
        line.name: {name: told for name, told in line.report.items() if name != "received_at"}
        for line in lines(FOLDER / "cases.jsonl")
    }


def _furnish(stage: Stage, hands: ThreadPoolExecutor) -> None:
    administrator = stage.catalogue.with_role(Role.ADMINISTRATOR).actor(stage.node)

    def put(path_and_body: tuple[str, dict[str, Any]]) -> None:
        stage.caller.send(Call("PUT", *path_and_body), administrator)

    puts = puts_of(stage.catalogue, stage.node)
    units = len(stage.catalogue.units)
    # A unit needs the one above it, and everything else needs its unit.
    for unit in puts[:units]:
        put(unit)
    list(hands.map(put, puts[units:]))
    stage.memory.furnished()


def _knows_items(stage: Stage, told: Mapping[str, Report], mine: Mapping[str, Assigned]) -> bool:
    items = {told[line]["item"] for line in mine} - {None}
    return all(
        stage.caller.get("/api/v1/scope", item=item)["in_catalogue"] for item in sorted(items)
    )


def _register_all(
    stage: Stage,
    told: Mapping[str, Report],
    mine: Mapping[str, Assigned],
    calendar: WorkingCalendar,
) -> None:
    start = stage.memory.told.started_at
    came = {
        line: story.received.before(start, calendar)
        for line, story in mine.items()
        if story.received is not None and line not in stage.memory.told.lines
    }
    # One after the other: the numbers of a day count up in the order in which people came.
    for line in sorted(came, key=lambda one: came[one]):
        report = {**told[line], "received_at": came[line].isoformat()}
        _register(stage, line, mine[line], report)


def _register(stage: Stage, line: str, story: Assigned, report: Report) -> None:
    who = _importer(stage.node) if story.by is None else stage.actor(story.by, IMPORT_SCOPE)
    call = Call("POST", "/api/v1/cases", report, key=f"demo-{line}-register")
    try:
        answer = stage.caller.send(call, who)
    except CallRefused as refused:
        if refused.code == "idempotency_key_reused":
            raise Trouble(FORGOTTEN) from refused
        raise StoryStuck(f"{line}, register: {refused}") from refused
    stage.memory.registered(
        line,
        Known(
            case_id=answer["case_id"],
            number=answer["number"],
            query_code=answer["query_code"],
        ),
    )


def _importer(node: str) -> Actor:
    # People report by themselves here; only the time at which they did needs a right.
    return Actor(kind=ActorKind.SYSTEM, node=node, id="demo", scopes=frozenset({IMPORT_SCOPE}))


def _report(stage: Stage, stories: Stories, seconds: float) -> DemoReport:
    first = stage.memory.told.lines[stories.try_first]
    mine = stories.of_node(stage.node)
    return DemoReport(
        node=stage.node,
        cases=len(mine),
        by_status=Counter(str(story.ends) for story in mine.values()),
        accounts=stage.catalogue.accounts,
        password=stage.catalogue.password,
        try_number=first.number,
        try_code=first.query_code,
        seconds=seconds,
    )
