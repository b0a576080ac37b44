"""Whether a case may be said to be more work than was thought, or less: once, while it is in work.

Twice would be a way to move a limit as it is missed; for more time a unit asks for an extension.
"""

from dataclasses import dataclass
from enum import StrEnum, unique

from services.dispatch.policy.orders import CaseState

ON_SPOT = "on_spot"
IN_WORK = frozenset({CaseState.HELD, CaseState.POOLED})


@unique
class ComplexityObjection(StrEnum):
    """Why it may not; the words are codes of the HTTP door."""

    NOT_HELD_HERE = "not_held_here"
    WRONG_STATE = "wrong_state"
    HAND_OVER_OPEN = "hand_over_open"
    ALREADY = "already_reclassified"
    SAME = "same_complexity"
    ON_SPOT = "on_spot_is_over"


@dataclass(frozen=True, slots=True)
class Classified:
    """A case as far as it decides whether it may be classified anew."""

    complexity: str
    state: CaseState
    here: bool
    is_offered: bool
    """Another node may have taken it already."""
    is_reclassified: bool


def objection_to_complexity(case: Classified, wanted: str) -> ComplexityObjection | None:
    """Return why a case may not get another complexity, or None if it may."""
    if not case.here:
        return ComplexityObjection.NOT_HELD_HERE
    if case.is_reclassified:
        return ComplexityObjection.ALREADY
    if case.state not in IN_WORK:
        return ComplexityObjection.WRONG_STATE
    if case.is_offered:
        return ComplexityObjection.HAND_OVER_OPEN
    return _objection_to(wanted, case.complexity)


def _objection_to(wanted: str, now: str) -> ComplexityObjection | None:
    if wanted == now:
        return ComplexityObjection.SAME
    return ComplexityObjection.ON_SPOT if wanted == ON_SPOT else None
