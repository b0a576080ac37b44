"""Give an order back, with a ground and its legal basis: the case returns to the pool."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.arbitrate import open_dispute
from services.dispatch.handlers.custody import pooled, say_pooled
from services.dispatch.handlers.ending import end_open_parts
from services.dispatch.handlers.steps import complete, order_facts, take_in_hand
from services.dispatch.policy import PoolReason, Step, is_disputed, state_after
from services.dispatch.repository.cases import move_case
from services.dispatch.repository.disputes import returns_of_round
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
    quota: int = 1
    """How often a case may be given back in a round before others decide whose it is."""


def return_order(db: Connection, giving: GivingBack, caller: Caller) -> Order:
    """End the unit's custody; a dispatcher decides anew, or the parties of an arbitration do."""
    stands_back = giving.ground is ReturnGround.CONFLICT_OF_INTEREST
    # Of whom the case complains, they may say so at any time.
    before = None if stands_back else caller.now
    hand = take_in_hand(db, giving.order_id, Step.RETURN, before=before)
    state = state_after(Step.RETURN, hand.order.state)
    legal_basis, note = mask_text(giving.legal_basis), mask_text(giving.note)

    told = {"return_ground": giving.ground, "legal_basis": legal_basis}
    noted = {"return_note_masked": note, "returned_at": caller.now}
    order = complete(db, hand, state, caller, **told, **noted)
    end_open_parts(db, order, caller.now)
    against = ReturnGround.CONFLICT_OF_INTEREST
    returns = returns_of_round(db, order.case_id, order.round, against)
    disputed = not stands_back and is_disputed(returns, giving.quota)
    waiting = pooled(hand.case, PoolReason.ARBITRATION if disputed else PoolReason.RETURNED)
    move_case(db, waiting)
    facts = order_facts(order, caller)
    basis = {"ground": giving.ground, "legal_basis": legal_basis, "note_masked": note}
    say(db, OrderReturned(**facts, **basis))
    say_pooled(db, waiting, caller.now)
    if disputed:
        open_dispute(db, order, returns, caller.now)
    return order
