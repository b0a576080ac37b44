"""Sign for an order: from now on it has a name to it."""

from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.steps import complete, order_facts, take_in_hand
from services.dispatch.policy import Step, state_after
from services.dispatch.repository.orders import Order
from shared.events.dispatch import OrderSigned
from shared.outbox import say
from shared.security.caller import Caller


def sign(db: Connection, order_id: UUID, caller: Caller) -> Order:
    """Take an order over for the unit; the clocks run since its dispatch, not from here."""
    hand = take_in_hand(db, order_id, Step.SIGN)
    state = state_after(Step.SIGN, hand.order.state)

    order = complete(db, hand, state, caller, signed_at=caller.now)
    say(db, OrderSigned(**order_facts(order, caller)))
    return order
