"""What is exported is known beforehand: names and reasons that rules and dashboards rely on."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import Counter, Gauge, Histogram

from backstop import contracts
from shared import metrics
from shared.metrics import REFUSALS, Asked
from shared.security.card_words import Fault
from tests.compose import ROOT
from tests.contract.tree import modules

RULES = ROOT / "deploy" / "prometheus" / "rules.yml"
OWN_NAME = re.compile(r"\bbackstop_\w+")
SAMPLES = {
    "counter": ("_total",),
    "gauge": ("",),
    "histogram": ("_bucket", "_count", "_sum"),
}

REFUSING = {"NotBelieved": 1, "refuse": 3, "refuse_fact": 3}
"""Who refuses in services/link, and which argument says why."""


def reasons_given() -> set[str]:
    """Return every reason that the code of link gives for a refusal."""
    found = {fault.value for fault in Fault}
    for _path, module in modules("services/link"):
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = REFUSING.get(node.func.id)
                why = node.args[place] if place is not None else None
                if isinstance(why, ast.Constant):
                    found.add(str(why.value))
    return found


def test_every_reason_for_a_refusal_is_exported_before_the_first_one() -> None:
    # A counter that begins at 1 has no increase: nobody would hear of the first refusal.
    assert reasons_given() == set(REFUSALS)


def exported() -> Iterator[str]:
    """Yield the name of every sample that shared/metrics.py declares."""
    for metric in vars(metrics).values():
        if isinstance(metric, Asked):
            yield metric.name
        elif isinstance(metric, Counter | Gauge | Histogram):
            for family in metric.describe():
                yield from (f"{family.name}{suffix}" for suffix in SAMPLES[family.type])


def unknown_names(text: str) -> set[str]:
    """Return the names of ours in a text of queries that nobody exports."""
    return set(OWN_NAME.findall(text)) - set(exported())


def test_every_metric_that_a_rule_names_is_exported() -> None:
    rules = RULES.read_text()

    assert len(set(OWN_NAME.findall(rules))) > 10
    assert unknown_names(rules) == set()
    assert unknown_names(rules.replace("messages_parked", "message_parked")) == {
        "backstop_message_parked"
    }


@pytest.mark.parametrize("file", contracts.dashboards(), ids=lambda file: file.stem)
def test_what_rings_an_alarm_about_a_link_is_on_every_dashboard(file: Path) -> None:
    told = OWN_NAME.findall(RULES.read_text())
    about_links = {name for name in told if name.startswith("backstop_link_")}

    assert len(about_links) > 3
    assert about_links <= set(OWN_NAME.findall(contracts.dashboards()[file]))


@pytest.mark.parametrize("file", contracts.dashboards(), ids=lambda file: file.stem)
def test_every_metric_that_a_dashboard_names_is_exported(file: Path) -> None:
    text = contracts.dashboards()[file]

    assert len(set(OWN_NAME.findall(text))) > 10
    assert unknown_names(text) == set()
