"""Write down a round of a meeting; a failed one asks others whose the case is (N7, N8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.arbitrate import open_dispute
from services.dispatch.handlers.conflict import barred_from
from services.dispatch.handlers.custody import pooled, say_pooled
from services.dispatch.handlers.ending import end_what_is_open
from services.dispatch.handlers.hand_over import lock_held
from services.dispatch.handlers.meetings import (
    MeetingHand,
    Sitting,
    call_round,
    lock_meeting,
    trace_meeting,
)
from services.dispatch.handlers.steps import order_facts
from services.dispatch.policy import OrderState, PoolReason
from services.dispatch.policy.meetings import (
    MeetingState,
    MeetingStep,
    Presence,
    RoundResult,
    objection_to_round,
    state_after_round,
)
from services.dispatch.repository.cases import move_case
from services.dispatch.repository.disputes import returns_of_round
from services.dispatch.repository.meetings import (
    Meeting,
    Presences,
    change_meeting,
    change_round,
    put_presences,
)
from services.dispatch.repository.orders import Order, change_order, order_in_work
from shared.errors import Refused
from shared.events import dispatch as said
from shared.events.dispatch import PartEnd
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action

NO_AGREEMENT = "协调会没有形成一致意见，转争议裁定"


@dataclass(frozen=True, slots=True)
class Was:
    """Whether a party was there, or who came in its place."""

    presence: Presence
    substitute: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A round as it went; `following` is the next one where nothing is settled yet."""

    meeting_id: UUID
    seen: Mapping[UUID, Was]
    said: str
    result: RoundResult
    following: Sitting | None = None


def hold_round(db: Connection, holding: Holding, caller: Caller) -> Meeting:
    """Keep who was there and what was said, and go on as the round ended."""
    hand = lock_meeting(db, holding.meeting_id, MeetingStep.HOLD, caller)
    held = hand.coming
    presences = _presences(hand, holding)
    seen = [one.seen for one in presences]
    wrong = objection_to_round(holding.result, held.planned_at, caller.now, seen)
    if wrong is not None:
        raise Refused(wrong, field="seen")
    if holding.result is RoundResult.NEXT and holding.following is None:
        raise Refused("next_round_needed", field="starts_at")

    told = {"said_masked": mask_text(holding.said), "result": holding.result}
    change_round(db, held.round_id, held_at=caller.now, **told)
    put_presences(db, presences)
    _say_held(db, hand, holding, told["said_masked"], caller)
    trace_meeting(db, hand.meeting, Action.MEETING_HOLD, {"serial": held.serial, **told}, caller)
    _go_on(db, hand, holding, caller)
    return hand.meeting


def _presences(hand: MeetingHand, holding: Holding) -> list[Presences]:
    invited = {party.party_id for party in hand.invited}
    if holding.seen.keys() - invited:
        raise Refused("unknown_party", field="seen")
    nobody = Was(Presence.INVITED)
    return [
        Presences(
            round_id=hand.coming.round_id,
            party_id=party_id,
            presence=holding.seen.get(party_id, nobody).presence,
            substitute_masked=mask_text(holding.seen.get(party_id, nobody).substitute),
        )
        for party_id in sorted(invited)
    ]


def _go_on(db: Connection, hand: MeetingHand, holding: Holding, caller: Caller) -> None:
    state = state_after_round(holding.result)
    ended = {"ended_at": caller.now} if state is MeetingState.FAILED else {}
    change_meeting(db, hand.meeting.meeting_id, state=state, **ended)
    if holding.result is RoundResult.NEXT and holding.following is not None:
        call_round(db, hand, holding.following, hand.coming.serial + 1, caller)
    if holding.result is RoundResult.FAILED:
        _arbitrate(db, hand, caller)


def _arbitrate(db: Connection, hand: MeetingHand, caller: Caller) -> None:
    order = order_in_work(db, hand.case.case_id)
    if order is None:
        # What no unit has is with whoever looks for one, or disputed already.
        return
    case = lock_held(db, hand.case.case_id)
    _take_back(db, order, caller)
    waiting = pooled(case, PoolReason.ARBITRATION)
    move_case(db, waiting)
    say_pooled(db, waiting, caller.now)
    against = barred_from(db, case.case_id)
    given_back = returns_of_round(db, case.case_id, case.round)
    returns = sum(not against.has(unit) for unit, _ground in given_back)
    open_dispute(db, order, returns, caller.now)


def _take_back(db: Connection, order: Order, caller: Caller) -> None:
    # Without a ground in the row: the unit did not give it back, so it counts as no return.
    ended: dict[str, Any] = {"legal_basis": NO_AGREEMENT, "returned_at": caller.now}
    change_order(db, order, state=OrderState.RETURNED, **ended)
    end_what_is_open(db, order, caller.now, PartEnd.RETURNED)
    basis = {"ground": said.ReturnGround.NOT_OUR_DUTY, "legal_basis": NO_AGREEMENT}
    say(db, said.OrderReturned(**order_facts(order, caller), **basis))


def _say_held(
    db: Connection, hand: MeetingHand, holding: Holding, masked: object, caller: Caller
) -> None:
    fact = said.MeetingHeld(
        case_id=hand.case.case_id,
        occurred_at=caller.now,
        meeting_id=hand.meeting.meeting_id,
        serial=hand.coming.serial,
        held_at=hand.coming.planned_at,
        result=said.RoundResult(holding.result),
        said_masked=str(masked),
        by=caller.by,
    )
    say(db, fact)
