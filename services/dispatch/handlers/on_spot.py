"""Finish a case that was answered while it was registered, in the name of who answered.

Nothing is left out: its unit signs for the order, has spoken to the person, and the answer ends
it.
"""

from collections.abc import Mapping

from sqlalchemy import Connection

from services.dispatch.handlers.contact import Attempt, Way, log_contact
from services.dispatch.handlers.finish import Finishing, finish_order
from services.dispatch.handlers.offers import House
from services.dispatch.handlers.sign import sign
from services.dispatch.policy import OrderState, Route
from services.dispatch.repository.cases import lock_case
from services.dispatch.repository.hand_overs import open_offer
from services.dispatch.repository.orders import Order, order_in_work
from shared.errors import NotYet
from shared.events.intake import CaseAnswered
from shared.events.words import OutcomeDetail
from shared.security.actor import Actor, ActorKind, Role
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys

WAYS: Mapping[str, Way] = {"hotline": Way.PHONE, "outbound_call": Way.PHONE, "video": Way.VIDEO}
"""How somebody was spoken to who came by a channel; by any other they stood there."""


def answer_on_spot(db: Connection, keys: NodeKeys, event: CaseAnswered, house: House) -> None:
    """Sign, note that the person was spoken to, and finish; nothing where another unit has it."""
    case = lock_case(db, event.case_id)
    if case is None:
        raise NotYet
    order = order_in_work(db, event.case_id)
    if order is None or not _is_open(order) or open_offer(db, event.case_id) is not None:
        return
    caller = _caller(event, house.node)
    sign(db, order.order_id, caller)
    way = WAYS.get(case.channel or "", Way.VISIT)
    log_contact(db, Attempt(order_id=order.order_id, way=way, reached=True), caller)
    finish_order(db, keys, _finishing(order, event), caller, house)


def _is_open(order: Order) -> bool:
    return order.route is Route.ON_SPOT and order.state is OrderState.DISPATCHED


def _caller(event: CaseAnswered, node: str) -> Caller:
    roles = frozenset({Role(event.by.role)} if event.by.role else ())
    kind = ActorKind(event.by.kind)
    who = Actor(kind=kind, node=node, id=event.account, unit=event.by.unit, roles=roles)
    return Caller(who, event.occurred_at)


def _finishing(order: Order, event: CaseAnswered) -> Finishing:
    return Finishing(
        order_id=order.order_id,
        outcome=OutcomeDetail(event.outcome),
        answer=event.answer_masked,
        sealed=event.answer,
        attempt_needed=True,
        legal_basis=event.legal_basis,
    )
