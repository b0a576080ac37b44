"""Hand a case up, down or back, and take an offer back: what a dispatcher decides here."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.authority import refuse_undelegated
from services.dispatch.handlers.conflict import complaint_free_of
from services.dispatch.handlers.offers import House, Terms, make_offer
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy import CaseState, Direction, HandOverKind, OfferState, kind_of
from services.dispatch.repository.cases import Case, has_joined, lock_case
from services.dispatch.repository.disputes import open_arbitration
from services.dispatch.repository.hand_overs import (
    HandOver,
    change_hand_over,
    find_hand_over,
    lock_hand_over,
    open_offer,
)
from shared.errors import Refused
from shared.events.dispatch import HandOverWithdrawn
from shared.events.words import HandOverGround
from shared.neighbours import Neighbour, Relation
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """To whom a case shall go, and why; back to where it came from takes ground and basis."""

    case_id: UUID
    to_node: str
    because: str
    ground: HandOverGround | None = None
    legal_basis: str | None = None


def offer_hand_over(db: Connection, offering: Offering, caller: Caller, house: House) -> HandOver:
    """Offer a case that is in work here to a neighbour; who has it now goes on with it."""
    complaint_free_of(db, offering.case_id, caller)
    case = lock_held(db, offering.case_id)
    if has_joined(db, case.case_id):
        raise Refused("case_has_joined")
    neighbour = house.neighbours.get(offering.to_node)
    if neighbour is None:
        raise Refused("no_such_neighbour", field="to_node")

    terms = _terms(case, offering, neighbour, caller)
    if terms.kind is HandOverKind.DOWN:
        refuse_undelegated(db, case, neighbour.code, caller.now, "to_node")
    offer = make_offer(db, case, terms, house)
    after = {"to": offer.peer, "epoch": offer.epoch, "because": offer.because}
    _leave_trace(db, caller, offer, after)
    return offer


def withdraw(db: Connection, hand_over_id: UUID, because: str, caller: Caller) -> HandOver:
    """Ask for an offer back; it stands until the neighbour answers, who may have taken it."""
    offer = lock_offer(db, hand_over_id, Direction.OUT)
    complaint_free_of(db, offer.case_id, caller, "hand_over_id")
    if offer.withdrawn_at is not None:
        raise Refused("already_done")

    change_hand_over(db, hand_over_id, withdrawn_at=caller.now)
    fact = HandOverWithdrawn(
        case_id=offer.case_id,
        occurred_at=caller.now,
        hand_over_id=hand_over_id,
        epoch=offer.epoch,
        to_node=offer.peer,
        because=mask_text(because),
        by=caller.by,
    )
    say(db, fact)
    _leave_trace(db, caller, offer, {"because": fact.because})
    return replace(offer, withdrawn_at=caller.now)


def lock_held(db: Connection, case_id: UUID) -> Case:
    """Lock and return a case that this node works on and may give away; Refused otherwise."""
    case = lock_case(db, case_id)
    if case is None:
        raise Refused("unknown_case", field="case_id")
    if not case.here:
        raise Refused("not_held_here", field="case_id")
    if open_offer(db, case_id) is not None:
        raise Refused("hand_over_open")
    if open_arbitration(db, case_id) is not None:
        raise Refused("arbitration_open")
    if case.state in (CaseState.FINISHED, CaseState.JOINED):
        raise Refused("wrong_state")
    return case


def lock_offer(db: Connection, hand_over_id: UUID, direction: Direction) -> HandOver:
    """Lock the case of an open offer, then the offer; Refused if there is none or no more."""
    before = find_hand_over(db, hand_over_id)
    if before is None or before.direction is not direction:
        raise Refused("unknown_hand_over", field="hand_over_id")
    lock_case(db, before.case_id)
    offer = lock_hand_over(db, hand_over_id)
    if offer is None or offer.state is not OfferState.OPEN:
        raise Refused("already_answered")
    return offer


def _terms(case: Case, offering: Offering, neighbour: Neighbour, caller: Caller) -> Terms:
    is_above = neighbour.relation is Relation.ABOVE
    kind = kind_of(neighbour.code, case.came_from, is_above=is_above)
    if kind is HandOverKind.RETURN and not (offering.ground and offering.legal_basis):
        raise Refused("ground_needed", field="legal_basis" if offering.ground else "ground")
    return Terms(
        kind=kind,
        to_node=neighbour.code,
        because=mask_text(offering.because),
        by=caller.by,
        at=caller.now,
        ground=offering.ground,
        legal_basis=offering.legal_basis and mask_text(offering.legal_basis),
    )


def _leave_trace(
    db: Connection, caller: Caller, offer: HandOver, after: dict[str, object]
) -> None:
    trace = Trace(Action.HAND_OVER_OFFER, "hand_over", str(offer.hand_over_id), after)
    leave_trace(db, caller, trace)
