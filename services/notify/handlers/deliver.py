"""Deliver what is due: take it, send it outside of any transaction, record how it ended.

A process that dies in between leaves its messages taken; when the lease is over they are tried
again under the same id, and the provider ignores an id that it has seen.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.notify.policy.delivery import Failure, Pace, State, is_too_late, next_try
from services.notify.providers import (
    Answer,
    OpenTransaction,
    Outgoing,
    Provider,
    ProviderDown,
    ProviderRefused,
)
from services.notify.repository.messages import Due, end_tries, take_due
from shared.events.notify import MessageDelivered, MessageFailed, Purpose
from shared.outbox import say
from shared.security.sealing import NodeKeys, SealBroken, Sealer
from shared.security.vault import sealers_for

RECORD_WITHIN = timedelta(milliseconds=200)
"""What was sent and not yet recorded would go out again after a crash: no more than so long."""

Message = Due | Outgoing


@dataclass(frozen=True, slots=True)
class Post:
    """What delivering needs: transactions, keys, a way out, patience and the time."""

    open_transaction: OpenTransaction
    keys: NodeKeys
    provider: Provider
    pace: Pace
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Vain:
    """How a try ended that did not reach the person."""

    failure: Failure | None = None
    error: str | None = None
    """What the provider said; never the text or the number of a message."""


def deliver_due(post: Post, limit: int) -> int:
    """Try to deliver so many messages that are due; return how many were taken."""
    with post.open_transaction() as db:
        taken = take_due(db, post.now(), post.pace.lease, limit)
        outgoing = _opened(db, post, taken)
    if outgoing:
        for answered in _together(post.provider.send(outgoing), post.now):
            with post.open_transaction() as db:
                _record(db, post, answered)
    return len(taken)


def _together(
    answers: Iterable[tuple[Outgoing, Answer]], now: Callable[[], datetime]
) -> Iterator[list[tuple[Outgoing, Answer]]]:
    group: list[tuple[Outgoing, Answer]] = []
    since = now()
    try:
        for answered in answers:
            group.append(answered)
            if now() - since >= RECORD_WITHIN:
                yield group
                group, since = [], now()
    except Exception:
        # What had been answered before counts.
        yield group
        raise
    if group:
        yield group


def _record(db: Connection, post: Post, answered: Sequence[tuple[Outgoing, Answer]]) -> None:
    _record_delivered(db, post, [m for m, answer in answered if not _vain(answer)])
    for message, answer in answered:
        if vain := _vain(answer):
            _record_vain(db, post, message, vain)


def _vain(answer: Answer) -> Vain | None:
    match answer:
        case ProviderDown():
            return Vain(error=str(answer) or "down")
        case ProviderRefused():
            return Vain(Failure.REFUSED, str(answer) or "refused")
        case _:
            return None


def _opened(db: Connection, post: Post, taken: Sequence[Due]) -> list[Outgoing]:
    sealers = sealers_for(db, post.keys, {due.body.key_id for due in taken}) if taken else {}
    outgoing = []
    for due in taken:
        if due.attempts > post.pace.most_tries:
            _record_vain(db, post, due, Vain(Failure.GIVEN_UP, "no try ended"))
        elif is_too_late(post.now(), due.expires_at):
            _record_vain(db, post, due, Vain(Failure.EXPIRED))
        elif (message := _in_the_clear(sealers.get(due.body.key_id), due)) is not None:
            outgoing.append(message)
        else:
            _record_vain(db, post, due, Vain(Failure.UNREADABLE))
    return outgoing


def _in_the_clear(sealer: Sealer | None, due: Due) -> Outgoing | None:
    if sealer is None or due.phone is None:
        return None
    try:
        return Outgoing(
            id=due.id,
            attempts=due.attempts,
            case_id=due.case_id,
            purpose=due.purpose,
            round=due.round,
            phone=sealer.open(due.phone),
            text=sealer.open(due.body),
            body=due.body,
            expires_at=due.expires_at,
        )
    except SealBroken:
        # Only this message ends: raising would stop all others behind it.
        return None


def _record_delivered(db: Connection, post: Post, messages: Sequence[Outgoing]) -> None:
    if not messages:
        return
    now, provider = post.now(), post.provider.name
    changed = {"state": State.DELIVERED, "ended_at": now, "provider": provider, "last_error": None}
    counted = end_tries(db, messages, changed)
    for message in messages:
        if message.id in counted:
            say(db, MessageDelivered(**_facts(post, message), occurred_at=now))


def _record_vain(db: Connection, post: Post, message: Message, vain: Vain) -> None:
    now = post.now()
    again = None if vain.failure else next_try(message.attempts, now, post.pace)
    if again is not None and is_too_late(again, message.expires_at):
        again, vain = None, Vain(Failure.EXPIRED, vain.error)
    if again is None:
        _record_failed(db, post, message, vain)
        return
    changed = {"state": State.QUEUED, "next_at": again, "last_error": vain.error}
    end_tries(db, [message], changed)


def _record_failed(db: Connection, post: Post, message: Message, vain: Vain) -> None:
    now, provider = post.now(), post.provider.name
    reason = vain.failure or Failure.GIVEN_UP
    error = vain.error or reason.value
    changed = {"state": State.FAILED, "ended_at": now, "provider": provider, "last_error": error}
    if end_tries(db, [message], changed):
        facts = _facts(post, message)
        say(db, MessageFailed(**facts, occurred_at=now, reason=reason.value))


def _facts(post: Post, message: Message) -> dict[str, object]:
    return {
        "case_id": message.case_id,
        "message_id": message.id,
        "purpose": Purpose(message.purpose),
        "round": message.round,
        "provider": post.provider.name,
        "attempts": message.attempts,
    }
