"""Deliver what is due: take it, send it outside of any transaction, record how it ended.

A process that dies in between leaves its messages taken; when the lease is over they are tried
again under the same id, and the provider ignores an id that it has seen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from services.notify.policy.delivery import Failure, Pace, State, next_try
from services.notify.providers import (
    OpenTransaction,
    Outgoing,
    Provider,
    ProviderDown,
    ProviderRefused,
)
from services.notify.repository.messages import Due, end_try, take_due
from shared.events.notify import MessageDelivered, MessageFailed, Purpose
from shared.outbox import say
from shared.security.sealing import KeyDestroyed, NodeKeys, SealBroken
from shared.security.vault import sealer_for


@dataclass(frozen=True, slots=True)
class Post:
    """What delivering needs: transactions, keys, a way out, patience and the time."""

    open_transaction: OpenTransaction
    keys: NodeKeys
    provider: Provider
    pace: Pace
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Try:
    """How one try ended."""

    failure: Failure | None = None
    error: str | None = None
    """What the provider said; never the text or the number of a message."""


def deliver_due(post: Post, limit: int) -> int:
    """Try to deliver so many messages that are due; return how many were taken."""
    with post.open_transaction() as db:
        taken = take_due(db, post.now(), post.pace.lease, limit)
        outgoing = _opened(db, post, taken)
    for message in outgoing:
        ended = _send(post, message)
        with post.open_transaction() as db:
            record(db, post, message, ended)
    return len(taken)


def record(db: Connection, post: Post, message: Due | Outgoing, ended: Try) -> None:
    """Record how a try ended and say so if it was the last; a try that no longer counts is not."""
    now = post.now()
    if ended.error is None and ended.failure is None:
        _record_delivered(db, post, message, now)
        return
    again = None if ended.failure else next_try(message.attempts, now, post.pace)
    if again is not None:
        changed = {"state": State.QUEUED, "next_at": again, "last_error": ended.error}
        end_try(db, message.id, message.attempts, changed)
        return
    _record_failed(db, post, message, now, ended)


def _opened(db: Connection, post: Post, taken: Sequence[Due]) -> list[Outgoing]:
    outgoing = []
    for due in taken:
        if due.attempts > post.pace.most_tries:
            record(db, post, due, Try(Failure.GIVEN_UP, "no try ended"))
        elif (message := _in_the_clear(db, post, due)) is not None:
            outgoing.append(message)
        else:
            record(db, post, due, Try(Failure.UNREADABLE))
    return outgoing


def _in_the_clear(db: Connection, post: Post, due: Due) -> Outgoing | None:
    if due.phone is None:
        return None
    try:
        sealer = sealer_for(db, post.keys, due.body.key_id)
        return Outgoing(
            id=due.id,
            attempts=due.attempts,
            case_id=due.case_id,
            purpose=due.purpose,
            round=due.round,
            phone=sealer.open(due.phone),
            text=sealer.open(due.body),
            body=due.body,
        )
    except (KeyDestroyed, SealBroken):
        # Only this message ends: raising would stop all others behind it.
        return None


def _send(post: Post, message: Outgoing) -> Try:
    try:
        post.provider.send(message)
    except ProviderDown as error:
        return Try(error=str(error) or "down")
    except ProviderRefused as error:
        return Try(Failure.REFUSED, str(error) or "refused")
    return Try()


def _record_delivered(db: Connection, post: Post, message: Due | Outgoing, now: datetime) -> None:
    provider = post.provider.name
    changed = {"state": State.DELIVERED, "ended_at": now, "provider": provider, "last_error": None}
    if end_try(db, message.id, message.attempts, changed):
        say(
            db,
            MessageDelivered(
                case_id=message.case_id,
                occurred_at=now,
                message_id=message.id,
                purpose=Purpose(message.purpose),
                round=message.round,
                provider=provider,
                attempts=message.attempts,
            ),
        )


def _record_failed(
    db: Connection, post: Post, message: Due | Outgoing, now: datetime, ended: Try
) -> None:
    provider = post.provider.name
    reason = ended.failure or Failure.GIVEN_UP
    error = ended.error or reason.value
    changed = {"state": State.FAILED, "ended_at": now, "provider": provider, "last_error": error}
    if end_try(db, message.id, message.attempts, changed):
        say(
            db,
            MessageFailed(
                case_id=message.case_id,
                occurred_at=now,
                message_id=message.id,
                purpose=Purpose(message.purpose),
                round=message.round,
                provider=provider,
                attempts=message.attempts,
                reason=reason.value,
            ),
        )
