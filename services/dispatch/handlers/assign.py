"""Send by hand what no rule could place, or what a unit gave back."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.authority import refuse_undelegated
from services.dispatch.handlers.choosing import note_choice
from services.dispatch.handlers.conflict import complaint_free_of, taking_over
from services.dispatch.handlers.custody import Assignment, held_by, send_order
from services.dispatch.handlers.suggest import suggested_units
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy import CaseState, Route, UnitKind, UnitRule, is_barred
from services.dispatch.policy.authority import is_tier_below
from services.dispatch.repository.cases import Case, lock_case, move_case
from services.dispatch.repository.catalogue import (
    conflicted,
    find_in_place,
    region_of_unit,
    whole_tree,
)
from services.dispatch.repository.disputes import note_searcher, open_arbitration
from services.dispatch.repository.hand_overs import open_offer
from services.dispatch.repository.orders import Order
from shared.complaints import Complaint
from shared.errors import Refused
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action


@dataclass(frozen=True, slots=True)
class Placement:
    """A dispatcher's decision and its ground."""

    case_id: UUID
    unit_code: str
    because: str


def dispatch_manually(db: Connection, placement: Placement, caller: Caller) -> Order:
    """Send a case from the pool to a unit; of two dispatchers at once the second is refused."""
    case, unit = _placeable(db, placement, caller)
    suggested = suggested_units(db, case, caller.actor.node, caller.now)
    note_searcher(db, caller.actor.id, caller.now)
    given = held_by(case, unit)
    move_case(db, given)
    assignment = Assignment(
        unit=unit,
        route=Route.MANUAL,
        because=f"{mask_text(placement.because)}{taking_over(unit)}",
        by=caller.by,
        at=caller.now,
    )
    order = send_order(db, given, assignment)
    note_choice(db, order, suggested, caller)
    after = {"case_id": case.case_id, "unit": unit.code, "because": order.because}
    leave_trace(db, caller, Trace(Action.ORDER_DISPATCH, "order", str(order.order_id), after))
    return order


def _placeable(db: Connection, placement: Placement, caller: Caller) -> tuple[Case, UnitRule]:
    case = lock_case(db, placement.case_id)
    if case is None:
        raise Refused("unknown_case", field="case_id")
    against = complaint_free_of(db, case.case_id, caller)
    if case.state is not CaseState.POOLED:
        raise Refused("wrong_state")
    if open_offer(db, case.case_id) is not None:
        raise Refused("hand_over_open")
    if open_arbitration(db, case.case_id) is not None:
        raise Refused("arbitration_open")
    unit = unit_for(db, placement.unit_code, against)
    check_tier(db, case, unit, caller)
    return case, unit


def unit_for(db: Connection, code: str, against: Complaint) -> UnitRule:
    """Return a unit that may have a case; Refused if it is out of use or complained of."""
    unit = _unit_in_use(db, code)
    if against.units and _is_barred(db, unit, against.units):
        raise Refused("unit_complained_of", field="unit_code")
    return unit


def check_tier(db: Connection, case: Case, unit: UnitRule, caller: Caller) -> None:
    """Refuse a unit of a tier below to which the matter is not delegated, with the ground."""
    place = region_of_unit(db, unit.code)
    if is_tier_below(place, caller.actor.node):
        refuse_undelegated(db, case, place, caller.now, "unit_code")


def _is_barred(db: Connection, unit: UnitRule, complained_of: frozenset[str]) -> bool:
    return is_barred(unit.code, conflicted(db, complained_of), whole_tree(db).parents)


def _unit_in_use(db: Connection, code: str) -> UnitRule:
    unit = find_in_place(db, code)
    if unit is None:
        raise Refused("unknown_unit", field="unit_code")
    if unit.kind is UnitKind.OUTSIDE:
        raise Refused("unit_outside", field="unit_code")
    if not unit.active:
        raise Refused("unit_inactive", field="unit_code")
    return unit
