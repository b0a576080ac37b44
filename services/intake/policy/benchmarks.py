"""Somewhere else it can be done: what the scope test makes of that (S0-22, N13).

A person who came often enough about an item that another region does is in scope, whatever this
region's own catalogue says of it. What a tier above has confirmed weighs like an own entry; what a
tier below has noted does not before somebody here has looked at its evidence.
"""

from datetime import date
from enum import StrEnum, unique

QUALIFYING_TRIES = 2
"""So often somebody must have come in vain (S0-22)."""
CONTRADICTED = frozenset({"law_bars", "non_government"})
"""The grounds of a no that do not go with another region's doing it: nothing of the law bars it
there, and it is a matter of the authorities."""


@unique
class Whose(StrEnum):
    """Where the node stands that noted an entry, seen from the one that reads it."""

    OWN = "own"
    ABOVE = "above"
    BELOW = "below"


def whose(origin: str | None, node: str) -> Whose:
    """Tell by the codes of GB/T 2260 whose an entry is; None is this node's."""
    if origin is None:
        return Whose.OWN
    return Whose.ABOVE if node.startswith(_area(origin)) else Whose.BELOW


def weighs(origin: str | None, node: str, region: str) -> bool:
    """Tell whether the scope test of a node uses an entry: never for what is done right there."""
    return whose(origin, node) is not Whose.BELOW and region != node


def asks(attempts: int) -> bool:
    """Tell whether it matters for a person that another region does the item."""
    return attempts >= QUALIFYING_TRIES


def counts_on(day: date, valid_from: date | None, valid_until: date | None) -> bool:
    """Tell whether a benchmark holds on a day; both ends are days that still count."""
    begun = valid_from is None or valid_from <= day
    return begun and (valid_until is None or day <= valid_until)


def is_span(valid_from: date | None, valid_until: date | None) -> bool:
    """Tell whether a validity ends no earlier than it begins."""
    return valid_from is None or valid_until is None or valid_from <= valid_until


def _area(code: str) -> str:
    while code.endswith("00"):
        code = code[:-2]
    return code
