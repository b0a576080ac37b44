"""Parts of an order: opened for other units by the lead, a dispatcher or a meeting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.assign import Placement, dispatch_manually, unit_for
from services.dispatch.handlers.opening import Opener, Task, begin_part
from services.dispatch.handlers.steps import lock_order
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy import OPEN_STATES, OrderState
from services.dispatch.policy.parts import UNSETTLED, objection_to_opening
from services.dispatch.repository.hand_overs import open_offer
from services.dispatch.repository.orders import Order
from services.dispatch.repository.parts import Part, parts_of
from services.dispatch.tables import complaints
from shared.complaints import complaint_of
from shared.errors import Refused
from shared.events.dispatch import PartKind
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Which unit is to do what for an order; the task is masked before it is kept anywhere.

    Until when is told in working days, or as the moment that was agreed upon; with neither the
    limits of the node say it.
    """

    kind: PartKind
    unit_code: str
    task: str
    days: int | None = None
    due_at: datetime | None = None


def open_part(db: Connection, order_id: UUID, opening: Opening, caller: Caller) -> Part:
    """Give another unit a part of an order that is in work; its own clock runs from now on.

    The lead signs before it asks others. Refused: `unknown_order`, `wrong_state`, `unknown_unit`,
    `unit_outside`, `unit_inactive`, `unit_complained_of`, `part_of_the_lead`, `part_open_already`,
    `bad_due_at`, `hand_over_open`.
    """
    case, order = lock_order(db, order_id)
    _check_order(db, order, caller)
    if opening.due_at is not None and opening.due_at <= caller.now:
        raise Refused("bad_due_at", field="due_at")
    unit = unit_for(db, opening.unit_code, complaint_of(db, complaints, case.case_id))
    same = [part for part in parts_of(db, order_id) if part.kind is opening.kind]
    at_work = {part.unit_code for part in same if part.state in UNSETTLED}
    objection = objection_to_opening(unit.code, order.unit_code, at_work)
    if objection is not None:
        raise Refused(objection, field="unit_code")
    task = Task(
        kind=opening.kind,
        words_masked=mask_text(opening.task),
        days=opening.days,
        due_at=opening.due_at,
    )
    part = begin_part(db, order, unit, task, Opener(caller.actor.id, caller.by, caller.now))
    after = {"order": order_id, "unit": unit.code, "kind": part.kind, "task": part.task_masked}
    leave_trace(db, caller, Trace(Action.PART_OPEN, "part", str(part.part_id), after))
    return part


def dispatch_with(
    db: Connection, placement: Placement, helping: Sequence[Opening], caller: Caller
) -> Order:
    """Send a case from the pool to a unit, and parts of it to those that help; all or nothing."""
    order = dispatch_manually(db, placement, caller)
    for opening in helping:
        open_part(db, order.order_id, opening, caller)
    return order


def _check_order(db: Connection, order: Order, caller: Caller) -> None:
    is_unsigned = order.state is OrderState.DISPATCHED and caller.actor.unit == order.unit_code
    if order.state not in OPEN_STATES or is_unsigned:
        raise Refused("wrong_state")
    if open_offer(db, order.case_id) is not None:
        raise Refused("hand_over_open")
