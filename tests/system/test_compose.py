"""The containers of docker-compose.yml really run, on the servers as they are configured."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from backstop import contracts
from tests.compose import ROOT
from tests.conftest import need
from tests.image import build_tree
from tests.system.composed import ComposedTiers
from tests.system.harness import eventually
from tests.system.scraping import samples
from tests.system.watching import Watch, watching

pytestmark = [pytest.mark.system, pytest.mark.long]

NODES = ("341523", "341500")
"""County and city: a third would cost ten seconds more and show nothing else."""


@pytest.fixture(scope="module")
def tiers(scratch: Path) -> Iterator[ComposedTiers]:
    """Two tiers next to each other, started in the order of the file, each part healthy."""
    need("postgresql")
    need("rabbitmq")
    with ComposedTiers(scratch / "composed", NODES).up() as up:
        yield up


def test_every_container_comes_up_as_it_is_written_and_hears_its_neighbour(
    tiers: ComposedTiers,
) -> None:
    for node in NODES:
        assert tiers.is_healthy(f"web-{node}")
        assert tiers.is_healthy(f"bus-{node}")

    def silent(node: str, peer: str) -> float:
        port = tiers.port(f"bus-{node}")
        return samples(port, "backstop_link_silent_seconds", "peer")[peer]

    for node, peer in (NODES, NODES[::-1]):
        eventually(f"{node} hears {peer}", lambda at=(node, peer): silent(*at) < 60)  # type: ignore[misc]


def test_no_process_writes_where_its_file_system_is_read_only(
    tiers: ComposedTiers, tmp_path: Path
) -> None:
    built = {
        path.relative_to(tmp_path / "app") for path in build_tree(tmp_path / "app").rglob("*")
    }
    mounted = {Path("deploy"), Path("deploy/nodes")}

    assert {path.relative_to(tiers.app) for path in tiers.app.rglob("*")} - built <= mounted


def test_the_county_dials_the_city_by_certificate_and_a_second_start_changes_nothing(
    tiers: ComposedTiers,
) -> None:
    county, city = (tiers.brokers[node] for node in NODES)
    links = {node: tiers.scratch / "volumes" / f"links-{node}" for node in NODES}
    before = {file: file.read_bytes() for place in links.values() for file in place.rglob("*.pem")}

    accounts = city.control("list_connections", "user", "ssl")

    assert "node-341523\ttrue" in accounts
    assert "running" in county.control("shovel_status")
    status, said = tiers.inside("link-341523", *tiers.command("link-341523"))
    assert status == 0
    assert "had met before" in said
    assert {file: file.read_bytes() for file in before} == before
    assert not (links["341523"] / "authority.pem").exists()


def test_the_first_administrator_is_made_inside_the_web_container(tiers: ComposedTiers) -> None:
    words = ["account", "create", "first", "--name", "管理员", "--role", "system_administrator"]

    status, said = tiers.inside(
        "web-341523", *words, "--node", "341523", typed="a password of some length\n"
    )

    assert status == 0, said
    assert "first" in said


@pytest.fixture(scope="module")
def watch(tiers: ComposedTiers, scratch: Path) -> Iterator[Watch]:
    """Prometheus and Alertmanager on these tiers."""
    need("prometheus")
    with watching(tiers, scratch / "watching") as watch:
        yield watch


def queries(node: str) -> set[str]:
    """Return what the dashboard of a node asks, over a span that the test can wait for."""
    [text] = [text for file, text in contracts.dashboards().items() if file.stem == node]
    targets = [each for panel in json.loads(text)["panels"] for each in panel.get("targets", ())]
    return {each["expr"].replace("$__rate_interval", "10s") for each in targets}


def report(tiers: ComposedTiers, node: str) -> None:
    body = {
        "region": node,
        "channel": "web",
        "reporter": {"kind": "person", "name": "王小明", "phone": "13800001234"},
        "title": "食品经营许可证提交二十天没有回音",
        "text": "材料已经网上提交，系统显示已接收，二十天了没有受理。",
        "attempts": 2,
    }
    key = {"Idempotency-Key": secrets.token_hex(8)}
    url = f"{tiers.url(node)}/api/v1/cases"
    answer = httpx.post(url, json=body, headers=key, timeout=30, trust_env=False)
    assert answer.is_success, answer.text


def test_every_panel_of_a_dashboard_shows_something(tiers: ComposedTiers, watch: Watch) -> None:
    empty = {node: queries(node) for node in NODES}
    assert all(len(asked) > 25 for asked in empty.values())
    assert not shows(watch.ask('backstop_relay_leads{node="000000"}'))

    def nothing_is_empty() -> bool:
        for node, asked in empty.items():
            report(tiers, node)
            asked -= {query for query in asked if shows(watch.ask(query))}
        return not any(empty.values())

    try:
        eventually("every query has an answer", nothing_is_empty, 40, pause=1)
    except AssertionError as error:
        error.add_note(f"still empty: {empty}")
        raise


def shows(answer: list[dict[str, Any]]) -> bool:
    """Tell whether there is a number to be seen, and not just the lack of one."""
    return any(sample["value"][1] != "NaN" for sample in answer)


def test_who_is_on_duty_hears_of_a_killed_process_and_of_its_return(
    tiers: ComposedTiers, watch: Watch
) -> None:
    down = {"alertname": "TargetDown", "node": "341523", "service": "bus"}
    up = 'up{job="backstop",node="341523",service="bus"} == 1'
    eventually("Prometheus sees the process", lambda: watch.ask(up))
    assert watch.on_duty.told("firing", **down) is None

    tiers.kill("bus-341523")
    alert = eventually("the alert arrives", lambda: watch.on_duty.told("firing", **down))

    assert alert["labels"]["tier"] == "county"
    assert alert["labels"]["severity"] == "critical"
    assert alert["annotations"]["summary"].startswith("341523 的 bus 进程没有应答")
    assert (ROOT / alert["annotations"]["runbook"]).is_file()

    tiers.start("bus-341523")
    eventually("it is healthy again", lambda: tiers.is_healthy("bus-341523"))
    eventually("the end of it is told", lambda: watch.on_duty.told("resolved", **down))
