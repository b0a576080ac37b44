"""Every alert fires when it should and only then, and says what to do about it."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.compose import ROOT
from tests.conftest import need

FOLDER = ROOT / "deploy" / "prometheus"
RULES = FOLDER / "rules.yml"
ALERTMANAGER = ROOT / "deploy" / "alertmanager" / "alertmanager.yml"
SEVERITIES = {"critical", "warning"}
SECTIONS = ("## 意味着什么 · What it means", "## 看什么 · Look at", "## 怎么办 · Do")


def alerts(text: str | None = None) -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text() if text is None else text)["groups"]
    return [rule for group in groups for rule in group["rules"]]


def promtool(*words: str | Path) -> subprocess.CompletedProcess[str]:
    tool = need("prometheus") / "promtool"
    return subprocess.run([tool, *words], capture_output=True, text=True, check=False)


def test_every_case_of_every_alert_holds_and_would_not_with_other_limits(tmp_path: Path) -> None:
    for file in FOLDER.iterdir():
        (tmp_path / file.name).write_text(file.read_text())
    rules, cases = tmp_path / "rules.yml", tmp_path / "rules_test.yml"

    assert promtool("test", "rules", cases).returncode == 0
    rules.write_text(RULES.read_text().replace("> 3600", "> 5400"))
    assert "EventsWaitLong" in promtool("test", "rules", cases).stderr


def cases(text: str) -> Iterator[tuple[str, bool]]:
    """Yield for each case which alert it is about and whether it fires."""
    for test in yaml.safe_load(text)["tests"]:
        for case in test["alert_rule_test"]:
            yield case["alertname"], bool(case["exp_alerts"])


def test_every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    tried = set(cases((FOLDER / "rules_test.yml").read_text()))

    assert {(rule["alert"], fires) for rule in alerts() for fires in (True, False)} == tried


def test_prometheus_and_its_rules_are_accepted_as_they_are_shipped() -> None:
    checked = promtool("check", "config", FOLDER / "prometheus.yml")

    assert checked.returncode == 0, checked.stderr
    assert f"{len(alerts())} rules found" in checked.stdout


def faults(rule: dict[str, Any]) -> Iterator[str]:
    """Yield what a person who is woken by the alert would miss."""
    summary, runbook = rule["annotations"]["summary"], rule["annotations"]["runbook"]
    chinese, separator, english = summary.partition("·")
    if not (separator and re.search(r"[一-鿿]", chinese) and re.search(r"[a-z]{4}", english)):
        yield "not in both languages"
    if rule["labels"].get("severity") not in SEVERITIES:
        yield "no severity"
    page = ROOT / runbook
    if runbook != f"deploy/runbook/{rule['alert']}.md" or not page.is_file():
        yield "no page in the runbook"
    elif [line for line in page.read_text().splitlines() if line.startswith("## ")] != [*SECTIONS]:
        yield "its page does not say what it means, what to look at and what to do"


def test_every_alert_says_what_it_is_and_where_the_way_out_is_written() -> None:
    assert {rule["alert"]: list(faults(rule)) for rule in alerts()} == {
        rule["alert"]: [] for rule in alerts()
    }


@pytest.mark.parametrize(
    ("sound", "broken"),
    [
        ("的数据库没有应答", "no answer of the database"),
        ("severity: critical", "severity: bad"),
        ("runbook/DatabaseAway", "runbook/DatabaseDown"),
    ],
)
def test_an_alert_without_them_is_found(sound: str, broken: str) -> None:
    [rule] = [
        rule
        for rule in alerts(RULES.read_text().replace(sound, broken))
        if rule["alert"] == "DatabaseAway"
    ]

    assert list(faults(rule)) != []


def test_no_page_of_the_runbook_is_left_from_an_alert_that_is_gone() -> None:
    pages = {page.stem for page in (ROOT / "deploy" / "runbook").glob("*.md")}

    assert pages == {rule["alert"] for rule in alerts()}


def test_what_follows_from_another_alert_is_silenced_by_names_that_exist() -> None:
    told = yaml.safe_load(ALERTMANAGER.read_text())
    named = {
        name
        for rule in told["inhibit_rules"]
        for matcher in (*rule["source_matchers"], *rule["target_matchers"])
        for name in re.findall(r'"(.*)"', matcher)[0].split("|")
    }

    assert named <= {rule["alert"] for rule in alerts()}
    assert {"RabbitMQDown", "OutboxStuck"} <= named
