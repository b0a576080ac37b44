"""Move what an ended unit still holds to the unit that took over, or to a dispatcher."""

from dataclasses import dataclass

from sqlalchemy import Connection

from services.dispatch.handlers.authority import whose_below
from services.dispatch.handlers.conflict import because_of, detoured
from services.dispatch.handlers.custody import (
    Assignment,
    held_by,
    pooled,
    say_pooled,
    send_order,
)
from services.dispatch.handlers.deciding import not_ours
from services.dispatch.handlers.ending import end_what_is_open
from services.dispatch.handlers.part_succession import carry_parts, pass_parts_on
from services.dispatch.handlers.steps import InHand, complete, order_facts
from services.dispatch.policy import (
    OPEN_STATES,
    Decision,
    OrderState,
    PoolReason,
    Route,
    Step,
    UnitRule,
)
from services.dispatch.repository.cases import lock_case, move_case
from services.dispatch.repository.catalogue import find_in_place, find_unit
from services.dispatch.repository.hand_overs import open_offer
from services.dispatch.repository.orders import Order, find_order
from services.dispatch.repository.parts import Part
from services.dispatch.repository.succession import open_orders_of
from shared.errors import Refused
from shared.events.dispatch import OrderReturned, PartEnd, ReturnGround
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text

MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of the open orders of an ended unit."""

    given: int = 0
    pooled: int = 0
    left: int = 0
    """Offered to another node, which has not answered."""


@dataclass(frozen=True, slots=True)
class _Moving:
    heir: UnitRule
    because: str
    caller: Caller


def move_orders(db: Connection, code: str, because: str, caller: Caller) -> Moved:
    """End the orders of a unit out of use and give their cases on; at most 200 at once.

    So with its parts of others' orders; who was to help it helps its heir.
    """
    unit, heir = find_unit(db, code), find_in_place(db, code)
    if unit is None or heir is None:
        raise Refused("unknown_unit", field="code")
    if unit.active:
        raise Refused("unit_in_use")
    moving = _Moving(heir, mask_text(because), caller)
    found = open_orders_of(db, code, caller.actor, MOST_AT_ONCE)
    pass_parts_on(db, code, heir, caller)
    # Cases are locked in one order, whoever else moves some of them.
    became = [_move(db, order, moving) for order in sorted(found, key=lambda one: one.case_id)]
    return Moved(became.count("given"), became.count("pooled"), became.count("left"))


def _move(db: Connection, before: Order, moving: _Moving) -> str:
    case = lock_case(db, before.case_id)
    order = find_order(db, before.order_id)  # again: only now does it stand still
    if case is None or order is None or order.state not in OPEN_STATES:
        return "gone"
    if open_offer(db, case.case_id) is not None:
        return "left"
    hand = InHand(case, order, Step.RETURN)
    helped = _end(db, hand, moving)
    decision = _decision(db, hand, moving)
    if decision.unit is None or decision.route is None:
        return _pool(db, hand, decision, moving)
    given = held_by(case, decision.unit)
    move_case(db, given)
    because = because_of(decision, moving.because)
    by, at = moving.caller.by, moving.caller.now
    assignment = Assignment(
        unit=decision.unit, route=decision.route, because=because, by=by, at=at
    )
    carry_parts(db, helped, send_order(db, given, assignment), moving.caller)
    return "given"


def _end(db: Connection, hand: InHand, moving: _Moving) -> list[Part]:
    # Without a ground in the row: the unit did not give it back, so it counts as no return.
    told = {"legal_basis": moving.because, "returned_at": moving.caller.now}
    order = complete(db, hand, OrderState.RETURNED, moving.caller, **told)
    helped = end_what_is_open(db, order, moving.caller.now, PartEnd.UNIT_ENDED)
    basis = {"ground": ReturnGround.NOT_OUR_DUTY, "legal_basis": moving.because}
    say(db, OrderReturned(**order_facts(order, moving.caller), **basis))
    return helped


def _decision(db: Connection, hand: InHand, moving: _Moving) -> Decision:
    if not moving.heir.active:
        return Decision(None, None, PoolReason.UNIT_INACTIVE)
    # What was decided for the one stays decided for the other.
    route = Route.ARBITRATED if hand.order.route is Route.ARBITRATED else Route.MANUAL
    decision = detoured(db, hand.case.case_id, Decision(moving.heir, route, None))
    if decision.unit is None:
        return decision
    caller = moving.caller
    whose = whose_below(db, hand.case, decision.unit.code, caller.actor.node, caller.now)
    return decision if whose is None else not_ours(whose)


def _pool(db: Connection, hand: InHand, decision: Decision, moving: _Moving) -> str:
    waiting = pooled(hand.case, decision.reason or PoolReason.UNIT_INACTIVE)
    move_case(db, waiting)
    say_pooled(db, waiting, moving.caller.now, decision.because)
    return "pooled"
