"""A new beginning for who has lost password or second factor: one proposes, another approves."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.portal import repository
from services.portal.handlers.passwords import HASHER, demand_local, one_time_password
from services.portal.handlers.records import Deed, note
from services.portal.policy import Lost, Refusal, Reset, ResetRules, ResetState, refusal_of
from shared.clock import new_id
from shared.errors import Refused
from shared.security.actor import Actor


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose what shall begin anew, and why."""

    login: str
    what: Lost
    reason: str


@dataclass(frozen=True, slots=True)
class Renewed:
    """A proposal that was approved; a new password is told to the approver, this once."""

    reset: Reset
    one_time_password: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None


def propose(db: Connection, wish: Wish, actor: Actor, rules: ResetRules, now: datetime) -> Reset:
    """Propose a reset; the same wish again is the proposal that waits already."""
    account = repository.account_of(db, wish.login)
    if account is None or not account.active:
        raise Refused("unknown_account", field="login")
    demand_local(account)
    waiting = repository.open_reset_of(db, wish.login, wish.what)
    if waiting is not None and now <= waiting.expires_at:
        return waiting
    if waiting is not None:
        repository.decide_reset(db, waiting.id, ResetState.EXPIRED, "", now)
    reset = _new(wish, actor, rules, now)
    if not repository.propose_reset(db, reset):
        raise Refused("proposed_meanwhile")
    note(db, Deed(actor, f"{_name(reset)}.propose", wish.login, because=wish.reason), now)
    return reset


def approve(
    db: Connection, reset_id: UUID, actor: Actor, rules: ResetRules, now: datetime
) -> Renewed:
    """Give the account its new beginning and end its sessions; Refused if one may not."""
    reset = _known(db, reset_id)
    refusal = refusal_of(reset, actor.id, now)
    if refusal is not None:
        raise Refused(refusal)
    repository.decide_reset(db, reset_id, ResetState.APPROVED, actor.id, now)
    repository.end_sessions_of(db, reset.login)
    note(db, Deed(actor, f"{_name(reset)}.approve", reset.login, because=reset.reason), now)
    if reset.what is Lost.SECOND_FACTOR:
        repository.forget_second_factor(db, reset.login)
        return Renewed(reset)
    told, until = one_time_password(), now + rules.lasting
    repository.set_password(db, reset.login, HASHER.hash(told), until, own=False)
    return Renewed(reset, told, until)


def refuse(db: Connection, reset_id: UUID, actor: Actor, now: datetime) -> Reset:
    """Turn a proposal down, or take one's own back."""
    reset = _known(db, reset_id)
    if reset.state is not ResetState.OPEN:
        raise Refused(Refusal.ALREADY_ANSWERED)
    repository.decide_reset(db, reset_id, ResetState.REFUSED, actor.id, now)
    note(db, Deed(actor, f"{_name(reset)}.refuse", reset.login), now)
    return reset


def _new(wish: Wish, actor: Actor, rules: ResetRules, now: datetime) -> Reset:
    return Reset(
        id=new_id(),
        login=wish.login,
        what=wish.what,
        reason=wish.reason,
        proposed_by=actor.id,
        proposed_at=now,
        expires_at=now + rules.waits,
        state=ResetState.OPEN,
    )


def _known(db: Connection, reset_id: UUID) -> Reset:
    reset = repository.reset_of(db, reset_id)
    if reset is None:
        raise Refused("unknown_reset")
    return reset


def _name(reset: Reset) -> str:
    return f"{reset.what}.reset"
