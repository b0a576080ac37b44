"""The register of what other regions can do."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, literal, select, true, tuple_, update
from sqlalchemy.dialects.postgresql import insert

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
    origin: str | None = None
    weighs: bool = True
    edition: int = 1
    told_at: datetime | None = None
    said_version: int | None = None
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    confirmed_name: str | None = None
    adopted_from: UUID | None = None
    adopted_node: str | None = None
    adopted_edition: int | None = None


def add_benchmark(db: Connection, benchmark: Benchmark) -> None:
    """Keep one."""
    db.execute(benchmarks.insert(), asdict(benchmark))


def keep_told(db: Connection, benchmark: Benchmark) -> bool:
    """Keep what another node says of an entry of its own; tell whether that was news.

    An entry is of the node that used its id first; what it said earlier changes nothing.
    """
    row = insert(benchmarks).values(asdict(benchmark))
    new = row.excluded
    is_later = tuple_(c.told_at, c.said_version) < tuple_(new.told_at, new.said_version)
    changed = {column.name: new[column.name] for column in c if not column.primary_key}
    kept = row.on_conflict_do_update(
        index_elements=[c.benchmark_id], set_=changed, where=(c.origin == new.origin) & is_later
    )
    return db.scalar(kept.returning(c.benchmark_id)) is not None


def benchmark_of(db: Connection, benchmark_id: UUID, *, lock: bool = False) -> Benchmark | None:
    """Return one by its id, locked if asked."""
    query = select(benchmarks).where(c.benchmark_id == benchmark_id)
    row = db.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    return None if row is None else Benchmark(**row)


def benchmarks_for(db: Connection, normal_title: str, day: date) -> Sequence[Benchmark]:
    """Return those of an item that hold on a day, whosever they are, the first noted first."""
    query = select(benchmarks).where(c.normal_title == normal_title, in_use_on(literal(day)))
    ordered = query.order_by(c.noted_at, c.benchmark_id)
    return [Benchmark(**row) for row in db.execute(ordered).mappings()]


def all_benchmarks(
    db: Connection, limit: int, *, normal_title: str | None, withdrawn: bool
) -> Sequence[Benchmark]:
    """Return those in use, or withdrawn, the latest first; of one item if named."""
    query = select(benchmarks).where(c.withdrawn_at.is_not(None) == withdrawn)
    if normal_title is not None:
        query = query.where(c.normal_title == normal_title)
    ordered = query.order_by(c.noted_at.desc(), c.benchmark_id).limit(limit)
    return [Benchmark(**row) for row in db.execute(ordered).mappings()]


def untold_benchmarks(db: Connection, limit: int) -> Sequence[Benchmark]:
    """Lock own entries of which no other node was told so far."""
    query = select(benchmarks).where(c.origin.is_(None), c.told_at.is_(None))
    ordered = query.order_by(c.noted_at, c.benchmark_id).limit(limit)
    locked = ordered.with_for_update(skip_locked=True)
    return [Benchmark(**row) for row in db.execute(locked).mappings()]


def copy_of(db: Connection, benchmark_id: UUID) -> Benchmark | None:
    """Lock and return the own entry in use that was taken from one of a tier below."""
    query = select(benchmarks).where(c.adopted_from == benchmark_id, _is_own_in_use())
    row = db.execute(query.with_for_update()).mappings().one_or_none()
    return None if row is None else Benchmark(**row)


def copied_editions(db: Connection, ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Return of these entries of tiers below which edition was taken here, where one is in use."""
    query = select(c.adopted_from, c.adopted_edition)
    found = db.execute(query.where(c.adopted_from.in_(ids), _is_own_in_use()))
    return {row.adopted_from: row.adopted_edition for row in found}


def standing_editions(db: Connection, ids: Collection[UUID]) -> Mapping[UUID, int | None]:
    """Return the editions of these entries as they stand; None of one that was withdrawn."""
    query = select(c.benchmark_id, c.edition, c.withdrawn_at).where(c.benchmark_id.in_(ids))
    return {known: None if gone else edition for known, edition, gone in db.execute(query)}


def change_benchmark(db: Connection, benchmark_id: UUID, **changes: object) -> None:
    """Write columns of a locked one."""
    db.execute(update(benchmarks).where(c.benchmark_id == benchmark_id).values(changes))


def _is_own_in_use() -> ColumnElement[bool]:
    return c.origin.is_(None) & c.withdrawn_at.is_(None)


def in_use_on(day: ColumnElement[date]) -> ColumnElement[bool]:
    """Return the condition that a benchmark holds on a day."""
    return and_(
        c.withdrawn_at.is_(None),
        func.coalesce(c.valid_from <= day, true()),
        func.coalesce(c.valid_until >= day, true()),
    )
