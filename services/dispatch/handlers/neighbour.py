"""Hear what neighbours say about custody: their offers, their answers, and offers taken back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.dispatch import policy
from services.dispatch.handlers.custody import pooled, say_pooled
from services.dispatch.handlers.ending import end_what_is_open
from services.dispatch.handlers.meetings_ending import drop_meeting
from services.dispatch.handlers.offers import House, hand_over_of
from services.dispatch.handlers.take import answer_to, say_refused, take_over
from services.dispatch.handlers.trace import THE_RULES
from services.dispatch.handlers.withdrawn import end_withdrawn, is_over
from services.dispatch.policy import (
    CaseState,
    Direction,
    HandOverKind,
    Heard,
    Hearing,
    OfferState,
    OrderState,
    PoolReason,
)
from services.dispatch.repository.cases import Case, lock_case, move_case
from services.dispatch.repository.hand_overs import (
    HandOver,
    add_hand_over,
    change_hand_over,
    custody_of,
    lock_hand_over,
    open_offers_to_us,
)
from services.dispatch.repository.orders import change_order, last_finished, order_in_work
from services.dispatch.repository.withdrawals import Withdrawn, is_withdrawn
from shared.errors import NotYet
from shared.events.base import Event
from shared.events.dispatch import (
    CaseHandedOver,
    HandOverAnswered,
    HandOverOffered,
    HandOverWithdrawn,
    PartEnd,
)
from shared.events.link import FactRelayed
from shared.events.words import HandOverGround
from shared.events.words import HandOverKind as SaidKind
from shared.outbox import say

TO_REST = frozenset({HandOverKind.RESULT, HandOverKind.RETURN})
"""What comes back of a case: that is taken also when its person has withdrawn it."""


@dataclass(frozen=True, slots=True)
class Told:
    """A neighbour's fact about custody that is meant for this node."""

    by_node: str
    at: datetime
    """When it was heard here."""
    house: House


def hear_neighbour(db: Connection, event: FactRelayed, house: House) -> None:
    """Hear a fact about custody that a neighbour said to this node; all others pass by."""
    act = HEARD.get(event.fact.type)
    # Only a neighbour itself may offer and answer: what it passes on of others is history.
    is_for_us = event.fact.data.get("to_node") == house.node and event.fact.node == event.via
    if act is None or not is_for_us:
        return
    kind, handle = act
    fact = event.fact.open(kind)
    if isinstance(fact, HandOverOffered):
        fact = fact.model_copy(update={"answer": event.sealed.get("answer")})
    handle(db, fact, Told(event.fact.node, event.occurred_at, house))


def hear_offer(db: Connection, event: HandOverOffered, told: Told) -> None:
    """Keep an offer for a dispatcher, take what is this node's to take, or answer “stale”."""
    case = lock_case(db, event.case_id)
    known = lock_hand_over(db, event.hand_over_id)
    offer = known or hand_over_of(event, Direction.IN, told.by_node)
    hearing = _hearing(db, case, offer, known)

    if hearing is Hearing.WAIT:
        raise NotYet("its answer to this node's own offer has not been heard")
    if known is None:
        add_hand_over(db, offer)
    if _is_over(db, offer, hearing):
        say_refused(db, offer, THE_RULES, told.at, HandOverGround.WITHDRAWN)
        return
    _act(db, offer, hearing, told)


def _is_over(db: Connection, offer: HandOver, hearing: Hearing) -> bool:
    """Tell whether an offer is to begin what the person of the case has withdrawn."""
    begins = hearing in (Hearing.CONSIDER, Hearing.TAKE) and offer.kind not in TO_REST
    return begins and is_withdrawn(db, Withdrawn(offer.case_id, offer.round, offer.told["origin"]))


def _act(db: Connection, offer: HandOver, hearing: Hearing, told: Told) -> None:
    match hearing:
        case Hearing.CONSIDER:
            _refuse_older(db, offer, told)
        case Hearing.TAKE:
            _take(db, offer, told)
        case Hearing.REPEAT:
            _repeat(db, offer)
        case Hearing.STALE:
            say_refused(db, offer, THE_RULES, told.at, HandOverGround.STALE)
        case Hearing.PENDING | Hearing.WAIT:
            pass


