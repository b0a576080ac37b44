"""What the operator of a node sees of a fault: how the link stands, and which alerts come up.

The conditions of the alerts are read from the rules that Prometheus gets, so that nothing here
says a second time when one fires.
"""

import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml
from prometheus_client.parser import text_string_to_metric_families

from shared.security.actor import Role
from tests.system.harness import RunningNode

RULES = Path(__file__).resolve().parents[2] / "deploy" / "prometheus" / "rules.yml"
GROUP = "links"
LOOK_SECONDS = 2.0
UNITS = {"s": 1, "m": 60, "h": 3600}
TERM = re.compile(
    r"(?:max|sum|min) by \([^)]*\) "
    r"\((?P<growth>increase\()?(?P<metric>\w+)(?:\[\w+\]\))?\) (?P<than>[<>]) (?P<limit>[\d.]+)"
)
Metrics = Mapping[str, float]
"""Metric → the greatest of its values, over all labels."""
WORST = ("up", "quiet", "down", "never").index
"""Of several links the one that does worst is told of."""
AWAY = "TargetDown"
"""The alert of a node whose metrics nobody can read."""


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison of an alert."""

    metric: str
    is_growth: bool
    above: bool
    limit: float

    def holds(self, now: Metrics, before: Metrics) -> bool:
        """Tell whether it is so; a metric that is not there says nothing."""
        if self.metric not in now:
            return False
        value = now[self.metric]
        if self.is_growth:
            begun = before.get(self.metric, 0.0)
            value -= begun if value >= begun else 0.0  # a process that was killed counts anew
        return value > self.limit if self.above else value < self.limit


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert about links, and how long its condition must hold until somebody is told."""

    name: str
    terms: tuple[Term, ...]
    seconds: float

    def holds(self, now: Metrics, before: Metrics) -> bool:
        """Tell whether its condition is met."""
        return all(term.holds(now, before) for term in self.terms)


def alerts(rules: Path = RULES, group: str = GROUP) -> list[Alert]:
    """Read the alerts of a group; ValueError for a condition that is not understood here."""
    told = yaml.safe_load(rules.read_text(encoding="utf-8"))
    [found] = [each["rules"] for each in told["groups"] if each["name"] == group]
    return [_alert(rule) for rule in found]


def _alert(rule: Mapping[str, Any]) -> Alert:
    terms = []
    for part in rule["expr"].split(" and "):
        match = TERM.fullmatch(part)
        if match is None:
            raise ValueError(f"{rule['alert']}: {part}")
        growth, above = match["growth"] is not None, match["than"] == ">"
        terms.append(Term(match["metric"], growth, above, float(match["limit"])))
    return Alert(rule["alert"], tuple(terms), _seconds(rule.get("for", "0s")))


def _seconds(told: str) -> float:
    return float(told[:-1]) * UNITS[told[-1]]


def metrics_in(text: str) -> dict[str, float]:
    """Return the greatest value of each metric in what a process exposes."""
    greatest: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for name, _labels, value, *_ in family.samples:
            greatest[name] = max(greatest.get(name, value), value)
    return greatest


@dataclass
class Sight:
    """What was seen at one node."""

    states: list[str] = field(default_factory=list)
    """How its link stood, each when it became so."""
    unreceipted: int = 0
    oldest: float = 0.0
    since: dict[str, float] = field(default_factory=dict)
    longest: dict[str, float] = field(default_factory=dict)
    """Alert → for how many seconds its condition held at the longest."""

    def note(self, state: str) -> None:
        """See how the link stands."""
        if self.states[-1:] != [state]:
            self.states.append(state)

    def mark(self, met: Iterable[str], at: float) -> None:
        """See which alerts' conditions are met at a moment."""
        self.since = {name: self.since.get(name, at) for name in met}
        for name, since in self.since.items():
            self.longest[name] = max(self.longest.get(name, 0.0), at - since)

    def in_words(self, known: Mapping[str, float]) -> str:
        """Return it as a phrase; `known` says how long each alert waits."""
        told = [" → ".join(self.states)]
        if self.unreceipted:
            told.append(f"{self.unreceipted} unreceipted, oldest {self.oldest:.0f} s")
        for name, held in sorted(self.longest.items()):
            wait = known.get(name, 0.0)
            does = "fires" if held >= wait else f"pending {held:.0f} of {wait:.0f} s"
            told.append(f"{name} {does}")
        return "; ".join(told)


@dataclass
class Operator:
    """Somebody who looks at all nodes all the time."""

    nodes: Iterable[RunningNode]
    known: list[Alert] = field(default_factory=alerts)
    sights: dict[str, Sight] = field(default_factory=dict)
    _before: dict[str, Metrics] = field(default_factory=dict)

    @contextmanager
    def looking(self) -> Iterator["Operator"]:
        """Look while the block runs."""
        self.sights = {node.settings.code: Sight() for node in self.nodes}
        self._before = {node.settings.code: _exposed(node) for node in self.nodes}
        over = threading.Event()
        watch = threading.Thread(target=self._look_until, args=(over,))
        watch.start()
        try:
            yield self
        finally:
            over.set()
            watch.join()

    def in_words(self) -> str:
        """Return what was seen, a part for each node."""
        waits = {alert.name: alert.seconds for alert in self.known} | {AWAY: 120.0}
        told = {node.settings.tier: self.sights[node.settings.code] for node in self.nodes}
        return " | ".join(f"{tier}: {sight.in_words(waits)}" for tier, sight in told.items())

    def _look_until(self, over: threading.Event) -> None:
        while not over.wait(LOOK_SECONDS):
            for node in self.nodes:
                self._look(node)

    def _look(self, node: RunningNode) -> None:
        sight, at = self.sights[node.settings.code], time.monotonic()
        link = _link(node)
        sight.note(link["state"])
        now = _exposed(node)
        before = self._before[node.settings.code]
        met = [alert.name for alert in self.known if alert.holds(now, before)]
        sight.mark(met if now else [AWAY], at)
        sight.unreceipted = max(sight.unreceipted, link.get("unreceipted", 0))
        oldest = now.get("backstop_link_oldest_seconds", 0.0)
        sight.oldest = max(sight.oldest, oldest)


def _link(node: RunningNode) -> dict[str, Any]:
    with suppress(httpx.HTTPError, ValueError, KeyError), node.caller(timeout=5) as client:
        links = client.get("/api/v1/links", headers=node.as_role(Role.OPERATOR)).json()
        waiting = sum(link.get("unreceipted", 0) for link in links)
        return {"state": max((link["state"] for link in links), key=WORST), "unreceipted": waiting}
    return {"state": "no answer"}


def _exposed(node: RunningNode) -> dict[str, float]:
    with suppress(httpx.HTTPError), node.caller(timeout=5) as client:
        return metrics_in(client.get(f"{node.operations_url}/metrics").text)
    return {}
