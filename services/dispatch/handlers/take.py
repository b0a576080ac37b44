"""Take custody of a case from a neighbour, and begin what follows here."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.dispatch.handlers.custody import matter_of, pooled, say_pooled
from services.dispatch.handlers.offers import House, Terms, make_offer
from services.dispatch.handlers.reference import code_here
from services.dispatch.handlers.reopen import Anew, begin_round
from services.dispatch.handlers.route import place_case
from services.dispatch.handlers.trace import THE_RULES
from services.dispatch.policy import CaseState, HandOverKind, OfferState, PoolReason
from services.dispatch.repository.cases import (
    Case,
    add_cases,
    lock_case,
    move_case,
    reclassify_case,
)
from services.dispatch.repository.hand_overs import HandOver, change_hand_over
from services.dispatch.repository.items import item_titled
from shared.events.dispatch import CaseFinished, HandOverAnswered, HandOverOffered
from shared.events.sealed import Sealed
from shared.events.words import By, HandOverGround
from shared.events.words import HandOverKind as SaidKind
from shared.outbox import say

RESULT_GOES_BACK = "已办结，结果转回来件单位"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a round: who gave it, and its outcome and answer as events tell them.

    A result that came from another node has that node's code in place of a unit's.
    """

    unit_code: str
    unit_name: str
    told: dict[str, Any]
    """`outcome`, `outcome_detail`, `answer`, `answer_masked`, `withdrawn` where it is."""
    joined: bool = False
    """It is that of the case which this one was joined to."""


def take_over(db: Connection, offer: HandOver, by: By, at: datetime, house: House) -> Case:
    """Answer yes: from this moment on the case is this node's, and its work goes on here."""
    told = HandOverOffered.model_validate(offer.told)
    case = _held_now(db, offer, told)

    answered = {"state": OfferState.ACCEPTED, "answered_at": at}
    change_hand_over(db, offer.hand_over_id, **answered)
    say(db, answer_to(offer, told, by, at, accepted=True, matter=matter_of(case)))
    _go_on(db, case, offer, at, house)
    return case


def answer_to(
    offer: HandOver, told: HandOverOffered, by: By, at: datetime, **answer: Any
) -> HandOverAnswered:
    """Return the fact that an offer was answered: `accepted`, else `ground`, basis and note."""
    return HandOverAnswered(
        case_id=offer.case_id,
        occurred_at=at,
        hand_over_id=offer.hand_over_id,
        epoch=offer.epoch,
        round=offer.round,
        kind=SaidKind(offer.kind),
        to_node=offer.peer,
        complexity=told.complexity,
        by=by,
        **answer,
    )


def say_refused(
    db: Connection, offer: HandOver, by: By, at: datetime, ground: HandOverGround
) -> None:
    """Answer no with a ground of the rules: nobody decided."""
    told = HandOverOffered.model_validate(offer.told)
    refused = {"state": OfferState.REFUSED, "answered_at": at, "ground": ground}
    change_hand_over(db, offer.hand_over_id, **refused)
    say(db, answer_to(offer, told, by, at, accepted=False, ground=ground))


def _held_now(db: Connection, offer: HandOver, told: HandOverOffered) -> Case:
    known = lock_case(db, offer.case_id)
    case = known or _born(db, offer, told)
    if known is None:
        add_cases(db, [case])
    elif told.reclassified_at is not None:
        anew = told.reclassified_at
        case = replace(case, complexity=told.complexity.value, reclassified_at=anew)
        reclassify_case(db, case)
    is_given = offer.kind in (HandOverKind.UP, HandOverKind.DOWN)
    came_from = offer.peer if is_given else case.came_from
    return replace(case, epoch=offer.epoch, here=True, round=told.round, came_from=came_from)


def _born(db: Connection, offer: HandOver, told: HandOverOffered) -> Case:
    return Case(
        case_id=offer.case_id,
        number=told.number,
        region=told.region,
        item_code=_own_item(db, offer, told),
        item_name=told.item_name,
        complexity=told.complexity,
        title_masked=told.title_masked,
        text_masked=told.text_masked,
        round=told.round,
        state=CaseState.POOLED,
        pool_reason=None,
        unit_code=None,
        accepted_at=told.accepted_at,
        origin=told.origin,
        came_from=offer.peer,
        channel=told.channel,
        demand=told.demand,
        party=told.party,
        reclassified_at=told.reclassified_at,
    )


def _own_item(db: Connection, offer: HandOver, told: HandOverOffered) -> str | None:
    mapped = code_here(db, offer.peer, told.item_code, told.item_code_there)
    if mapped is not None or not told.item_name:
        return mapped
    # Item codes are the neighbour's own: the same name may stand under another one here.
    return item_titled(db, told.item_name)


def _go_on(db: Connection, case: Case, offer: HandOver, at: datetime, house: House) -> None:
    told, peer = HandOverOffered.model_validate(offer.told), offer.peer
    match offer.kind:
        case HandOverKind.UP | HandOverKind.DOWN:
            place_case(db, case, at, house.node)
        case HandOverKind.RETURN:
            back = pooled(case, PoolReason.RETURNED)
            move_case(db, back)
            say_pooled(db, back, at)
        case HandOverKind.RESULT:
            known = replace(case, result_from=peer)
            pass_result_on(db, known, _result(told, peer), at, house)
        case HandOverKind.REOPENED:
            begin_round(db, case, Anew(told.because, at), house)


def pass_result_on(db: Connection, case: Case, result: Result, at: datetime, house: House) -> None:
    """Finish the case where it was registered; elsewhere give the result to where it came from."""
    done = replace(case, state=CaseState.FINISHED, pool_reason=None)
    move_case(db, done)
    if case.came_from is None:
        say(db, _case_finished(done, result, at))
        return
    terms = Terms(
        kind=HandOverKind.RESULT,
        to_node=case.came_from,
        because=RESULT_GOES_BACK,
        by=THE_RULES,
        at=at,
        result={**result.told, "unit_name": result.unit_name},
    )
    make_offer(db, done, terms, house)


def _result(told: HandOverOffered, peer: str) -> Result:
    sealed = told.answer or Sealed.withheld("answer")
    about = {
        "outcome": told.outcome,
        "outcome_detail": told.outcome_detail,
        "answer": sealed,
        "answer_masked": told.answer_masked,
        "withdrawn": told.withdrawn,
    }
    return Result(unit_code=peer, unit_name=told.unit_name or peer, told=about)


def _case_finished(case: Case, result: Result, at: datetime) -> CaseFinished:
    return CaseFinished(
        case_id=case.case_id,
        occurred_at=at,
        round=case.round,
        unit_code=result.unit_code,
        unit_name=result.unit_name,
        joined=result.joined,
        **result.told,
    )
