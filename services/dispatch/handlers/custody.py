"""Who has a case: an order to one unit, or the manual pool."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from services.dispatch.handlers.opening import begin_by_rule
from services.dispatch.handlers.searching import own_search
from services.dispatch.handlers.suggest import Suggestion
from services.dispatch.policy import CaseState, OrderState, PoolReason, Route, Ruled, UnitRule
from services.dispatch.repository.alike import OrderSuggestion, add_order_suggestions
from services.dispatch.repository.cases import Case, note_pooled
from services.dispatch.repository.orders import Order, add_orders
from services.dispatch.repository.rules import OrderRule, add_order_rules, told_met
from shared.clock import new_id
from shared.events import dispatch as said
from shared.events.words import By, Complexity
from shared.outbox import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A unit and what decided for it; `because` is read by people."""

    unit: UnitRule
    route: Route
    because: str
    by: By
    at: datetime
    ruled: Ruled | None = None
    co_units: tuple[str, ...] = ()
    suggestion: Suggestion | None = None
    """What the system acted upon, where nobody else decided."""


def held_by(case: Case, unit: UnitRule) -> Case:
    """Return the case as the unit holds it."""
    held = replace(case, state=CaseState.HELD, pool_reason=None, searcher=None)
    return replace(held, unit_code=unit.code)


def pooled(case: Case, reason: PoolReason) -> Case:
    """Return the case as it waits for a dispatcher."""
    return replace(case, state=CaseState.POOLED, pool_reason=reason, searcher=None)


def send_order(db: Connection, case: Case, assignment: Assignment) -> Order:
    """Give the unit an order for the case's round and say so; its custody begins now."""
    return send_orders(db, [(case, assignment)])[0]


def send_orders(db: Connection, assigned: Sequence[tuple[Case, Assignment]]) -> list[Order]:
    """Do the same for several cases."""
    orders = [_order(case, assignment) for case, assignment in assigned]
    add_orders(db, orders)
    add_order_rules(db, _order_rules(orders, assigned))
    add_order_suggestions(db, _order_suggestions(orders, assigned))
    for (case, assignment), order in zip(assigned, orders, strict=True):
        say(db, _dispatched(case, order, assignment))
        if assignment.ruled is not None and assignment.co_units:
            begin_by_rule(db, order, assignment.ruled, assignment.co_units)
    return orders


def _order(case: Case, assignment: Assignment) -> Order:
    return Order(
        order_id=new_id(),
        case_id=case.case_id,
        round=case.round,
        unit_code=assignment.unit.code,
        unit_name=assignment.unit.title,
        complexity=case.complexity,
        route=assignment.route,
        because=assignment.because,
        state=OrderState.DISPATCHED,
        dispatched_at=assignment.at,
    )


def _order_rules(
    orders: Sequence[Order], assigned: Sequence[tuple[Case, Assignment]]
) -> list[OrderRule]:
    return [
        OrderRule(
            order_id=order.order_id,
            catalogue=ruled.catalogue,
            rule_code=ruled.hit.rule.code,
            rule_title=ruled.hit.rule.title,
            met=told_met(ruled.hit.met),
            co_units=list(assignment.co_units),
            urgency=ruled.hit.rule.urgency,
            complexity=ruled.hit.rule.complexity,
            legal_basis=ruled.hit.rule.legal_basis,
        )
        for order, (_case, assignment) in zip(orders, assigned, strict=True)
        if (ruled := assignment.ruled) is not None
    ]


def _order_suggestions(
    orders: Sequence[Order], assigned: Sequence[tuple[Case, Assignment]]
) -> list[OrderSuggestion]:
    return [
        OrderSuggestion(
            order_id=order.order_id,
            confidence=made.confidence,
            right=made.right,
            asked=made.asked,
            counted=list(made.counted),
            alike=[one.case_id for one in made.alike],
        )
        for order, (_case, assignment) in zip(orders, assigned, strict=True)
        if (made := assignment.suggestion) is not None
    ]


def say_pooled(db: Connection, case: Case, at: datetime, because: str = "") -> None:
    """Say why the case waits, and who answers for it; `because` is what they should know."""
    assert case.pool_reason is not None, "a pooled case has its reason"  # noqa: S101
    disputed = case.pool_reason is PoolReason.ARBITRATION
    reason = said.PoolReason(PoolReason.RETURNED if disputed else case.pool_reason)
    facts = {"case_id": case.case_id, "occurred_at": at, "epoch": case.epoch}
    told = {"arbitration": disputed, "because": because, "matter": matter_of(case)}
    say(db, said.CasePooled(**facts, reason=reason, **told))
    note_pooled(db, case.case_id, at)
    own_search(db, case, at)


def _dispatched(case: Case, order: Order, assignment: Assignment) -> said.OrderDispatched:
    return said.OrderDispatched(
        case_id=order.case_id,
        occurred_at=assignment.at,
        order_id=order.order_id,
        round=order.round,
        unit_code=order.unit_code,
        unit_name=order.unit_name,
        complexity=Complexity(order.complexity),
        route=_said_route(assignment),
        arbitrated=assignment.route is Route.ARBITRATED,
        because=order.because,
        epoch=case.epoch,
        unit_phone=assignment.unit.phone,
        rule=_rule_told(assignment.ruled),
        suggestion=_suggestion_told(assignment.suggestion),
        matter=matter_of(case, assignment.ruled.hit.rule.urgency if assignment.ruled else None),
        by=assignment.by,
    )


def matter_of(case: Case, urgency: str | None = None) -> said.Matter:
    """Return on what the limits of a case depend."""
    return said.Matter(
        accepted_at=case.accepted_at,
        region=case.region,
        channel=case.channel,
        demand=case.demand,
        item_code=case.item_code,
        urgency=urgency,
    )


def _said_route(assignment: Assignment) -> said.Route:
    # Nodes of the release before know no other words: by what kind of thing the rule went.
    if assignment.route in (Route.ARBITRATED, Route.SUGGESTION, Route.ON_SPOT):
        return said.Route.MANUAL
    if assignment.route is not Route.RULE or assignment.ruled is None:
        return said.Route(assignment.route)
    by_item = assignment.ruled.hit.rule.conditions.items
    return said.Route.ITEM if by_item else said.Route.PLACE


def _suggestion_told(made: Suggestion | None) -> said.SuggestionTold | None:
    if made is None:
        return None
    return said.SuggestionTold(
        confidence=made.confidence,
        right=made.right,
        asked=made.asked,
        counted_masked="\n".join(made.counted),
    )


def _rule_told(ruled: Ruled | None) -> said.RuleTold | None:
    if ruled is None:
        return None
    return said.RuleTold(
        catalogue=ruled.catalogue,
        code=ruled.hit.rule.code,
        title=ruled.hit.rule.title,
        met_masked="\n".join(f"{one.condition}:{one.value}" for one in ruled.hit.met),
    )
