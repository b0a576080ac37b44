"""A metric counts what was committed, once, and nothing of what was rolled back."""

from types import SimpleNamespace
from typing import Any

from prometheus_client import CollectorRegistry, Counter

from shared.tally import take_tallied, tally


def test_what_is_tallied_counts_only_when_it_is_taken_and_only_once() -> None:
    registry = CollectorRegistry()
    counter = Counter("done", "Things done.", ["how"], registry=registry)
    db: Any = SimpleNamespace(info={})

    tally(db, counter, how="well")
    before = registry.get_sample_value("done_total", {"how": "well"})
    for each in take_tallied(db):
        each.inc()

    assert before == 0.0
    assert registry.get_sample_value("done_total", {"how": "well"}) == 1.0
    assert take_tallied(db) == []
