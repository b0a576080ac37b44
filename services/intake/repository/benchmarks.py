"""The register of what other regions can do."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, select, true, update

from services.intake.tables import benchmarks

c = benchmarks.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A region can do an item; `normal_title` is how the item is found."""

    benchmark_id: UUID
    item_code: str | None
    item_name: str
    normal_title: str
    region: str
    evidence_masked: str
    valid_from: date | None
    valid_until: date | None
    noted_at: datetime
    noted_by: str
    noted_name: str
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None
    withdrawn_because_masked: str | None = None


def add_benchmark(db: Connection, benchmark: Benchmark) -> None:
    """Keep one."""
    db.execute(benchmarks.insert(), asdict(benchmark))


def benchmark_of(db: Connection, benchmark_id: UUID, *, lock: bool = False) -> Benchmark | None:
    """Return one by its id, locked if asked."""
    query = select(benchmarks).where(c.benchmark_id == benchmark_id)
    row = db.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    return None if row is None else Benchmark(**row)


def all_benchmarks(
    db: Connection, limit: int, *, normal_title: str | None, withdrawn: bool
) -> Sequence[Benchmark]:
    """Return those in use, or withdrawn, the latest first; of one item if named."""
    query = select(benchmarks).where(c.withdrawn_at.is_not(None) == withdrawn)
    if normal_title is not None:
        query = query.where(c.normal_title == normal_title)
    ordered = query.order_by(c.noted_at.desc(), c.benchmark_id).limit(limit)
    return [Benchmark(**row) for row in db.execute(ordered).mappings()]


def change_benchmark(db: Connection, benchmark_id: UUID, **changes: object) -> None:
    """Write columns of a locked one."""
    db.execute(update(benchmarks).where(c.benchmark_id == benchmark_id).values(changes))


def in_use_on(day: ColumnElement[date]) -> ColumnElement[bool]:
    """Return the condition that a benchmark holds on a day."""
    return and_(
        c.withdrawn_at.is_(None),
        func.coalesce(c.valid_from <= day, true()),
        func.coalesce(c.valid_until >= day, true()),
    )