def hear_answer(db: Connection, event: HandOverAnswered, told: Told) -> None:
    """Let go of a case that was taken, go on with one that was not; an answer counts once."""
    case = lock_case(db, event.case_id)
    offer = lock_hand_over(db, event.hand_over_id)
    is_ours = offer is not None and offer.direction is Direction.OUT
    if offer is None or case is None or not is_ours or offer.state is not OfferState.OPEN:
        return
    state = OfferState.ACCEPTED if event.accepted else OfferState.REFUSED
    about = {"legal_basis": event.legal_basis, "note_masked": event.note_masked}
    if not event.accepted:
        about["ground"] = event.ground
    change_hand_over(db, offer.hand_over_id, state=state, answered_at=event.occurred_at, **about)
    if event.accepted:
        _let_go(db, case, offer, event, told)
    else:
        _go_on(db, case, offer, told)


def hear_withdrawal(db: Connection, event: HandOverWithdrawn, told: Told) -> None:
    """Give an offer back that nobody here has answered; what was taken stays taken."""
    lock_case(db, event.case_id)
    offer = lock_hand_over(db, event.hand_over_id)
    if offer is not None and offer.state is OfferState.OPEN:
        say_refused(db, offer, THE_RULES, told.at, HandOverGround.WITHDRAWN)


def _take(db: Connection, offer: HandOver, told: Told) -> None:
    case = take_over(db, offer, THE_RULES, told.at, told.house)
    if offer.kind is HandOverKind.RETURN and is_over(db, case, told.house):
        end_withdrawn(db, case, told.at, told.house)


def _hearing(
    db: Connection, case: Case | None, offer: HandOver, known: HandOver | None
) -> Hearing:
    gave = case is not None and last_finished(db, case.case_id, case.round) is not None
    passed_on = case is not None and case.result_from is not None
    heard = Heard(offer.epoch, offer.kind, offer.peer, known.state if known else None)
    custody = custody_of(db, offer.case_id, case)
    return policy.hearing_of(custody, heard, gave_result=gave or passed_on)


def _refuse_older(db: Connection, offer: HandOver, told: Told) -> None:
    for older in open_offers_to_us(db, offer.case_id):
        if older.hand_over_id != offer.hand_over_id:
            say_refused(db, older, THE_RULES, told.at, HandOverGround.STALE)


def _repeat(db: Connection, offer: HandOver) -> None:
    assert offer.answered_at is not None, "an answered offer says when"  # noqa: S101
    event = HandOverOffered.model_validate(offer.told)
    answer: dict[str, Any] = {"accepted": offer.state is OfferState.ACCEPTED}
    if offer.state is OfferState.REFUSED:
        answer |= {"ground": offer.ground, "legal_basis": offer.legal_basis}
        answer |= {"note_masked": offer.note_masked or ""}
    say(db, answer_to(offer, event, THE_RULES, offer.answered_at, **answer))


def _let_go(
    db: Connection, case: Case, offer: HandOver, event: HandOverAnswered, told: Told
) -> None:
    # The moment is the taker's: from then on its clocks run, and these here no more.
    order = order_in_work(db, case.case_id)
    if order is not None:
        ended = {"state": OrderState.HANDED_OVER, "handed_over_at": event.occurred_at}
        change_order(db, order, **ended)
        end_what_is_open(db, order, event.occurred_at, PartEnd.HANDED_OVER)
    drop_meeting(db, case, event.occurred_at)
    gone = replace(case, here=False, epoch=offer.epoch, state=CaseState.AWAY, pool_reason=None)
    gone = replace(gone, searcher=None)
    move_case(db, gone)
    neighbour = told.house.neighbours.get(offer.peer)
    fact = CaseHandedOver(
        case_id=case.case_id,
        occurred_at=event.occurred_at,
        hand_over_id=offer.hand_over_id,
        epoch=offer.epoch,
        round=offer.round,
        kind=SaidKind(offer.kind),
        to_node=offer.peer,
        to_name=neighbour.name if neighbour else offer.peer,
        order_id=order.order_id if order else None,
    )
    say(db, fact)


def _go_on(db: Connection, case: Case, offer: HandOver, told: Told) -> None:
    kept = replace(case, epoch=max(case.epoch, offer.epoch))
    if is_over(db, case, told.house):
        move_case(db, kept)
        end_withdrawn(db, kept, told.at, told.house)
        return
    if offer.kind is HandOverKind.RESULT:
        # Nobody waits for the result any more: a dispatcher has to look why.
        kept = pooled(kept, PoolReason.RETURNED)
        move_case(db, kept)
        say_pooled(db, kept, told.at)
        return
    move_case(db, kept)


HEARD: Mapping[str, tuple[type[Event], Callable[[Connection, Any, Told], None]]] = {
    HandOverOffered.name: (HandOverOffered, hear_offer),
    HandOverAnswered.name: (HandOverAnswered, hear_answer),
    HandOverWithdrawn.name: (HandOverWithdrawn, hear_withdrawal),
}
"""What of the neighbours' facts concerns custody, and what is done about it."""
