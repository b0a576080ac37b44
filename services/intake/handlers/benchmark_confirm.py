"""Confirm an entry to the tiers below: an own one, or one of theirs that is taken over (N13)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.benchmark import check_note, trace_benchmark
from services.intake.handlers.benchmark_told import tell
from services.intake.policy.benchmarks import Whose, whose
from services.intake.repository.benchmarks import (
    Benchmark,
    add_benchmark,
    benchmark_of,
    change_benchmark,
    copy_of,
)
from shared.clock import new_id
from shared.errors import Refused
from shared.security.caller import Caller

WORDING = (
    *("item_code", "item_name", "normal_title", "region", "evidence_masked"),
    *("valid_from", "valid_until"),
)


def confirm_benchmark(
    db: Connection, node: str, benchmark_id: UUID, edition: int, caller: Caller
) -> Benchmark:
    """Vouch for an entry, so that the tiers below are told and use it; return the own entry.

    One of a tier below becomes an own one, by the wording that was read; the other stays as it is.
    """
    benchmark = benchmark_of(db, benchmark_id, lock=True)
    if benchmark is None:
        raise Refused("unknown_benchmark")
    if benchmark.withdrawn_at is not None:
        raise Refused("benchmark_withdrawn")
    if benchmark.edition != edition:
        raise Refused("benchmark_changed", field="edition")
    standing = whose(benchmark.origin, node)
    if standing is Whose.ABOVE:
        raise Refused("benchmark_of_above")
    is_own = standing is Whose.OWN
    confirmed = _own(db, benchmark, caller) if is_own else _taken(db, node, benchmark, caller)
    tell(db, confirmed, node, caller.now)
    trace_benchmark(db, caller, "benchmark.confirm", confirmed)
    return confirmed


def _own(db: Connection, benchmark: Benchmark, caller: Caller) -> Benchmark:
    if benchmark.confirmed_at is not None:
        raise Refused("benchmark_confirmed")
    return _changed(db, benchmark, _confirmed(caller))


def _taken(db: Connection, node: str, source: Benchmark, caller: Caller) -> Benchmark:
    check_note(node, source.region, source.valid_from, source.valid_until)
    wording = {name: getattr(source, name) for name in WORDING}
    wording["adopted_edition"] = source.edition
    before = copy_of(db, source.benchmark_id)
    if before is None:
        copy = _copy(source, wording, caller)
        add_benchmark(db, copy)
        return copy
    if before.adopted_edition == source.edition:
        raise Refused("benchmark_confirmed")
    edition = {"edition": before.edition + 1}
    return _changed(db, before, wording | edition | _confirmed(caller))


def _copy(source: Benchmark, wording: dict[str, Any], caller: Caller) -> Benchmark:
    return Benchmark(
        benchmark_id=new_id(),
        **wording,
        **_confirmed(caller),
        noted_at=caller.now,
        noted_by=caller.actor.id,
        noted_name=caller.actor.name,
        adopted_from=source.benchmark_id,
        adopted_node=source.origin,
    )


def _confirmed(caller: Caller) -> dict[str, Any]:
    return {
        "confirmed_at": caller.now,
        "confirmed_by": caller.actor.id,
        "confirmed_name": caller.actor.name,
        "told_at": caller.now,
    }


def _changed(db: Connection, benchmark: Benchmark, changes: dict[str, Any]) -> Benchmark:
    change_benchmark(db, benchmark.benchmark_id, **changes)
    return replace(benchmark, **changes)
