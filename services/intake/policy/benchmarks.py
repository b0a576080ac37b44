"""Somewhere else it can be done: what the scope test makes of that (S0-22, N13).

A person who came often enough about an item that another region does is in scope, whatever this
region's own catalogue says of it.
"""

from datetime import date

QUALIFYING_TRIES = 2
"""So often somebody must have come in vain (S0-22)."""


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
