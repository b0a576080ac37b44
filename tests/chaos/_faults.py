"""What may befall three nodes and the lines between them, each as one function."""

import json
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import kombu

from backstop.servers.packages import find_postgres
from backstop.servers.server import start_together
from shared.bus.topology import FROM_PARENT, UPLINK
from tests.chaos._apart import Scenario, Stage
from tests.chaos._attacks import attacks, stolen_key
from tests.chaos._clocks import clocks_of, owner, set_database_clock, set_process_clock
from tests.chaos._stage import say
from tests.system.harness import RunningNode, eventually
from tests.system.intruder import Intruder
from tests.system.link_books import stuck
from tests.system.linked import CITY, link_of

RESTART_SECONDS = 3.0
STOPPED_SECONDS = 15.0
FLAP_SECONDS, FLAPS = 5.0, 6
SKEW = timedelta(minutes=10)
NO_DISK, ENOUGH_DISK = "1000GB", "100MB"
OUTGOING = "SELECT sequence FROM link.outgoing"


def link_down(stage: Stage) -> None:
    """Pull the cable."""
    stage.nodes.line.cut()
    stage.hold()
    stage.nodes.line.mend()


def upper_link_down(stage: Stage) -> None:
    """Pull the cable between city and province."""
    stage.nodes.upper.cut()
    stage.hold()
    stage.nodes.upper.mend()


def both_links_down(stage: Stage) -> None:
    """Pull both cables, and put the lower one back first."""
    for line in stage.nodes.lines:
        line.cut()
    stage.hold()
    for line in stage.nodes.lines:
        line.mend()


def packets_dropped(stage: Stage) -> None:
    """Swallow everything, both ways."""
    stage.nodes.line.silence()
    stage.hold()
    stage.nodes.line.mend()


def loss_upwards(stage: Stage) -> None:
    """Swallow what goes up; what comes down arrives."""
    stage.nodes.line.silence_requests()
    stage.hold()
    stage.nodes.line.mend()


def loss_downwards(stage: Stage) -> None:
    """Swallow what comes down; what goes up arrives."""
    stage.nodes.line.silence_answers()
    stage.hold()
    stage.nodes.line.mend()


def flapping(stage: Stage) -> None:
    """Pull the cable and put it back, every five seconds."""
    for _ in range(FLAPS):
        stage.nodes.line.cut()
        time.sleep(FLAP_SECONDS)
        stage.nodes.line.mend()
        time.sleep(FLAP_SECONDS)


def county_broker(stage: Stage) -> None:
    """Kill the broker below."""
    _kill_brokers(stage, stage.nodes.county)


def city_broker(stage: Stage) -> None:
    """Kill the broker in the middle."""
    _kill_brokers(stage, stage.nodes.city)


def province_broker(stage: Stage) -> None:
    """Kill the broker at the top."""
    _kill_brokers(stage, stage.nodes.province)


def county_services(stage: Stage) -> None:
    """Kill web and bus process below."""
    _kill_services(stage.nodes.county)


def city_services(stage: Stage) -> None:
    """Kill web and bus process in the middle."""
    _kill_services(stage.nodes.city)


def province_services(stage: Stage) -> None:
    """Kill web and bus process at the top."""
    _kill_services(stage.nodes.province)


def all_at_once(stage: Stage) -> None:
    """Pull both cables and kill everything at all three."""
    for line in stage.nodes.lines:
        line.cut()
    for node in stage.nodes.all:
        _crash(node)
    _kill_brokers(stage, *stage.nodes.all)
    for line in stage.nodes.lines:
        line.mend()
    _back(*stage.nodes.all)


def parent_stopped(stage: Stage) -> None:
    """Stop broker and processes in the middle in good order."""
    city = stage.nodes.city
    city.stop()
    broker = stage.nodes.broker_of(city)
    broker.stop()
    stage.hold(STOPPED_SECONDS)
    broker.start()
    city.start()


def clock_skew(stage: Stage) -> None:
    """Let the clocks below, also the database's, be ten minutes ahead until all is told."""
    _skewed(stage, stage.nodes.county, SKEW, SKEW)


