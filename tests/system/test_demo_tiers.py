"""The demonstration on three nodes: cases that went up, came down, were refused, supervised."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from backstop.caller import NodeCaller
from backstop.demo import DemoReport, load_demo
from backstop.demo.catalogue import FOLDER, read_catalogue
from backstop.demo.loading import memory_file
from backstop.demo.memory import Known, Memory
from backstop.demo.story import read_stories
from backstop.servers.postgres import PostgresServer
from shared.clock import utcnow
from shared.security.actor import Role
from tests.conftest import SEARCHED, Recorder
from tests.system.harness import eventually
from tests.system.kept import dump_of
from tests.system.tiers import NODES, RunningTiers
from tests.whole.needles import Search

pytestmark = pytest.mark.system

COUNTY, CITY, PROVINCE = NODES
OPEN = {"direction": "in", "state": "open"}
PARTIES, PERSONAL = ("reporter", "agent"), ("name", "phone", "id_number", "address")
MUCH = 3_000_000
"""Bytes: three nodes with some thirty cases hold more."""
STORIES = {line: story for line, story in read_stories().lines.items() if story.node != "none"}


@dataclass(frozen=True, slots=True)
class Stage:
    """Three nodes with their demonstration."""

    tiers: RunningTiers
    callers: Mapping[str, NodeCaller]
    reports: dict[str, DemoReport]

    def known(self, line: str) -> Known:
        settings = self.tiers.settings[STORIES[line].node]
        return Memory.read(memory_file(settings), utcnow()).told.lines[line]

    def ask(self, node: str, path: str, **query: str) -> Any:
        actor = read_catalogue(node).with_role(Role.DISPATCHER).actor(node)
        return self.callers[node].get(f"/api/v1/{path}", actor, **query)

    def rows(self, node: str, name: str, line: str, **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(
            node, name, case_id=self.known(line).case_id, **query
        )["items"]
        return found

    def load(self) -> list[DemoReport]:
        nodes = [(self.tiers.settings[node], self.tiers.base_url(node)) for node in NODES]
        return load_demo(nodes, lambda _told: None)


@pytest.fixture(scope="module")
def stage(own_postgres: PostgresServer, scratch: Path) -> Iterator[Stage]:
    """Three nodes of their own, embedded, with the demonstration loaded."""
    tiers = RunningTiers.build(scratch / "tiers", own_postgres)
    with tiers.running() as callers:
        stage = Stage(tiers, callers, {})
        stage.reports.update({report.node: report for report in stage.load()})
        yield stage


@pytest.mark.parametrize("line", STORIES)
def test_a_case_stands_where_its_story_ends_at_the_node_that_registered_it(
    stage: Stage, line: str
) -> None:
    story = STORIES[line]

    seen = stage.ask(story.node, f"cases/{stage.known(line).number}")

    assert seen["status"] == story.ends
    assert story.lamp in (None, seen["lamp"])


@pytest.mark.parametrize("node", NODES)
def test_every_node_shows_every_lamp(stage: Stage, node: str) -> None:
    def shown() -> set[str]:
        return set(stage.ask(node, "board")["by_lamp"])

    eventually("every lamp", lambda: shown() >= {"green", "yellow", "red"})


def test_a_case_has_one_number_wherever_it_went(stage: Stage) -> None:
    orders = [order for node in NODES for order in stage.rows(node, "orders", "g-05")]

    assert {order["number"] for order in orders} == {stage.known("g-05").number}
    assert [order["state"] for order in orders] == ["handed_over", "handed_over", "finished"]


def test_two_offers_wait_for_an_answer_and_the_reports_name_them(stage: Stage) -> None:
    waiting = {
        node: [offer["number"] for offer in stage.ask(node, "hand-overs", **OPEN)["items"]]
        for node in NODES
    }

    expected = {CITY: [stage.known("g-14").number], PROVINCE: [stage.known("g-07").number]}
    assert waiting == {COUNTY: [], **expected}
    assert {node: each.offered for node, each in stage.reports.items() if each.offered} == {
        node: numbers[0] for node, numbers in expected.items()
    }


def test_what_was_refused_is_answered_with_ground_and_basis_and_stays(stage: Stage) -> None:
    def answered() -> dict[str, Any] | None:
        [offer] = stage.rows(COUNTY, "hand-overs", "g-04", direction="out")
        return offer if offer["state"] == "refused" else None

    offer = eventually("the refusal is heard", answered)

    assert offer["ground"] == "not_our_tier"
    assert "土地管理法" in offer["legal_basis"]
    assert stage.rows(COUNTY, "orders", "g-04")[0]["state"] == "signed"


def test_what_was_wanted_back_stays_too(stage: Stage) -> None:
    def answered() -> bool:
        [offer] = stage.rows(COUNTY, "hand-overs", "g-01", direction="out")
        return bool(offer["state"] == "refused" and offer["ground"] == "withdrawn")

    eventually("the offer is back", answered)


def test_one_supervision_is_answered_and_one_is_not(stage: Stage) -> None:
    def waiting(line: str) -> list[bool]:
        asked = stage.rows(COUNTY, "supervisions", line)
        from_above = [one for one in asked if one["from_node"] != COUNTY]
        return [one["answered_at"] is None for one in from_above]

    eventually("the supervision of g-12", lambda: waiting("g-12") == [True])
    assert waiting("g-04") == [False]


def test_what_complains_of_a_unit_went_to_the_one_above_and_is_hidden_from_it(
    stage: Stage,
) -> None:
    number, officers = stage.known("g-12").number, read_catalogue(COUNTY).by_login
    [order] = stage.rows(COUNTY, "orders", "g-12")

    def seen_by(login: str) -> list[str]:
        actor = officers[login].actor(COUNTY)
        found = stage.callers[COUNTY].get("/api/v1/orders", actor, unit=actor.unit or "")
        return [each["number"] for each in found["items"]]

    assert (order["unit_code"], order["route"]) == ("XZFB", "detour")
    assert number in seen_by("luyang")
    assert number not in seen_by("zhoulei")


def test_what_to_try_first_can_be_rated(stage: Stage) -> None:
    for node in (COUNTY, PROVINCE):
        report = stage.reports[node]
        path = f"/api/v1/cases/{report.try_number}"
        assert stage.callers[node].get(path, code=report.try_code)["can_rate"]


def test_no_person_of_the_demonstration_stands_in_any_database_queue_log_or_metric(
    stage: Stage, record_property: Recorder
) -> None:
    search = Search(tuple(told_of_persons()), names=tuple(told_of_persons("name")))
    found = [
        *(
            leak
            for node in stage.tiers.settings.values()
            for leak in search.hidden_in(dump_of(node), f"dump of {node.code}")
        ),
        *search.hidden_in(stage.tiers.logs(), "logs"),
        *(leak for url in stage.tiers.metrics for leak in search.hidden_in(scraped(url), url)),
    ]

    record_property(SEARCHED, str(search))
    assert found == []
    assert len(search.needles) > len(NODES)
    assert search.searched > MUCH


def test_loading_again_does_nothing_twice(stage: Stage) -> None:
    again = {report.node: report for report in stage.load()}

    told = {node: (each.by_status, each.offered) for node, each in again.items()}
    assert told == {node: (each.by_status, each.offered) for node, each in stage.reports.items()}
    # In and out on the way up, in and out on the way back.
    assert len(stage.rows(CITY, "hand-overs", "g-05")) == 4


def told_of_persons(*fields: str) -> Iterator[str]:
    """Everything by which the reporters of the demonstration are known, each once."""
    lines = (FOLDER / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    parties = [case[who] for case in cases for who in PARTIES if who in case]
    parties += [other for case in cases for other in case.get("others", ())]
    known = {party[name] for party in parties for name in fields or PERSONAL if party.get(name)}
    yield from sorted(known)


def scraped(url: str) -> bytes:
    return httpx.get(url, trust_env=False).raise_for_status().content
