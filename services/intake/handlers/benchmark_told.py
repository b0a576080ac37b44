"""The register between tiers: what this node says of its entries, what others say of theirs."""

import logging
from datetime import datetime

from sqlalchemy import Connection

from services.intake.policy.benchmarks import weighs
from services.intake.policy.scope import normal_title
from services.intake.repository.benchmarks import (
    Benchmark,
    change_benchmark,
    keep_told,
    untold_benchmarks,
)
from shared.events.intake import BenchmarkNoted
from shared.events.link import NodeFactRelayed
from shared.outbox import say
from shared.security.masking import mask_text

log = logging.getLogger(__name__)

TOLD = (
    *("benchmark_id", "edition", "item_code", "region", "evidence_masked"),
    *("valid_from", "valid_until", "noted_at", "confirmed_at", "adopted_from", "adopted_node"),
    *("withdrawn_at", "withdrawn_because_masked"),
)
"""What is told as it stands; who noted, confirmed or withdrew it is nobody else's business."""
HEARD = tuple(name for name in TOLD if not name.endswith("_masked"))


def tell(db: Connection, benchmark: Benchmark, node: str, now: datetime) -> None:
    """Say how an own entry stands; whither that goes the fact knows itself."""
    told = {name: getattr(benchmark, name) for name in TOLD}
    named = {"node": node, "item_name": mask_text(benchmark.item_name)}
    say(db, BenchmarkNoted(occurred_at=now, **named, **told))


def tell_untold(db: Connection, node: str, now: datetime, limit: int) -> int:
    """Say what an earlier release had noted for this node alone; return how many."""
    untold = untold_benchmarks(db, limit)
    for benchmark in untold:
        change_benchmark(db, benchmark.benchmark_id, told_at=now)
        tell(db, benchmark, node, now)
    return len(untold)


def hear_benchmark(db: Connection, event: NodeFactRelayed, node: str) -> None:
    """Keep what another node says of an entry of its own; all other facts of nodes pass by."""
    if event.fact.type != BenchmarkNoted.name:
        return
    told = event.fact.open(BenchmarkNoted)
    name, gone = mask_text(told.item_name), told.withdrawn_because_masked
    benchmark = Benchmark(
        **{each: getattr(told, each) for each in HEARD},
        item_name=name,
        normal_title=normal_title(name),
        evidence_masked=mask_text(told.evidence_masked),
        withdrawn_because_masked=None if gone is None else mask_text(gone),
        noted_by=told.node,
        noted_name="",
        origin=told.node,
        weighs=weighs(told.node, node, told.region),
        told_at=event.fact.time,
        said_version=event.fact.version,
    )
    if not keep_told(db, benchmark):
        log.info("nothing new of a benchmark", extra={"node": told.node})