def database_clock_skew(stage: Stage) -> None:
    """Let the clock of the database below alone be ten minutes ahead."""
    _skewed(stage, stage.nodes.county, timedelta(), SKEW)


def city_database_behind(stage: Stage) -> None:
    """Let the clock of the city's database alone be ten minutes behind."""
    _skewed(stage, stage.nodes.city, timedelta(), -SKEW)


def _skewed(stage: Stage, node: RunningNode, processes: timedelta, database: timedelta) -> None:
    _begin_anew(node, processes, database)
    stage.undo.callback(_begin_anew, node, timedelta(), timedelta())
    stage.hold(0)
    stage.account.notes.append(clocks_of(node))


def disk_alarm(stage: Stage) -> None:
    """Let the broker above find its disk full."""
    broker = stage.nodes.broker_of(stage.nodes.city)
    broker.control("set_disk_free_limit", NO_DISK)
    stage.hold()
    broker.control("set_disk_free_limit", ENOUGH_DISK)


def poison_bundle(stage: Stage) -> None:
    """Let a letter that is on its way hold facts that nobody can take."""
    stage.nodes.line.cut()
    county, city = stage.both
    eventually("the shovel has noticed", lambda: not _uplink(county).consumer_count, 60, 1.0)
    eventually("a letter waits", lambda: county.rows(OUTGOING))
    with county.place(), owner(county.settings.database_url) as db:
        poisons = json.dumps(poisoned(county.settings.code))
        assert db.execute(POISON, (poisons,)).rowcount == 1, "the letter had gone"
    _uplink(county, purge=True)  # each letter is written again from the table
    _send_rubbish(stage)
    stage.nodes.line.mend()
    eventually("it is refused", lambda: stuck(city)["refused"], 60)
    stage.hold(0)
    stage.wait_for_everything()
    reasons = city.rows(REASONS)
    told = ", ".join(f"{why} × {times}" for why, times in reasons)
    stage.account.notes.append(f"refused or parked at the city: {told}")
    _intruder(stage).leave()


POISON = """
UPDATE link.outgoing
   SET content = jsonb_set(content::jsonb, '{facts}', content::jsonb->'facts' || %s::jsonb)::text
 WHERE sequence = (SELECT max(sequence) FROM link.outgoing)
"""
REASONS = """
SELECT reason, count(*) FROM (
       SELECT reason FROM link.refused
       UNION ALL SELECT left(reason, 60) FROM link.parked WHERE ended_at IS NULL) AS each
 GROUP BY reason ORDER BY reason
"""


def poisoned(code: str) -> list[dict[str, object]]:
    """Return facts that no node can take, each for another reason."""
    envelope = {
        "id": "01936f5e-0000-7000-8000-000000000001",
        "source": f"/nodes/{code}/intake",
        "type": "intake.case_accepted.v1",
        "time": "2026-01-01T00:00:00Z",
        "subject": "01936f5e-0000-7000-8000-000000000002",
        "version": 1,
    }
    return [
        {"nonsense": 1},
        {**envelope, "data": {"case_id": "nobody's"}},
        {**envelope, "data": {"case_id": envelope["source"], "deep": [[[[[]]]]]}},
    ]


def _uplink(node: RunningNode, *, purge: bool = False) -> Any:
    with node.place(), kombu.Connection(node.settings.bus_url) as bus:
        channel = bus.channel()
        if purge:
            channel.queue_purge(UPLINK)
        return channel.queue_declare(UPLINK, passive=True)


def _send_rubbish(stage: Stage) -> None:
    city = stage.nodes.city
    rubbish = (b"\x00\xff not JSON", b"[]", b"{}", b"[" * 20_000, b'[{"id": "\\u0000"}]')
    with city.place(), kombu.Connection(city.settings.bus_url) as bus:
        channel = bus.channel()
        for body in rubbish:
            channel.basic_publish(channel.prepare_message(body), FROM_PARENT)


