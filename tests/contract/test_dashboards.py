"""Grafana finds a dashboard for each node, and each is the one that the panels say."""

import json
from pathlib import Path

import pytest
import yaml

from backstop import contracts
from tests.compose import ROOT, Composition

PROVISIONING = ROOT / "deploy" / "grafana" / "provisioning"
PROVIDERS = yaml.safe_load((PROVISIONING / "dashboards" / "tiers.yml").read_text())["providers"]
[DATASOURCE] = yaml.safe_load((PROVISIONING / "datasources" / "prometheus.yml").read_text())[
    "datasources"
]
WRITTEN = contracts.dashboards()


def test_the_committed_dashboards_are_those_of_the_panels() -> None:
    committed = {path: path.read_text() for path in contracts.DASHBOARDS.glob("**/*.json")}

    assert committed == WRITTEN, "run `./dev events` and commit deploy/grafana"


def test_each_tier_has_a_folder_and_grafana_reads_it() -> None:
    grafana = Composition.read().containers["grafana"]
    inside = {target: ROOT / source for target, source in grafana.mounts.items()}
    shown = {Path(provider["options"]["path"]) for provider in PROVIDERS}
    [mounted] = {path.parent for path in shown}

    assert inside[str(mounted)] == contracts.DASHBOARDS
    assert inside["/etc/grafana/provisioning"] == PROVISIONING
    assert {path.name for path in shown} == {path.parent.name for path in WRITTEN}
    assert len({provider["folder"] for provider in PROVIDERS}) == len(PROVIDERS) == 3


def test_no_two_dashboards_are_one_to_grafana() -> None:
    told = [json.loads(text) for text in WRITTEN.values()]

    assert len({each["uid"] for each in told}) == len({each["title"] for each in told}) == 3


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.stem)
def test_every_panel_has_its_place_asks_its_node_and_has_a_title_in_chinese(file: Path) -> None:
    panels = json.loads(WRITTEN[file])["panels"]
    places = [panel["gridPos"] for panel in panels]
    taken = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len(taken) == len(set(taken)), "two panels lie on each other"
    for panel in panels:
        assert any("一" <= letter <= "鿿" for letter in panel["title"]) or panel["title"] in {
            "RabbitMQ"
        }
        for target in panel.get("targets", ()):
            assert target["datasource"]["uid"] == DATASOURCE["uid"]
            assert f'node="{file.stem}"' in target["expr"]


def test_grafana_asks_the_prometheus_that_is_there() -> None:
    prometheus = Composition.read().containers["prometheus"]

    assert DATASOURCE["url"] == f"http://{prometheus.name}:{prometheus.ports[0][2]}"
