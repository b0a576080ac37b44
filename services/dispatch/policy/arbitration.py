"""Whose a case is that nobody wants: when others decide, and who answers for the search (N7)."""

from collections.abc import Collection, Mapping
from enum import StrEnum, unique


@unique
class Party(StrEnum):
    """Who says whose a disputed case is."""

    DISPATCH = "dispatch"
    LEGAL = "legal"
    STAFFING = "staffing"


def is_disputed(returns: int, most: int) -> bool:
    """Tell whether a case was given back more often in its round than it may be."""
    return returns > most


def missing(given: Collection[Party]) -> tuple[Party, ...]:
    """Return the parties that have not said whose a case is, in their order."""
    return tuple(party for party in Party if party not in given)


def choose_owner(loads: Mapping[str, int]) -> str | None:
    """Choose who answers for a search: who has the fewest; of equals the first by account."""
    return min(loads, key=lambda account: (loads[account], account), default=None)
