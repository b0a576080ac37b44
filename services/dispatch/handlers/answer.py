"""Take over a case that a neighbour offers, or refuse it with a ground and its legal basis."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.conflict import complaint_free_of
from services.dispatch.handlers.hand_over import lock_offer
from services.dispatch.handlers.offers import House
from services.dispatch.handlers.take import answer_to, take_over
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy import Direction, OfferState
from services.dispatch.repository.hand_overs import HandOver, change_hand_over
from shared.events.dispatch import HandOverOffered
from shared.events.words import HandOverGround
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusing:
    """Why a case is not taken over; texts are masked before they are kept anywhere."""

    hand_over_id: UUID
    ground: HandOverGround
    legal_basis: str
    note: str = ""


def accept_hand_over(db: Connection, hand_over_id: UUID, caller: Caller, house: House) -> HandOver:
    """Take custody: this node's clocks run, its rules or its dispatcher find the unit."""
    offer = lock_offer(db, hand_over_id, Direction.IN)
    complaint_free_of(db, offer.case_id, caller, "hand_over_id")
    take_over(db, offer, caller.by, caller.now, house)
    return _answered(db, offer, OfferState.ACCEPTED, caller)


def refuse_hand_over(db: Connection, refusing: Refusing, caller: Caller) -> HandOver:
    """Leave the case where it is; the one who offered it reads why, and on which basis."""
    offer = lock_offer(db, refusing.hand_over_id, Direction.IN)
    complaint_free_of(db, offer.case_id, caller, "hand_over_id")
    about = {
        "ground": refusing.ground,
        "legal_basis": mask_text(refusing.legal_basis),
        "note_masked": mask_text(refusing.note),
    }

    changed = {"state": OfferState.REFUSED, "answered_at": caller.now}
    change_hand_over(db, offer.hand_over_id, **changed, **about)
    told = HandOverOffered.model_validate(offer.told)
    say(db, answer_to(offer, told, caller.by, caller.now, accepted=False, **about))
    return _answered(db, offer, OfferState.REFUSED, caller)


def _answered(db: Connection, offer: HandOver, state: OfferState, caller: Caller) -> HandOver:
    trace = Trace(Action.HAND_OVER_ANSWER, "hand_over", str(offer.hand_over_id), {"state": state})
    leave_trace(db, caller, trace)
    return replace(offer, state=state, answered_at=caller.now)
