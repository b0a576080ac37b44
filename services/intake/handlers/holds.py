"""Put a case on legal hold, and release it: while one stands, nothing of the case is erased."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.complaint import is_in_conflict
from services.intake.handlers.erasure import ERASURE, carry_out
from services.intake.handlers.register import Registered
from services.intake.handlers.trace import leave_trace
from services.intake.repository.cases import Case, case_by_number
from services.intake.repository.orders import (
    Hold,
    add_hold,
    held_orders,
    open_hold,
    release_hold,
)
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake import CaseHeld, HoldReleased
from shared.events.words import By
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text


@dataclass(frozen=True, slots=True)
class Holding:
    """Why a case must be kept, and when somebody should look whether it still must."""

    reason: str
    review_on: date | None = None


def hold_case(db: Connection, number: str, holding: Holding, caller: Caller) -> UUID:
    """Put a case on hold; Refused if it is, or if there is nothing left to keep."""
    case = _locked(db, number, caller)
    if case.erased_at is not None:
        raise Refused("person_erased")
    hold = Hold(
        hold_id=new_id(),
        case_id=case.case_id,
        number=number,
        reason=mask_text(holding.reason),
        review_on=holding.review_on,
        set_by=caller.actor.id,
        set_name=caller.actor.name,
        set_at=caller.now,
    )
    if not add_hold(db, hold):
        raise Refused("case_held")
    leave_trace(db, caller, "hold.set", number, purpose=hold.reason)
    say(db, _held(hold, caller.by))
    return case.case_id


def hold_part(db: Connection, first: UUID, part: Registered, caller: Caller) -> None:
    """Put what was split off a case on hold, too, if that case is."""
    hold = open_hold(db, first)
    if hold is None:
        return
    own = replace(hold, hold_id=new_id(), case_id=part.case_id, number=part.number)
    own = replace(own, set_at=caller.now)
    add_hold(db, own)
    leave_trace(db, caller, "hold.set", part.number, purpose=hold.reason)
    say(db, _held(own, caller.by))


def release_case(db: Connection, number: str, reason: str, caller: Caller) -> UUID:
    """Release a case; erasures that were approved meanwhile are carried out now."""
    case = _locked(db, number, caller)
    hold = open_hold(db, case.case_id)
    if hold is None:
        raise Refused("case_not_held")
    who = {"released_by": caller.actor.id, "released_name": caller.actor.name}
    because = mask_text(reason)
    release_hold(db, hold.hold_id, **who, released_at=caller.now, release_reason=because)
    leave_trace(db, caller, "hold.release", number, purpose=reason)
    released = HoldReleased(
        case_id=case.case_id, occurred_at=caller.now, because=because, by=caller.by
    )
    say(db, released)
    for order in held_orders(db, case.case_id, ERASURE):
        carry_out(db, order, caller)
    return case.case_id


def _held(hold: Hold, by: By) -> CaseHeld:
    return CaseHeld(
        case_id=hold.case_id,
        occurred_at=hold.set_at,
        because=hold.reason,
        review_on=hold.review_on,
        by=by,
    )


def _locked(db: Connection, number: str, caller: Caller) -> Case:
    case = case_by_number(db, number, lock=True)
    if case is None or is_in_conflict(case, caller):
        raise Refused("unknown_case")
    return case
