"""A case turns out to complain of somebody: a unit that may not have it loses it at once."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from services.dispatch import policy
from services.dispatch.handlers.conflict import Barred, barred_from, because_of
from services.dispatch.handlers.custody import (
    Assignment,
    held_by,
    pooled,
    say_pooled,
    send_order,
)
from services.dispatch.handlers.ending import end_what_is_open
from services.dispatch.handlers.meetings_ending import dismiss_barred
from services.dispatch.handlers.opening import RULES, Opener, end_part
from services.dispatch.handlers.trace import THE_RULES, Trace, leave_trace
from services.dispatch.policy import (
    CaseState,
    Decision,
    OrderState,
    PoolReason,
    Route,
    Tree,
    UnitRule,
)
from services.dispatch.policy.parts import UNSETTLED
from services.dispatch.repository.cases import Case, lock_case, move_case
from services.dispatch.repository.catalogue import conflicted, whole_tree
from services.dispatch.repository.hand_overs import open_offer
from services.dispatch.repository.orders import Order, change_order, order_in_work
from services.dispatch.repository.parts import parts_of
from services.dispatch.tables import complaints
from shared.complaints import complaint_at, keep_complaint
from shared.events.dispatch import OrderReturned, PartEnd, ReturnGround
from shared.events.intake import ComplaintMarked
from shared.outbox import say
from shared.security.actor import Actor, ActorKind
from shared.security.caller import Caller
from shared.security.policy import Action

BASIS = "《信访工作条例》：检举、揭发材料不得转给被检举、揭发的单位和人员"
TAKEN_BACK = "因回避收回工单"


@dataclass(frozen=True, slots=True)
class _Found:
    case: Case
    order: Order
    units: frozenset[str]
    """Complained of."""
    tree: Tree
    event: ComplaintMarked


def hear_complaint(db: Connection, event: ComplaintMarked, node: str) -> None:
    """Keep of whom a case complains, be it accepted or not; take it from a unit not to have it."""
    case = lock_case(db, event.case_id)
    told = complaint_at(node, event.complained_of)
    keep_complaint(db, complaints, event.case_id, told)
    if case is not None and told:
        _free_search(db, case, event)
        dismiss_barred(db, case, barred_from(db, case.case_id), event.occurred_at)
    order = order_in_work(db, event.case_id) if case is not None and told.units else None
    if case is None or order is None:
        return
    tree = whole_tree(db)
    units = conflicted(db, told.units)
    _free_parts(db, order, Barred(units, tree.parents), event)
    if policy.is_barred(order.unit_code, units, tree.parents):
        _take_back(db, _Found(case, order, units, tree, event), node)


def _free_search(db: Connection, case: Case, event: ComplaintMarked) -> None:
    # Whoever answers for it may be complained of: only somebody who may see it takes it again.
    if case.here and case.state is CaseState.POOLED and case.searcher is not None:
        unowned = replace(case, searcher=None)
        move_case(db, unowned)
        say_pooled(db, unowned, event.occurred_at)


def _free_parts(db: Connection, order: Order, against: Barred, event: ComplaintMarked) -> None:
    for part in parts_of(db, order.order_id):
        if part.state in UNSETTLED and against.has(part.unit_code):
            ender = Opener(RULES, THE_RULES, event.occurred_at)
            end_part(db, part, PartEnd.CONFLICT_OF_INTEREST, ender)


def _take_back(db: Connection, found: _Found, node: str) -> None:
    case, order, event = found.case, found.order, found.event
    told = {"return_ground": ReturnGround.CONFLICT_OF_INTEREST, "legal_basis": BASIS}
    ended = {"state": OrderState.RETURNED, "returned_at": event.occurred_at, **told}
    change_order(db, order, **ended)
    end_what_is_open(db, order, event.occurred_at, PartEnd.CONFLICT_OF_INTEREST)
    say(db, _returned(order, event))
    rules = Caller(Actor(kind=ActorKind.SYSTEM, node=node, id="rules"), event.occurred_at)
    before = {"state": order.state}
    leave_trace(db, rules, Trace(Action.ORDER_RETURN, "order", str(order.order_id), ended, before))
    decision = _decision(db, found)
    if decision.unit is None:
        waiting = pooled(case, PoolReason.CONFLICT_OF_INTEREST)
        move_case(db, waiting)
        say_pooled(db, waiting, event.occurred_at)
        return
    given = held_by(case, decision.unit)
    move_case(db, given)
    send_order(db, given, _assignment(decision, decision.unit, event))


def _decision(db: Connection, found: _Found) -> Decision:
    if open_offer(db, found.case.case_id) is not None:
        # Another node may have taken it already: until it answers, nobody here gets it anew.
        return Decision(None, None, PoolReason.CONFLICT_OF_INTEREST)
    order = found.order
    unit = UnitRule(order.unit_code, order.unit_name, active=True)
    before = Decision(unit, order.route, None, order.because)
    return policy.past_conflict(before, found.tree, found.units)


def _assignment(decision: Decision, unit: UnitRule, event: ComplaintMarked) -> Assignment:
    return Assignment(
        unit=unit,
        route=Route.DETOUR,
        because=because_of(decision, TAKEN_BACK),
        by=THE_RULES,
        at=event.occurred_at,
    )


def _returned(order: Order, event: ComplaintMarked) -> OrderReturned:
    about: dict[str, Any] = {"case_id": order.case_id, "occurred_at": event.occurred_at}
    return OrderReturned(
        **about,
        order_id=order.order_id,
        unit_code=order.unit_code,
        unit_name=order.unit_name,
        ground=ReturnGround.CONFLICT_OF_INTEREST,
        legal_basis=BASIS,
        by=event.by,
    )
