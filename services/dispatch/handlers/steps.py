"""What every step of a unit with its order has in common: the lock, the objection, the trace."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch import policy
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy import OrderState, Route, Standing, Step
from services.dispatch.repository.cases import Case, lock_case
from services.dispatch.repository.hand_overs import open_offer
from services.dispatch.repository.orders import Order, change_order, find_order
from services.dispatch.repository.parts import asked_others
from shared.errors import Refused
from shared.security.caller import Caller
from shared.security.policy import Action

ACTIONS = {
    Step.SIGN: Action.ORDER_SIGN,
    Step.CONTACT: Action.ORDER_CONTACT,
    Step.RETURN: Action.ORDER_RETURN,
    Step.FINISH: Action.ORDER_FINISH,
    Step.WORK: Action.ORDER_WORK,
    Step.MATERIALS: Action.ORDER_MATERIALS,
    Step.EXTEND: Action.ORDER_EXTEND,
    Step.TRACK: Action.ORDER_TRACK,
}


@dataclass(frozen=True, slots=True)
class InHand:
    """An order for which a step is possible, under the lock of its case."""

    case: Case
    order: Order
    step: Step


def take_in_hand(
    db: Connection,
    order_id: UUID,
    step: Step,
    *,
    attempt_needed: bool = False,
    before: datetime | None = None,
) -> InHand:
    """Lock the case of an order and check the step; raise Refused if it is not possible.

    `before` is the moment that may not lie behind the limit to sign; None where none counts, nor
    who decided for the unit.
    """
    case, order = lock_order(db, order_id)
    standing = Standing(
        lacks_attempt=attempt_needed and order.attempted_at is None,
        is_offered=open_offer(db, case.case_id) is not None,
        is_arbitrated=order.route is Route.ARBITRATED and before is not None,
        leads_others=step is Step.RETURN and before is not None and asked_others(db, order_id),
        sign_is_over=bool(before and order.sign_by and before > order.sign_by),
    )
    refusal = policy.objection_to(step, order.state, standing)
    if refusal is not None:
        raise Refused(refusal)
    return InHand(case, order, step)


def lock_order(db: Connection, order_id: UUID) -> tuple[Case, Order]:
    """Lock the case of an order and return both as they stand; Refused if there is none."""
    before = find_order(db, order_id)
    case = None if before is None else lock_case(db, before.case_id)
    order = find_order(db, order_id)  # again: only now does it stand still
    if case is None or order is None:
        raise Refused("unknown_order", field="order_id")
    return case, order


def complete(
    db: Connection, hand: InHand, state: OrderState, caller: Caller, **changes: Any
) -> Order:
    """Write what the step changed and leave its trace; return the order as it is now."""
    changes["state"] = state
    change_order(db, hand.order, **changes)
    before = {"state": hand.order.state}
    action = ACTIONS[hand.step]
    leave_trace(db, caller, Trace(action, "order", str(hand.order.order_id), changes, before))
    return replace(hand.order, **changes)


def order_facts(order: Order, caller: Caller) -> dict[str, Any]:
    """Return what every fact about an order tells."""
    return {
        "case_id": order.case_id,
        "occurred_at": caller.now,
        "order_id": order.order_id,
        "unit_code": order.unit_code,
        "unit_name": order.unit_name,
        "by": caller.by,
    }
