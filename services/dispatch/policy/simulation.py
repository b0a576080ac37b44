"""What a replay of past cases under another catalogue adds up to (N22).

A key `a|b` is a way from unit `a` to unit `b`; the empty code is the manual pool.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

MOST_EXAMPLES = 5
FEW = 20
"""Of a unit with fewer orders the share that it returned says nothing: that of all is taken."""
POOL = ""


@dataclass(frozen=True, slots=True)
class Replayed:
    """Where a case went first, and where it would go."""

    case_id: UUID
    before: str
    after: str


@dataclass(slots=True)
class Tally:
    """What was counted so far."""

    cases: int = 0
    moves: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)

    def count(self, replayed: Iterable[Replayed]) -> None:
        """Add cases."""
        for one in replayed:
            self.cases += 1
            self.before[one.before] = self.before.get(one.before, 0) + 1
            self.after[one.after] = self.after.get(one.after, 0) + 1
            if one.before != one.after:
                self._move(f"{one.before}|{one.after}", str(one.case_id))

    def _move(self, way: str, case_id: str) -> None:
        self.moves[way] = self.moves.get(way, 0) + 1
        shown = self.examples.setdefault(way, [])
        if len(shown) < MOST_EXAMPLES:
            shown.append(case_id)


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
