"""Load the demonstration of several nodes: catalogues, accounts, cases and their stories.

1. Units, items and place rules are put by the administrator of each node.
2. Once its intake has heard of the items, a node's cases are registered as they came.
3. The stories are played side by side, through all nodes that they touch; each waits until the
   node of origin shows where it must end. Accounts are put meanwhile.

Everything is a call of the public API, and nothing is done twice: see `memory`.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from ipaddress import ip_address
from pathlib import Path

import httpx

from backstop.caller import CallRefused, Citizen, NodeCaller, open_client
from backstop.demo.catalogue import has_demo, read_catalogue
from backstop.demo.furnishing import furnish, let_in, read_reports, register_all
from backstop.demo.memory import Known, Memory
from backstop.demo.playing import Hall, Halls, play
from backstop.demo.reporting import DemoReport, report_of
from backstop.demo.story import Assigned, Stories, read_stories
from backstop.progress import Trouble
from backstop.settings import NodeSettings
from shared.clock import utcnow

HANDS = 8
"""Stories played at once: most of their time is waiting for the bus."""

Tell = Callable[[str], None]


def load_demo(nodes: Sequence[tuple[NodeSettings, str]], tell: Tell) -> list[DemoReport]:
    """Load what is not loaded yet at these nodes, each with its address; report on each.

    Trouble is raised, before anything is done, if one of them is no demonstration.
    """
    for settings, _ in nodes:
        _refuse_real_nodes(settings)
    started, stories = time.monotonic(), read_stories()
    with ExitStack() as clients:
        told = [(node, clients.enter_context(open_client(url))) for node, url in nodes]
        halls = {node.code: _hall(node, client) for node, client in told}
        fresh = [hall for hall in halls.values() if not hall.memory.told.finished]
        if fresh:
            _load(halls, fresh, stories.within(halls), tell)
    _tell_of_gaps(halls, tell)
    seconds = time.monotonic() - started
    return [report_of(halls, hall, stories, seconds) for hall in halls.values()]


def memory_file(settings: NodeSettings) -> Path:
    """Return where the loader keeps what it has done with the cases of this node."""
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


def _hall(settings: NodeSettings, client: httpx.Client) -> Hall:
    caller = NodeCaller(settings, client)
    return Hall(
        node=settings.code,
        calendar=settings.sla.promise.calendar,
        caller=caller,
        catalogue=read_catalogue(settings.code),
        memory=_memory_of(settings, caller),
    )


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


def _load(halls: Halls, fresh: Sequence[Hall], stories: Stories, tell: Tell) -> None:
    bare = [hall for hall in fresh if not hall.memory.told.furnished]
    with ThreadPoolExecutor(HANDS) as hands, ThreadPoolExecutor(1) as one_hand:
        furnish(bare, hands)
        # Nobody signs in before all is told, so the accounts need not keep the stories waiting.
        accounts = one_hand.submit(let_in, bare)
        if bare:
            tell(f"演示：{_equipment(bare)} · units and items are there")
        _tell_stories(
            halls, {hall.node: stories.of_node(hall.node) for hall in fresh}, hands, tell
        )
        accounts.result()
    for hall in fresh:
        hall.memory.finish(halls)
    tell("演示：各件已办到各自的一步 · every case is where its story ends")


def _tell_stories(
    halls: Halls, mine: Mapping[str, Mapping[str, Assigned]], hands: Executor, tell: Tell
) -> None:
    reports = read_reports()
    list(hands.map(lambda node: register_all(halls[node], reports, mine[node]), mine))
    lines = {line: story for each in mine.values() for line, story in each.items()}
    tell(f"演示：已登记 {len(lines)} 件 · {len(lines)} cases are registered")
    # The longest first, for it decides when all are told.
    longest = sorted(lines, key=lambda line: len(lines[line].steps), reverse=True)
    list(hands.map(lambda line: play(halls, line, lines[line]), longest))


def _tell_of_gaps(halls: Halls, tell: Tell) -> None:
    alone = [hall.node for hall in halls.values() if set(halls) - set(hall.memory.told.nodes)]
    if alone:
        tell(
            f"演示：{'、'.join(alone)} 是在别的节点没有运行时装入的，缺跨级的故事；"
            "要看全，用 ./dev run --fresh 重新开始 · loaded without the other tiers"
        )


def _equipment(halls: Sequence[Hall]) -> str:
    units = sum(len(hall.catalogue.units) for hall in halls)
    items = sum(len(hall.catalogue.items) for hall in halls)
    return f"{len(halls)} 级共 {units} 个单位、{items} 个事项"
