"""A person withdraws a case, or staff does for them, and they may take that back once."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from services.intake.handlers.follow import tell
from services.intake.handlers.group_withdrawn import leave_groups
from services.intake.handlers.look import Look
from services.intake.handlers.trace import leave_trace
from services.intake.handlers.words import demand_own, sealed_words
from services.intake.policy.withdrawing import (
    Asker,
    objection_to_taking_back,
    objection_to_withdrawing,
    take_back_by,
)
from services.intake.repository.orders import open_hold
from services.intake.repository.pressures import pressed_until
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake import CaseWithdrawn, WithdrawalTakenBack, WithdrawReason
from shared.events.words import Channel
from shared.metrics import WITHDRAWALS
from shared.security.actor import ActorKind
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys
from shared.tally import tally

TEXT = "withdrawal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawing:
    """Why, as far as somebody says, by which channel, and how long they may change their mind."""

    reason: WithdrawReason
    text: str = ""
    channel: Channel | None = None
    term: timedelta


def withdraw_case(
    db: Connection, keys: NodeKeys, look: Look, withdrawing: Withdrawing, caller: Caller
) -> CaseWithdrawn:
    """End the wishes of the person of a locked case; those grouped with it go on without it."""
    case, progress = look.case, look.progress
    demand_own(case)
    _demand_right(db, look, caller)
    text, masked = sealed_words(db, keys, case, TEXT, withdrawing.text)
    withdrawn = CaseWithdrawn(
        case_id=case.case_id,
        occurred_at=caller.now,
        withdrawal_id=new_id(),
        round=progress.round,
        accepted=case.accepted_at is not None,
        take_back_by=take_back_by(progress, caller.now, withdrawing.term),
        reason=withdrawing.reason,
        text=text,
        text_masked=masked,
        channel=withdrawing.channel,
        by=caller.by,
    )
    tell(db, withdrawn)
    leave_groups(db, case, caller)
    _count(db, caller, "by_staff" if caller.actor.kind is ActorKind.STAFF else "by_person")
    leave_trace(db, caller, "case.withdraw", case.number, after=str(withdrawn.withdrawal_id))
    return withdrawn


def take_withdrawal_back(
    db: Connection, look: Look, channel: Channel | None, caller: Caller
) -> WithdrawalTakenBack:
    """Let a locked case go on that its person had withdrawn: once, in its term."""
    case, withdrawn = look.case, look.progress.withdrawn
    demand_own(case)
    longer = pressed_until(db, case.case_id)
    objection = objection_to_taking_back(look.progress, caller.now, longer)
    if objection is not None or withdrawn is None:
        raise Refused(objection or "not_withdrawn")
    back = WithdrawalTakenBack(
        case_id=case.case_id,
        occurred_at=caller.now,
        withdrawal_id=withdrawn.params["withdrawal_id"],
        round=look.progress.round,
        accepted=withdrawn.params["accepted"],
        channel=channel,
        by=caller.by,
    )
    tell(db, back)
    _count(db, caller, "taken_back")
    leave_trace(db, caller, "withdrawal.take_back", case.number, after=str(back.withdrawal_id))
    return back


def _count(db: Connection, caller: Caller, what: str) -> None:
    tally(db, WITHDRAWALS, node=caller.actor.node, what=what)


def _demand_right(db: Connection, look: Look, caller: Caller) -> None:
    actor = caller.actor
    asker = Asker(actor.kind is not ActorKind.CITIZEN, actor.unit in look.units)
    on_hold = open_hold(db, look.case.case_id) is not None
    objection = objection_to_withdrawing(look.progress, asker, on_hold=on_hold)
    if objection is not None:
        raise Refused(objection)
