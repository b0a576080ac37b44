"""Which report may be taken apart into several matters, and which part may be taken back (S1-28).

A report and its parts are one level deep: what was split off is not split again. The report stays
as it was told and keeps its number, unit and order; only the further matters get their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, unique

from services.intake.policy.facts import Fact, FactKind

MOST_MATTERS = 9
"""The report itself is one of them."""
IN_HAND = frozenset({FactKind.SIGNED, FactKind.CONTACTED, FactKind.ORDER_FINISHED})
"""Facts that say that a unit works on a case."""


@unique
class Objection(StrEnum):
    """Why a report cannot be taken apart; the words are codes of the HTTP door."""

    ELSEWHERE = "split_elsewhere"
    AT_REST = "split_at_rest"
    IS_PART = "split_is_part"
    IS_JOINED = "split_is_joined"
    BY_DISPATCHER = "split_by_dispatcher"
    TOO_MANY = "split_too_many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A report as far as taking it apart depends on it."""

    matters: int
    """So many it has by now, itself included."""
    is_here: bool = True
    """This node registered it and has it."""
    is_at_rest: bool = False
    """It has its result, was declined, closed or erased."""
    is_part: bool = False
    is_joined: bool = False
    """It waits for the answer of another case."""
    is_given: bool = False
    """A unit has its order."""


def objection_to_split(report: Standing, more: int, *, dispatches: bool) -> Objection | None:
    """Return why so many more matters cannot be split off a report, or None if they can.

    Once a unit has it, only who dispatches may.
    """
    never = _objection_to_any(report)
    if never is not None:
        return never
    if report.is_given and not dispatches:
        return Objection.BY_DISPATCHER
    return Objection.TOO_MANY if report.matters + more > MOST_MATTERS else None


def _objection_to_any(report: Standing) -> Objection | None:
    if not report.is_here:
        return Objection.ELSEWHERE
    if report.is_at_rest:
        return Objection.AT_REST
    if report.is_part:
        return Objection.IS_PART
    return Objection.IS_JOINED if report.is_joined else None


def is_in_hand(facts: Iterable[Fact]) -> bool:
    """Tell whether a unit has begun to work on a case: then its part is not taken back."""
    return any(fact.kind in IN_HAND for fact in facts)
