"""Where a case goes that was answered while it was registered: to the unit of who answered.

What is another tier's, or complains of that unit, goes its usual way and waits there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.authority import day_of, told
from services.dispatch.handlers.conflict import taking_over
from services.dispatch.handlers.custody import Assignment
from services.dispatch.handlers.deciding import not_ours
from services.dispatch.policy import Decision, Route, UnitKind, UnitRule, is_barred
from services.dispatch.policy.authority import standing_of
from services.dispatch.repository.authority import grants_for
from services.dispatch.repository.cases import Case
from services.dispatch.repository.catalogue import conflicted, find_in_place, whole_tree
from shared.events.intake import CaseAccepted
from shared.events.words import By

BECAUSE = "登记时已经当场答复，由答复的单位办结"


@dataclass(frozen=True, slots=True)
class Answerer:
    """The unit that has answered, and who of it."""

    unit: UnitRule
    by: By


def answerers(
    db: Connection, events: Sequence[CaseAccepted], node: str
) -> tuple[dict[UUID, Answerer], dict[UUID, Decision]]:
    """Return by case the units that have answered, and of what they must not have: whose it is."""
    answered = [event for event in events if event.answered_by is not None]
    grants = grants_for(db, {event.item_code for event in answered if event.item_code})
    found, others = {}, {}
    for event in answered:
        rows = grants.get(event.item_code or "", [])
        standing = standing_of(rows, node, day_of(event.occurred_at))
        if not standing.allowed:
            others[event.case_id] = not_ours(told(standing.holders))
        elif (unit := _unit_for(db, event)) is not None:
            found[event.case_id] = Answerer(unit, event.by)
    return found, others


def decision_of(answerer: Answerer) -> Decision:
    """Return that a unit has answered as a decision."""
    return Decision(answerer.unit, Route.ON_SPOT, None)


def assignment_of(answerer: Answerer, case: Case) -> Assignment:
    """Return what gives the unit its order, in the name of who has answered."""
    because = f"{BECAUSE}{taking_over(answerer.unit)}"
    at = case.accepted_at
    return Assignment(
        unit=answerer.unit, route=Route.ON_SPOT, because=because, by=answerer.by, at=at
    )


def _unit_for(db: Connection, event: CaseAccepted) -> UnitRule | None:
    unit = find_in_place(db, event.answered_by or "")
    if unit is None or not unit.active or unit.kind is UnitKind.OUTSIDE:
        return None
    told = event.complained_of
    barred = conflicted(db, told.codes) if told else frozenset()
    return None if barred and is_barred(unit.code, barred, whole_tree(db).parents) else unit
