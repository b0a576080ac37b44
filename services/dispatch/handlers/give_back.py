"""Give an order back, with a ground and its legal basis: the case returns to the pool."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.custody import pooled, say_pooled
from services.dispatch.handlers.steps import complete, order_facts, take_in_hand
from services.dispatch.policy import PoolReason, Step, state_after
from services.dispatch.repository.cases import move_case
from services.dispatch.repository.orders import Order
from shared.events.dispatch import OrderReturned, ReturnGround
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text


@dataclass(frozen=True, slots=True, kw_only=True)
class GivingBack:
    """Why a unit is not the right one; texts are masked before they are kept anywhere."""

    order_id: UUID
    ground: ReturnGround
    legal_basis: str
    note: str = ""


def return_order(db: Connection, giving: GivingBack, caller: Caller) -> Order:
    """End the unit's custody; a dispatcher decides anew."""
    hand = take_in_hand(db, giving.order_id, Step.RETURN)
    state = state_after(Step.RETURN, hand.order.state)
    legal_basis, note = mask_text(giving.legal_basis), mask_text(giving.note)

    told = {"return_ground": giving.ground, "legal_basis": legal_basis}
    noted = {"return_note_masked": note, "returned_at": caller.now}
    order = complete(db, hand, state, caller, **told, **noted)
    waiting = pooled(hand.case, PoolReason.RETURNED)
    move_case(db, waiting)
    facts = order_facts(order, caller)
    basis = {"ground": giving.ground, "legal_basis": legal_basis, "note_masked": note}
    say(db, OrderReturned(**facts, **basis))
    say_pooled(db, waiting, caller.now)
    return order
