"""What other regions can do, as it is read: whose entry it is, and what it counts for here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum, unique
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from services.intake.api.nodes import name_of
from services.intake.policy.benchmarks import Whose, counts_on, whose
from services.intake.policy.days import day_in_china
from services.intake.repository.benchmarks import (
    Benchmark,
    copied_editions,
    standing_editions,
)
from shared.http import Door, NodeFacts
from shared.regions import full_name_of


@unique
class Source(StrEnum):
    """What became of the entry of a tier below from which an own one was taken."""

    AS_TAKEN = "as_taken"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Reading:
    """By which node and on which day entries are read, and what they have to do with others."""

    node: NodeFacts
    today: date
    copies: Mapping[UUID, int] = field(default_factory=dict)
    """Of entries of tiers below: the edition that was taken here."""
    sources: Mapping[UUID, int | None] = field(default_factory=dict)
    """Of entries that others were taken from: their edition, None of withdrawn ones."""


class BenchmarkView(BaseModel):
    """A benchmark; `region_name` from the province down, `counts` whether it holds today here."""

    model_config = ConfigDict(from_attributes=True)

    benchmark_id: UUID
    item_code: str | None
    item_name: str
    region: str
    region_name: str
    evidence_masked: str
    valid_from: date | None
    valid_until: date | None
    noted_at: datetime
    noted_name: str
    """Empty of another node's."""
    withdrawn_at: datetime | None
    withdrawn_because_masked: str | None
    counts: bool
    edition: int = 1
    whose: Whose = Whose.OWN
    node: str = ""
    node_name: str = ""
    """Which noted it."""
    confirmed_at: datetime | None = None
    """Since when the node that noted it vouches for it to the tiers below."""
    confirmed_name: str | None = None
    adopted_node_name: str | None = None
    """Of one that was taken from a tier below: whose that was."""
    source: Source | None = None
    """What became of that since; None where it was not taken from anybody."""
    taken: bool = False
    """Of a tier below's: this wording of it is an own entry here."""

    @classmethod
    def of(cls, benchmark: Benchmark, reading: Reading) -> "BenchmarkView":
        """Return a benchmark as it is read."""
        origin, node = benchmark.origin, reading.node
        holds = counts_on(reading.today, benchmark.valid_from, benchmark.valid_until)
        taken_of = benchmark.adopted_node
        kept = {each: getattr(benchmark, each) for each in KEPT}
        return cls(
            **kept,
            region_name=full_name_of(benchmark.region) or benchmark.region,
            counts=holds and benchmark.withdrawn_at is None and benchmark.weighs,
            whose=whose(origin, node.code),
            node=origin or node.code,
            node_name=name_of(origin, node),
            adopted_node_name=name_of(taken_of, node) if taken_of else None,
            source=_source_of(benchmark, reading),
            taken=reading.copies.get(benchmark.benchmark_id) == benchmark.edition,
        )


ADDED = frozenset(
    {"region_name", "counts", "whose", "node", "node_name", "adopted_node_name", "source", "taken"}
)
KEPT = tuple(name for name in BenchmarkView.model_fields if name not in ADDED)


def seen_by(db: Connection, found: Sequence[Benchmark], door: Door) -> list[BenchmarkView]:
    """Return benchmarks as the node of a door reads them now."""
    theirs = [each.benchmark_id for each in found if each.origin]
    taken_from = [each.adopted_from for each in found if each.adopted_from and not each.origin]
    reading = Reading(
        door.node,
        day_in_china(door.now()),
        copied_editions(db, theirs) if theirs else {},
        standing_editions(db, taken_from) if taken_from else {},
    )
    return [BenchmarkView.of(each, reading) for each in found]


def _source_of(benchmark: Benchmark, reading: Reading) -> Source | None:
    source = benchmark.adopted_from
    if source is None or source not in reading.sources or benchmark.origin is not None:
        return None
    standing = reading.sources[source]
    if standing is None:
        return Source.WITHDRAWN
    return Source.AS_TAKEN if standing == benchmark.adopted_edition else Source.CORRECTED
