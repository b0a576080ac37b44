"""Ring the duty telephone of a unit for what it is told; at night it waits for the morning."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from services.notify.handlers.deliver import Post
from services.notify.handlers.duty_words import text_for
from services.notify.policy.delivery import Failure, State, is_too_late, next_try
from services.notify.policy.quiet import QuietHours, rings_at
from services.notify.providers import Answer, Outgoing, ProviderDown, ProviderRefused
from services.notify.repository import duty as repository
from services.notify.repository.duty import DutyMessage, DutyPhone
from services.notify.tables import duty_phone_label, plumbing
from shared.audit import Entry, record
from shared.clock import new_id
from shared.events.notify import DutyPhoneListed
from shared.events.portal import NoticeKind, UnitTold
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_phone
from shared.security.policy import Action
from shared.security.sealing import NodeKeys

AT_A_MOMENT = frozenset(
    {NoticeKind.MEETING, NoticeKind.MEETING_MOVED, NoticeKind.MEETING_SOON, NoticeKind.SIGN_SOON}
)
"""Of no use any more once their moment has come."""


@dataclass(frozen=True, slots=True)
class DutyRules:
    """When duty telephones are silent, what rings all the same, who carries it."""

    quiet: QuietHours
    urgent: Collection[NoticeKind]
    provider: str


def list_phone(
    db: Connection, keys: NodeKeys, unit_code: str, phone: str | None, caller: Caller
) -> None:
    """Give a unit a duty telephone, or take it away, and say that it has one or none."""
    if phone is None:
        repository.remove_phone(db, unit_code)
    else:
        sealed = keys.seal_bytes(phone.encode(), duty_phone_label(unit_code))
        told = {"unit_code": unit_code, "masked_phone": mask_phone(phone)}
        repository.put_phone(db, DutyPhone(**told, phone=sealed, changed_at=caller.now))
    given = phone is not None
    say(db, DutyPhoneListed(unit_code=unit_code, is_given=given, occurred_at=caller.now))
    entry = Entry(
        at=caller.now,
        actor=caller.actor,
        action=Action.ROTA_WRITE.value,
        object_kind="duty_telephone",
        object_id=unit_code,
    )
    record(db, plumbing.audit, entry)


def ring_for(db: Connection, event: UnitTold, rules: DutyRules) -> None:
    """Queue what a unit is told for its telephone, not before the quiet hours are over."""
    rings = rings_at(event.occurred_at, rules.quiet, is_urgent=event.kind in rules.urgent)
    message = DutyMessage(
        id=new_id(),
        notice_id=event.message_id or event.notice_id,
        unit_code=event.unit_code,
        kind=event.kind,
        case_id=event.case_id,
        text=text_for(event, rings),
        told_at=event.occurred_at,
        state=State.QUEUED,
        attempts=0,
        next_at=rings,
        expires_at=event.about_at if event.kind in AT_A_MOMENT else None,
        provider=rules.provider,
    )
    repository.add_message(db, message)


def ring_due(post: Post, limit: int) -> int:
    """Try to send so many messages that are due; return how many were taken."""
    with post.open_transaction() as db:
        taken = repository.take_due(db, post.now(), post.pace.lease, limit)
        known = {one.id: one for one, _phone in taken}
        outgoing = [out for one, phone in taken if (out := _outgoing(db, post, one, phone))]
    if outgoing:
        for sent, answer in post.provider.send(outgoing):
            with post.open_transaction() as db:
                _record(db, post, known[sent.id], answer)
    return len(taken)


def _outgoing(
    db: Connection, post: Post, message: DutyMessage, phone: bytes | None
) -> Outgoing | None:
    why = _vain(post, message, phone)
    if phone is None or why is not None:
        repository.end_try(db, message, _failed(why or Failure.NO_MOBILE, "", post.now()))
        return None
    return Outgoing(
        id=message.id,
        attempts=message.attempts,
        case_id=message.case_id,
        purpose=message.kind,
        round=1,
        phone=post.keys.open_bytes(phone, duty_phone_label(message.unit_code)).decode(),
        text=message.text,
        body=None,
        expires_at=message.expires_at,
    )


def _vain(post: Post, message: DutyMessage, phone: bytes | None) -> Failure | None:
    if message.attempts > post.pace.most_tries:
        return Failure.GIVEN_UP  # no try ended: its sender died each time
    if is_too_late(post.now(), message.expires_at):
        return Failure.EXPIRED
    return Failure.NO_MOBILE if phone is None else None


def _record(db: Connection, post: Post, message: DutyMessage, answer: Answer) -> None:
    now = post.now()
    match answer:
        case ProviderRefused():
            changed = _failed(Failure.REFUSED, str(answer) or "refused", now)
        case ProviderDown():
            changed = _again(post, message, str(answer) or "down", now)
        case _:
            changed = {"state": State.DELIVERED, "ended_at": now, "last_error": None}
    repository.end_try(db, message, changed)


def _again(post: Post, message: DutyMessage, error: str, now: datetime) -> dict[str, object]:
    again = next_try(message.attempts, now, post.pace)
    if again is None:
        return _failed(Failure.GIVEN_UP, error, now)
    return {"state": State.QUEUED, "next_at": again, "last_error": error}


def _failed(why: Failure, error: str, now: datetime) -> dict[str, object]:
    return {"state": State.FAILED, "last_error": error or why.value, "ended_at": now}
