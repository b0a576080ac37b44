"""What a node may tell of a day in numbers: none so small that it speaks of a person."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypeVar

LEAST = 3
"""A number below this, and above nothing, is withheld."""
COUNTED_AGAIN = 7
"""So many days past are counted again: facts may come late, and a node may have been down."""

Key = TypeVar("Key")


def withheld(cells: Mapping[Key, int]) -> dict[Key, int | None]:
    """Return numbers of one kind without the small ones.

    Where just one is withheld the next smallest is too: else the sum would give it away.
    """
    small = {key for key, n in cells.items() if 0 < n < LEAST}
    others = sorted((n, str(key), key) for key, n in cells.items() if n >= LEAST)
    if len(small) == 1 and others:
        small.add(others[0][2])
    return {key: None if key in small else n for key, n in cells.items()}


def days_to_count(today: date) -> list[date]:
    """Return the days that have ended and are counted, the oldest first."""
    return [today - timedelta(days=back) for back in range(COUNTED_AGAIN, 0, -1)]
