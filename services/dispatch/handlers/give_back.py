"""Give an order back, with a ground and its legal basis: the case returns to the pool."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.arbitrate import open_dispute
from services.dispatch.handlers.conflict import Barred, barred_from
from services.dispatch.handlers.custody import pooled, say_pooled
from services.dispatch.handlers.ending import end_what_is_open
from services.dispatch.handlers.steps import complete, lock_order, order_facts, take_in_hand
from services.dispatch.policy import PoolReason, Step, is_disputed, state_after
from services.dispatch.repository.cases import move_case
from services.dispatch.repository.disputes import returns_of_round
from services.dispatch.repository.orders import Order
from shared.events.dispatch import OrderReturned, PartEnd, ReturnGround
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
    """End the unit's custody; a dispatcher decides anew, or the parties of an arbitration do.

    Of whom the case complains they may say so at any time, and it counts as no return; said of a
    case that does not complain of them, that ground is like any other.
    """
    case, before = lock_order(db, giving.order_id)
    against = barred_from(db, case.case_id)
    stands_back = _stands_back(against, before.unit_code, giving.ground)
    order = _end(db, giving, caller, before=None if stands_back else caller.now)
    returns = _returns(db, order, against)
    disputed = not stands_back and is_disputed(returns, giving.quota)
    waiting = pooled(case, PoolReason.ARBITRATION if disputed else PoolReason.RETURNED)
    move_case(db, waiting)
    say(db, _returned(order, giving, caller))
    say_pooled(db, waiting, caller.now)
    if disputed:
        open_dispute(db, order, returns, caller.now)
    return order


def _end(db: Connection, giving: GivingBack, caller: Caller, before: datetime | None) -> Order:
    hand = take_in_hand(db, giving.order_id, Step.RETURN, before=before)
    state = state_after(Step.RETURN, hand.order.state)
    told = {"return_ground": giving.ground, "legal_basis": mask_text(giving.legal_basis)}
    noted = {"return_note_masked": mask_text(giving.note), "returned_at": caller.now}
    order = complete(db, hand, state, caller, **told, **noted)
    end_what_is_open(db, order, caller.now, PartEnd.RETURNED)
    return order


def _returned(order: Order, giving: GivingBack, caller: Caller) -> OrderReturned:
    return OrderReturned(
        **order_facts(order, caller),
        ground=giving.ground,
        legal_basis=order.legal_basis or "",
        note_masked=order.return_note_masked or "",
    )


def _returns(db: Connection, order: Order, against: Barred) -> int:
    given_back = returns_of_round(db, order.case_id, order.round)
    return sum(not _stands_back(against, unit, ground) for unit, ground in given_back)


def _stands_back(against: Barred, unit: str, ground: str) -> bool:
    return ground == ReturnGround.CONFLICT_OF_INTEREST and against.has(unit)
