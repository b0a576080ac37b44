"""What a node may tell of a day in numbers: none so small that it speaks of a person."""

from collections.abc import Mapping, Set
from datetime import date, timedelta
from typing import TypeVar

LEAST = 3
"""A number below this, and above nothing, is withheld."""
COUNTED_AGAIN = 7
"""So many days past are counted again: facts may come late, and a node may have been down."""

Key = TypeVar("Key")


def withheld(cells: Mapping[Key, int]) -> dict[Key, int | None]:
    """Return numbers of one kind, at least two, such that their sum tells none of the small ones.

    All up to some number are withheld, so that at least two that differ are: in any other order
    they would be told alike. Where nothing would be left the zeros are withheld too.
    """
    most = _most_withheld({n for n in cells.values() if n > 0})
    if most and most == max(cells.values()):
        return dict.fromkeys(cells)
    return {key: None if 0 < n <= most else n for key, n in cells.items()}


def _most_withheld(told: Set[int]) -> int:
    small = {n for n in told if n < LEAST}
    if len(small) != 1:
        return max(small, default=0)
    return min(told - small, default=max(small))


def days_to_count(today: date) -> list[date]:
    """Return the days that have ended and are counted, the oldest first."""
    return [today - timedelta(days=back) for back in range(COUNTED_AGAIN, 0, -1)]
