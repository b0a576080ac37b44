"""Note that another region can do an item, put that right, withdraw it (N13)."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.benchmark_told import tell
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
from shared.security.masking import mask_text, unmasked_in
from shared.security.policy import Action, Resource, may


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkNote:
    """What somebody has found out: which region does what, how one knows, from when to when."""

    item: str
    """Name or code; what this region does not do has a name only."""
    region: str
    evidence: str
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class BenchmarkCorrection:
    """Another wording, by somebody who has read one edition."""

    benchmark_id: UUID
    edition: int
    note: BenchmarkNote


def note_benchmark(db: Connection, node: str, note: BenchmarkNote, caller: Caller) -> Benchmark:
    """Keep a benchmark, and tell the tiers above.

    Refused for an unknown or the own region, an end before its begin, a person in the name.
    """
    benchmark = Benchmark(
        benchmark_id=new_id(),
        **_wording(db, node, note),
        noted_at=caller.now,
        noted_by=caller.actor.id,
        noted_name=caller.actor.name,
        told_at=caller.now,
    )
    add_benchmark(db, benchmark)
    tell(db, benchmark, node, caller.now)
    trace_benchmark(db, caller, "benchmark.note", benchmark)
    return benchmark


def correct_benchmark(
    db: Connection, node: str, correction: BenchmarkCorrection, caller: Caller
) -> Benchmark:
    """Put an own benchmark right, and tell whoever was told of it."""
    benchmark = _lock_own(db, correction.benchmark_id, caller)
    if benchmark.edition != correction.edition:
        raise Refused("benchmark_changed", field="edition")
    wording = _wording(db, node, correction.note)
    changed = _change(db, benchmark, wording | {"edition": benchmark.edition + 1}, caller)
    trace_benchmark(db, caller, "benchmark.correct", changed)
    return changed


def withdraw_benchmark(
    db: Connection, benchmark_id: UUID, because: str, caller: Caller
) -> Benchmark:
    """Let an own benchmark count for no new report, wherever it was told."""
    changes: dict[str, Any] = {
        "withdrawn_at": caller.now,
        "withdrawn_by": caller.actor.id,
        "withdrawn_because_masked": mask_text(because),
    }
    benchmark = _lock_own(db, benchmark_id, caller)
    gone = _change(db, benchmark, changes, caller)
    trace_benchmark(db, caller, "benchmark.withdraw", gone)
    return gone


def check_note(node: str, region: str, valid_from: date | None, valid_until: date | None) -> None:
    """Refuse what cannot be noted at a node."""
    if not is_region(region):
        raise Refused("unknown_region", field="region")
    if region == node:
        raise Refused("own_region", field="region")
    if not is_span(valid_from, valid_until):
        raise Refused("benchmark_ends_before_it_begins", field="valid_until")


def trace_benchmark(db: Connection, caller: Caller, action: str, benchmark: Benchmark) -> None:
    """Leave what was done with a benchmark in the audit."""
    told = {
        name: getattr(benchmark, name)
        for name in ("normal_title", "region", "evidence_masked", "withdrawn_because_masked")
    }
    name, after = str(benchmark.benchmark_id), digest_of(told)
    leave_trace(db, caller, action, name, object_kind="benchmark", after=after)


def _wording(db: Connection, node: str, note: BenchmarkNote) -> dict[str, Any]:
    check_note(node, note.region, note.valid_from, note.valid_until)
    found = find_item(db, note.item, normal_title(note.item))
    if found is None and (person := unmasked_in(note.item)):
        raise Refused("person_found", str(person[0].start + 1), field="item")
    name = found.title if found else note.item
    return {
        "item_code": found.code if found else None,
        "item_name": name,
        "normal_title": normal_title(name),
        "region": note.region,
        "evidence_masked": mask_text(note.evidence),
        "valid_from": note.valid_from,
        "valid_until": note.valid_until,
    }


def _lock_own(db: Connection, benchmark_id: UUID, caller: Caller) -> Benchmark:
    benchmark = benchmark_of(db, benchmark_id, lock=True)
    if benchmark is None:
        raise Refused("unknown_benchmark")
    if benchmark.origin is not None:
        raise Refused("benchmark_not_ours")
    if benchmark.withdrawn_at is not None:
        raise Refused("benchmark_withdrawn")
    here = Resource(node=caller.actor.node)
    if benchmark.confirmed_at and not may(caller.actor, Action.BENCHMARK_CONFIRM, here).allowed:
        raise Refused("benchmark_vouched_for")
    return benchmark


def _change(
    db: Connection, benchmark: Benchmark, changes: dict[str, Any], caller: Caller
) -> Benchmark:
    changes |= {"told_at": caller.now}
    change_benchmark(db, benchmark.benchmark_id, **changes)
    changed = replace(benchmark, **changes)
    tell(db, changed, caller.actor.node, caller.now)
    return changed
