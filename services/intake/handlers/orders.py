"""Orders between nodes: carry out what the node of origin orders, note who carried out ours."""

from datetime import datetime

from sqlalchemy import Connection

from services.intake.handlers.amended import ANOTHER_NODE, hear_amended
from services.intake.handlers.erasure import ERASURE, carry_out
from services.intake.policy.retention import OrderState, node_of
from services.intake.repository.cases import case_of
from services.intake.repository.orders import (
    Order,
    acknowledge,
    acknowledge_corrections,
    add_order,
    expect,
    open_hold,
)
from shared.events.intake import CaseAmended, CaseErased
from shared.events.link import FactRelayed, OrderPassedOn
from shared.security.actor import Actor, ActorKind
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys


def hear_order(db: Connection, keys: NodeKeys, event: FactRelayed, node: str) -> None:
    """Hear what another node says of an order; what is no order passes by."""
    match event.fact.type:
        case CaseErased.name:
            _erased(db, event.fact.open(CaseErased), event, node)
        case CaseAmended.name:
            hear_amended(db, keys, event, node)
        case OrderPassedOn.name:
            note_passed_on(db, event.fact.open(OrderPassedOn), node)
        case _:
            pass


def note_passed_on(db: Connection, event: OrderPassedOn, node: str) -> None:
    """Note which nodes were told of an order: each of them owes its acknowledgement."""
    expect(db, event.order_id, set(event.to_nodes) - {node}, event.occurred_at)


def _erased(db: Connection, told: CaseErased, event: FactRelayed, node: str) -> None:
    speaker = event.fact.node
    acknowledge(db, told.order_id, speaker, told.occurred_at)
    acknowledge_corrections(db, told.case_id, speaker, told.occurred_at)
    if told.ordered_by == node:
        _ours(db, told, event.occurred_at)
    elif speaker == told.ordered_by and _may_order(db, told, speaker):
        _obey(db, told, node, event.occurred_at)


def _may_order(db: Connection, told: CaseErased, speaker: str) -> bool:
    # Who gave the case its number answers for its person; nobody else may have it erased.
    case = case_of(db, told.case_id)
    return node_of(told.number) == speaker and (case is None or case.origin == speaker)


def _obey(db: Connection, told: CaseErased, node: str, now: datetime) -> None:
    # Before the order is entered: a release meanwhile would neither see it nor be seen.
    case_of(db, told.case_id, lock=True)
    order = _order(told, OrderState.HELD, now)
    if not add_order(db, order):
        return
    if open_hold(db, told.case_id) is None:
        carry_out(db, order, Caller(_other(node, told.ordered_by), now))


def _ours(db: Connection, told: CaseErased, now: datetime) -> None:
    # A node that came back from a backup may have lost that it ordered this; a person here looks.
    case = case_of(db, told.case_id)
    if case is not None and case.origin is None and case.erased_at is None:
        add_order(db, _order(told, OrderState.ASKED, now))


def _order(told: CaseErased, state: OrderState, now: datetime) -> Order:
    return Order(
        order_id=told.order_id,
        kind=ERASURE,
        case_id=told.case_id,
        number=told.number,
        state=state,
        ordered_by=told.ordered_by,
        ground=told.ground,
        requester=ANOTHER_NODE,
        reason=None,
        asked_by=told.ordered_by,
        asked_name="",
        asked_at=now,
    )


def _other(node: str, ordered_by: str) -> Actor:
    return Actor(kind=ActorKind.SYSTEM, node=node, id=ordered_by)
