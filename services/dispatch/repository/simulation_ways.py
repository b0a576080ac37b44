"""What a replay has counted: a row for each way, added to by each of its pieces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sqlalchemy import Column, Connection, Executable, Select, case, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from services.dispatch.policy.simulation import MOST_EXAMPLES, Gone, Way
from services.dispatch.tables import simulation_ways
from shared.db.bulk import as_json, unfolded

W = simulation_ways.c
_NAMES = ("simulation_id", "before", "after", "cases", "examples")
_KEYS = (W.simulation_id, W.before, W.after)


@dataclass(frozen=True, slots=True)
class Loads:
    """How many cases each unit got first, and how many it would get; the pool is among them."""

    before: Mapping[str, int]
    after: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Moves:
    """How many ways lead elsewhere, with how many cases, and the busiest of them."""

    ways: int
    cases: int
    busiest: Sequence[tuple[Way, Gone]]


def add_ways(db: Connection, simulation_id: UUID, ways: Mapping[Way, Gone]) -> None:
    """Add to what a replay has counted."""
    rows = [
        {
            "simulation_id": simulation_id,
            "before": before,
            "after": after,
            "cases": gone.cases,
            "examples": gone.examples,
        }
        for (before, after), gone in ways.items()
    ]
    if rows:
        db.execute(_adding(), {"rows": as_json(rows)})


def loads_of(db: Connection, simulation_id: UUID) -> Loads:
    """Return the load of each unit before and after."""
    return Loads(*(_load(db, simulation_id, end) for end in (W.before, W.after)))


def moves_of(db: Connection, simulation_id: UUID, limit: int) -> Moves:
    """Return the ways that lead elsewhere; of two that are as busy the first by its codes."""
    elsewhere = (W.simulation_id == simulation_id, W.before != W.after)
    sums = select(func.count(), func.coalesce(func.sum(W.cases), 0)).where(*elsewhere)
    ways, moved = db.execute(sums).one()
    codes = (W.before.collate("C"), W.after.collate("C"))
    busiest = select(W.before, W.after, W.cases, W.examples).where(*elsewhere)
    rows = db.execute(busiest.order_by(W.cases.desc(), *codes).limit(limit))
    told = [
        ((row.before, row.after), Gone(row.cases, row.examples[:MOST_EXAMPLES])) for row in rows
    ]
    return Moves(ways, moved, told)


def forget_ways(db: Connection, of: UUID | Select[UUID]) -> None:
    """Remove what a replay has counted, or several have."""
    mine = W.simulation_id == of if isinstance(of, UUID) else W.simulation_id.in_(of)
    db.execute(delete(simulation_ways).where(mine))


@cache
def _adding() -> Executable:
    adding = insert(simulation_ways).from_select(list(_NAMES), unfolded(simulation_ways, _NAMES))
    new = adding.excluded
    full = func.cardinality(W.examples) >= MOST_EXAMPLES
    examples = case((full, W.examples), else_=func.array_cat(W.examples, new.examples))
    sums = {"cases": W.cases + new.cases, "examples": examples}
    return adding.on_conflict_do_update(index_elements=_KEYS, set_=sums)


def _load(db: Connection, simulation_id: UUID, end: Column[str]) -> dict[str, int]:
    query = select(end, func.sum(W.cases)).where(W.simulation_id == simulation_id)
    return {row[0]: row[1] for row in db.execute(query.group_by(end))}
