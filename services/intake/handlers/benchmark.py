"""Note that another region can do an item, and withdraw it when it cannot any more (N13)."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.trace import leave_trace
from services.intake.policy.benchmarks import is_span
from services.intake.policy.scope import normal_title
from services.intake.repository.benchmarks import (
    Benchmark,
    add_benchmark,
    benchmark_of,
    change_benchmark,
)
from services.intake.repository.catalogue import find_item
from shared.audit import digest_of
from shared.clock import new_id
from shared.errors import Refused
from shared.regions import is_region
from shared.security.caller import Caller
from shared.security.masking import mask_text


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkNote:
    """What somebody has found out: which region does what, how one knows, from when to when."""

    item: str
    """Name or code; what this region does not do has a name only."""
    region: str
    evidence: str
    valid_from: date | None = None
    valid_until: date | None = None


def note_benchmark(db: Connection, node: str, note: BenchmarkNote, caller: Caller) -> Benchmark:
    """Keep a benchmark; Refused for an unknown or the own region, or an end before its begin."""
    _check(node, note)
    found = find_item(db, note.item, normal_title(note.item))
    name = found.title if found else note.item
    benchmark = Benchmark(
        benchmark_id=new_id(),
        item_code=found.code if found else None,
        item_name=name,
        normal_title=normal_title(name),
        region=note.region,
        evidence_masked=mask_text(note.evidence),
        valid_from=note.valid_from,
        valid_until=note.valid_until,
        noted_at=caller.now,
        noted_by=caller.actor.id,
        noted_name=caller.actor.name,
    )
    add_benchmark(db, benchmark)
    told = [benchmark.normal_title, note.region, benchmark.evidence_masked]
    _trace(db, caller, "benchmark.note", benchmark.benchmark_id, digest_of({"told": told}))
    return benchmark


def withdraw_benchmark(
    db: Connection, benchmark_id: UUID, because: str, caller: Caller
) -> Benchmark:
    """Let a benchmark count for no new report; Refused if there is none, or it was withdrawn."""
    benchmark = benchmark_of(db, benchmark_id, lock=True)
    if benchmark is None:
        raise Refused("unknown_benchmark")
    if benchmark.withdrawn_at is not None:
        raise Refused("benchmark_withdrawn")
    changes: dict[str, Any] = {
        "withdrawn_at": caller.now,
        "withdrawn_by": caller.actor.id,
        "withdrawn_because_masked": mask_text(because),
    }
    change_benchmark(db, benchmark_id, **changes)
    _trace(db, caller, "benchmark.withdraw", benchmark_id, digest_of({"because": because}))
    return replace(benchmark, **changes)


def _check(node: str, note: BenchmarkNote) -> None:
    if not is_region(note.region):
        raise Refused("unknown_region", field="region")
    if note.region == node:
        raise Refused("own_region", field="region")
    if not is_span(note.valid_from, note.valid_until):
        raise Refused("benchmark_ends_before_it_begins", field="valid_until")


def _trace(db: Connection, caller: Caller, action: str, benchmark_id: UUID, after: str) -> None:
    leave_trace(db, caller, action, str(benchmark_id), object_kind="benchmark", after=after)
