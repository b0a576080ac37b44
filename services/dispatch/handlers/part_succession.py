"""What becomes of parts when a unit ends: the lead's go to its heir, a helper's to its own."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.dispatch.handlers.conflict import barred_from
from services.dispatch.handlers.opening import Opener, Task, begin_part, end_part
from services.dispatch.handlers.steps import lock_order
from services.dispatch.policy import UnitRule
from services.dispatch.policy.parts import UNSETTLED, objection_to_opening
from services.dispatch.repository.catalogue import find_unit
from services.dispatch.repository.orders import Order
from services.dispatch.repository.parts import Part, parts_of, unsettled_of_unit
from shared.events.dispatch import PartEnd
from shared.security.caller import Caller

MOST_AT_ONCE = 200


def carry_parts(db: Connection, ended: Sequence[Part], order: Order, caller: Caller) -> None:
    """Ask anew, for the order of the heir, whoever was to help the unit that ended."""
    for part in ended:
        unit = find_unit(db, part.unit_code)
        if unit is not None and unit.active:
            _ask_anew(db, part, order, unit, caller)


def pass_parts_on(db: Connection, code: str, heir: UnitRule, caller: Caller) -> None:
    """Take its parts from a unit out of use; its heir is asked where it may be."""
    found = unsettled_of_unit(db, code, MOST_AT_ONCE)
    # Cases are locked in one order, whoever else changes some of them.
    for before in sorted(found, key=lambda part: part.case_id):
        _case, order = lock_order(db, before.order_id)
        still = {part.part_id: part for part in parts_of(db, order.order_id)}[before.part_id]
        if still.state in UNSETTLED:
            end_part(db, still, PartEnd.UNIT_ENDED, _opener(caller))
            if heir.active:
                _ask_anew(db, still, order, heir, caller)


def _ask_anew(db: Connection, part: Part, order: Order, unit: UnitRule, caller: Caller) -> None:
    same = [one for one in parts_of(db, order.order_id) if one.kind is part.kind]
    at_work = {one.unit_code for one in same if one.state in UNSETTLED}
    if objection_to_opening(unit.code, order.unit_code, at_work) is not None:
        return
    if barred_from(db, order.case_id).has(unit.code):
        return
    due_at = part.due_at if part.due_at and part.due_at > caller.now else None
    task = Task(kind=part.kind, words_masked=part.task_masked, due_at=due_at)
    begin_part(db, order, unit, task, _opener(caller))


def _opener(caller: Caller) -> Opener:
    return Opener(caller.actor.id, caller.by, caller.now)