def parent_restored(stage: Stage) -> None:
    """Bring the node above back as it was before all these reports."""
    city, database = stage.nodes.city, stage.nodes.databases[CITY]
    name = f"apart_{CITY}"
    dump = database.folder / "before.dump"
    with city.place():
        _tool("pg_dump", database.url(name), "-Fc", f"--file={dump}")
    stage.hold(0)
    stage.wait_for_everything()
    arrived = city.rows("SELECT count(*) FROM link.facts")[0][0]
    city.stop()
    with city.place():
        _tool("pg_restore", database.url("postgres"), "--clean", "--create", str(dump))
    lost = arrived - city.rows("SELECT count(*) FROM link.facts")[0][0]
    city.start()
    eventually("the gap is found", lambda: link_of(stage.nodes.county)["restored_at"], 60)
    stage.account.notes.append(f"the backup lacked {lost} facts; both sides tell `restored_at`")


def backlog(stage: Stage) -> None:
    """Let the line be down while very many cases are reported."""
    stage.nodes.line.cut()
    stage.hold(0)
    county = stage.nodes.county
    eventually("all is told to the link", partial(_told, county), stage.patience, 1.0)
    [(letters, facts)] = county.rows(WAITING)
    told = link_of(county)
    stage.account.notes.append(
        f"{letters} letters with {facts} facts waited; the operator read {told['state']}, "
        f"unreceipted {told['unreceipted']}"
    )
    say(stage.account.notes[-1])
    stage.nodes.line.mend()


WAITING = """
SELECT count(*), sum(jsonb_array_length(content::jsonb->'facts')) FROM link.outgoing
"""


def _told(node: RunningNode) -> bool:
    left = stuck(node)
    return not (left["unsent"] or left["waiting"])


def _kill_brokers(stage: Stage, *nodes: RunningNode) -> None:
    brokers = [stage.nodes.broker_of(node) for node in nodes]
    for broker in brokers:
        broker.kill()
    time.sleep(RESTART_SECONDS)
    start_together(brokers)


def _kill_services(node: RunningNode) -> None:
    _crash(node)
    _back(node)


def _crash(node: RunningNode) -> None:
    for name in ("bus", "web"):
        if node.supervisor.pid(name) is not None:
            node.crash(name)


def _back(*nodes: RunningNode) -> None:
    for node in nodes:
        eventually("it is back", node.is_ready, 120)


def _begin_anew(node: RunningNode, processes: timedelta, database: timedelta) -> None:
    node.stop()
    set_process_clock(node, processes)
    set_database_clock(node, database)
    node.start()


def _tool(name: str, url: str, *arguments: str) -> None:
    programs = find_postgres()
    assert programs is not None
    subprocess.run([programs / name, f"--dbname={url}", *arguments], check=True)


def _intruder(stage: Stage) -> Intruder:
    county, city = stage.both
    return Intruder(county, city, stage.nodes.broker_of(county), stage.nodes.broker_of(city))


def _scenario(act: object, **more: bool) -> Scenario:
    about = str(act.__doc__).strip().rstrip(".")
    return Scenario(act.__name__, about, act, **more)  # type: ignore[attr-defined,arg-type]


SCENARIOS: Sequence[Scenario] = (
    *map(_scenario, (link_down, upper_link_down, both_links_down)),
    *map(_scenario, (packets_dropped, loss_upwards, loss_downwards)),
    *map(_scenario, (county_broker, city_broker, province_broker)),
    *map(_scenario, (county_services, city_services, province_services)),
    *map(_scenario, (all_at_once, parent_stopped, flapping)),
    _scenario(parent_restored, is_watched=False),
    *map(_scenario, (clock_skew, database_clock_skew, city_database_behind)),
    *map(_scenario, (disk_alarm, poison_bundle, attacks)),
    _scenario(stolen_key, ends_link=True),
)
ON_REQUEST: Sequence[Scenario] = (replace(_scenario(backlog), cases="backlog"),)
"""What takes so long that it is done only when it is named."""
NAMES = tuple(each.name for each in (*SCENARIOS, *ON_REQUEST))


def chosen(names: Sequence[str] | None) -> Sequence[Scenario]:
    """Return the faults of these names, or all that are not on request only."""
    if names is None:
        return SCENARIOS
    return [each for each in (*SCENARIOS, *ON_REQUEST) if each.name in names]
