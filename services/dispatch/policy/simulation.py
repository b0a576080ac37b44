"""What a replay of past cases under another catalogue adds up to (N22).

A way leads from the unit that got a case first to the one that would get it, which may be the
same; the empty code is the manual pool.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

MOST_EXAMPLES = 5
FEW = 20
"""Of a unit with fewer orders the share that it returned says nothing: that of all is taken."""
POOL = ""
Way = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Replayed:
    """Where a case went first, and where it would go."""

    case_id: UUID
    before: str
    after: str


@dataclass(slots=True)
class Gone:
    """How many cases went a way; of those that would go elsewhere, the first few."""

    cases: int = 0
    examples: list[UUID] = field(default_factory=list)


def ways_of(replayed: Iterable[Replayed]) -> dict[Way, Gone]:
    """Add up cases by their ways."""
    found: dict[Way, Gone] = {}
    for one in replayed:
        gone = found.setdefault((one.before, one.after), Gone())
        gone.cases += 1
        if one.before != one.after and len(gone.examples) < MOST_EXAMPLES:
            gone.examples.append(one.case_id)
    return found


@dataclass(frozen=True, slots=True)
class History:
    """How many orders a unit got in the period, and how many of them it gave back."""

    orders: int
    returned: int


def expected_returns(load: Mapping[str, int], history: Mapping[str, History]) -> float:
    """Return how many of these cases their units would give back, as they did in the past."""
    orders = sum(one.orders for one in history.values())
    returned = sum(one.returned for one in history.values())
    overall = returned / orders if orders else 0.0
    return sum(
        count * _rate(history.get(unit), overall) for unit, count in load.items() if unit != POOL
    )


def _rate(history: History | None, overall: float) -> float:
    if history is None or history.orders < FEW:
        return overall
    return history.returned / history.orders
