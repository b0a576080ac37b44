"""Withdrawals over HTTP: by the person, or by staff for them; and that they did not mean it."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from services.intake import handlers
from services.intake.api.bodies import Body
from services.intake.api.cases import IntakeDoor, Number
from services.intake.api.reached import channel_of, looked_up_to_withdraw
from services.intake.handlers import Caller, Withdrawing
from services.intake.tables import idempotency
from shared.errors import Refused
from shared.events.intake import WithdrawReason
from shared.events.words import Channel
from shared.http import ApiRoute, Door, IdempotencyKey, LongText, Once, Who
from shared.http.demands import demands
from shared.security.actor import Actor, ActorKind
from shared.security.policy import Action
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)


class WithdrawBody(Body):
    """Why, which a person need not say; of the channel staff say how they were reached."""

    reason: WithdrawReason = WithdrawReason.UNSAID
    text: LongText | None = None
    channel: Channel | None = None


class TakeBackBody(Body):
    """By which channel the person asked staff for it."""

    channel: Channel | None = None


class WithdrawnAnswer(BaseModel):
    """The withdrawal, and until when the person may change their mind."""

    service: str = "intake"
    case_id: UUID
    version: int
    take_back_by: datetime


class TakenBackAnswer(BaseModel):
    """That the case goes on."""

    service: str = "intake"
    case_id: UUID
    version: int


@router.post("/cases/{number}/withdrawal", status_code=201)
@demands(Action.CASE_WITHDRAW)
def withdraw_case(
    number: Number, body: WithdrawBody, door: IntakeDoor, actor: Who, key: IdempotencyKey = None
) -> WithdrawnAnswer:
    """Say that nothing is wanted of a case any more: work on it stops, its clocks with it."""
    once = Once(idempotency, door.keys, actor, key, door.now())
    with door.unit.begin() as work:
        return once.run(
            work.db, body, WithdrawnAnswer, lambda: _withdraw(work, door, actor, (number, body))
        )


@router.post("/cases/{number}/withdrawal/back", status_code=201)
@demands(Action.CASE_WITHDRAW)
def take_withdrawal_back(
    number: Number, body: TakeBackBody, door: IntakeDoor, actor: Who, key: IdempotencyKey = None
) -> TakenBackAnswer:
    """Say that a withdrawal was not meant: the case goes on."""
    once = Once(idempotency, door.keys, actor, key, door.now())
    with door.unit.begin() as work:
        return once.run(
            work.db, body, TakenBackAnswer, lambda: _take_back(work, door, actor, (number, body))
        )


def _withdraw(
    work: Work, door: Door, actor: Actor, asked: tuple[str, WithdrawBody]
) -> WithdrawnAnswer:
    number, body = asked
    look = looked_up_to_withdraw(work, door, actor, number, Action.CASE_WITHDRAW)
    _demand_reason(actor, body)
    withdrawing = Withdrawing(
        reason=body.reason,
        text=body.text or "",
        channel=channel_of(actor, body.channel),
        term=door.settings.take_back_term,
    )
    caller = Caller(actor, door.now())
    withdrawn = handlers.withdraw_case(work.db, door.keys, look, withdrawing, caller)
    work.speak()
    case_id = look.case.case_id
    until = withdrawn.take_back_by
    return WithdrawnAnswer(case_id=case_id, version=work.versions[case_id], take_back_by=until)


def _demand_reason(actor: Actor, body: WithdrawBody) -> None:
    is_staff = actor.kind is not ActorKind.CITIZEN
    if is_staff and not (body.text or "").strip():
        raise Refused("withdraw_reason_needed", field="text")


def _take_back(
    work: Work, door: Door, actor: Actor, asked: tuple[str, TakeBackBody]
) -> TakenBackAnswer:
    number, body = asked
    look = looked_up_to_withdraw(work, door, actor, number, Action.CASE_WITHDRAW)
    caller, channel = Caller(actor, door.now()), channel_of(actor, body.channel)
    handlers.take_withdrawal_back(work.db, look, channel, caller)
    work.speak()
    case_id = look.case.case_id
    return TakenBackAnswer(case_id=case_id, version=work.versions[case_id])
