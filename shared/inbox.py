"""Hear each message once, however often the bus delivers it; keep what cannot run yet.

`inbox` remembers ids. `waiting` keeps events whose prerequisite has not been heard. `parked` keeps
what broke its contract or its handler, for a person to look at and replay.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from shared.clock import utcnow
from shared.db.bulk import among, listed


@dataclass(frozen=True, slots=True)
class Inbox:
    """The three tables behind hearing."""

    heard: Table
    waiting: Table
    parked: Table


@dataclass(frozen=True, slots=True)
class Kept:
    """An event that waits for its prerequisite: its envelope as it came."""

    position: int
    subject_id: UUID
    speaker: str
    body: bytes
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class Parked:
    """A message that could not be handled."""

    position: int
    message_id: UUID | None
    name: str
    subject_id: UUID | None
    body: bytes
    reason: str
    traceback: str
    attempts: int
    parked_at: datetime
    replay_at: datetime | None
    """A person asked for another try."""
    ended_at: datetime | None
    """Replayed with success, or dropped."""


def inbox_tables(metadata: MetaData) -> Inbox:
    """Declare the inbox of one service."""
    return Inbox(_heard(metadata), _waiting(metadata), _parked(metadata))


def _heard(metadata: MetaData) -> Table:
    table = Table(
        "inbox",
        metadata,
        Column("message_id", Uuid, primary_key=True),
        Column("heard_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    )
    Index(None, table.c.heard_at)
    return table


def _waiting(metadata: MetaData) -> Table:
    table = Table(
        "waiting",
        metadata,
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column("subject_id", Uuid, nullable=False),
        Column("speaker", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("kept_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    )
    Index(None, table.c.subject_id)
    return table


def _parked(metadata: MetaData) -> Table:
    table = Table(
        "parked",
        metadata,
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column("message_id", Uuid),
        Column("name", Text, nullable=False),
        Column("subject_id", Uuid),
        Column("body", LargeBinary, nullable=False),
        Column("reason", Text, nullable=False),
        Column("traceback", Text, nullable=False),
        Column("attempts", Integer, nullable=False, server_default="1"),
        Column("parked_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column("replay_at", DateTime(timezone=True)),
        Column("ended_at", DateTime(timezone=True)),
    )
    Index("ix_parked_open", table.c.position, postgresql_where=table.c.ended_at.is_(None))
    Index("ix_parked_ended", table.c.ended_at, postgresql_where=table.c.ended_at.is_not(None))
    return table


def first_heard(db: Connection, inbox: Inbox, ids: Iterable[UUID]) -> tuple[frozenset[UUID], bool]:
    """Record message ids; return those that had not been recorded, and whether anything waits."""
    # In the order of the ids: two consumers that overlap then wait instead of deadlocking.
    named = sorted(set(ids))
    if not named:
        return frozenset(), False
    rows = db.execute(_claiming(inbox), {"ids": named, "now": utcnow()}).all()
    return frozenset(row.message_id for row in rows), any(row.waits for row in rows)


@cache
def _claiming(inbox: Inbox) -> ReturningInsert[Any]:
    # Unfolded by PostgreSQL: one statement to compile and to plan, however many ids.
    now = bindparam("now", type_=DateTime(timezone=True))
    ids = select(func.unnest(listed("ids")), now)
    rows = insert(inbox.heard).from_select(["message_id", "heard_at"], ids)
    claim = rows.on_conflict_do_nothing()
    waits = select(inbox.waiting.c.position).limit(1).exists().label("waits")
    return claim.returning(inbox.heard.c.message_id, waits)


def keep(db: Connection, inbox: Inbox, kept: tuple[UUID, str, bytes]) -> None:
    """Keep an event (subject, speaker, envelope) until its prerequisite arrives."""
    subject_id, speaker, body = kept
    row = {"subject_id": subject_id, "speaker": _storable(speaker), "body": body}
    db.execute(inbox.waiting.insert().values(row | {"kept_at": utcnow()}))


def kept_about(db: Connection, inbox: Inbox, subjects: Iterable[UUID]) -> Sequence[Kept]:
    """Return what waits about these subjects, oldest first."""
    table = inbox.waiting
    query = select(table).where(among(table.c.subject_id, sorted(set(subjects))))
    return [Kept(*row) for row in db.execute(query.order_by(table.c.position))]


def stuck_subjects(
    db: Connection, inbox: Inbox, moment: datetime, after: int, limit: int
) -> Sequence[tuple[int, UUID]]:
    """Return the subjects about which something has waited since before `moment`.

    Each comes with the position of its oldest row; those behind `after`, in that order.
    """
    table = inbox.waiting
    first = func.min(table.c.position)
    query = (
        select(first, table.c.subject_id)
        .group_by(table.c.subject_id)
        .having(first > after, func.min(table.c.kept_at) < moment)
        .order_by(first)
        .limit(limit)
    )
    return [(position, subject) for position, subject in db.execute(query)]


def release(db: Connection, inbox: Inbox, position: int) -> bool:
    """Claim a kept event, to run or to park it; False if another consumer was faster."""
    claimed = delete(inbox.waiting).where(inbox.waiting.c.position == position)
    return db.execute(claimed).rowcount == 1


def park(db: Connection, inbox: Inbox, row: dict[str, object]) -> None:
    """Park a message: `message_id`, `name`, `subject_id`, `body`, `reason`, `traceback`."""
    texts = {key: _storable(value) for key, value in row.items() if isinstance(value, str)}
    db.execute(inbox.parked.insert().values(row | texts | {"parked_at": utcnow()}))


def parked(db: Connection, inbox: Inbox, *, position: int | None = None) -> Sequence[Parked]:
    """Return the parked messages that nobody has ended, or the one at `position`, ended or not."""
    table = inbox.parked
    wanted = table.c.ended_at.is_(None) if position is None else table.c.position == position
    return [
        Parked(*row) for row in db.execute(select(table).where(wanted).order_by(table.c.position))
    ]


def ask_replay(db: Connection, inbox: Inbox, position: int) -> bool:
    """Ask the service to try a parked message again; tell whether there was one."""
    table = inbox.parked
    wanted = (table.c.position == position) & table.c.ended_at.is_(None)
    return db.execute(update(table).where(wanted).values(replay_at=utcnow())).rowcount == 1


def asked_replays(db: Connection, inbox: Inbox, limit: int) -> Sequence[Parked]:
    """Return the parked messages that a person wants tried again, oldest first."""
    table = inbox.parked
    query = (
        select(table)
        .where(table.c.ended_at.is_(None), table.c.replay_at.is_not(None))
        .order_by(table.c.position)
        .limit(limit)
    )
    return [Parked(*row) for row in db.execute(query)]


def end_parked(db: Connection, inbox: Inbox, position: int) -> bool:
    """Claim a parked message as replayed or dropped; tell whether it was still open."""
    table = inbox.parked
    wanted = (table.c.position == position) & table.c.ended_at.is_(None)
    return db.execute(update(table).where(wanted).values(ended_at=utcnow())).rowcount == 1


def park_again(db: Connection, inbox: Inbox, position: int, failure: tuple[str, str]) -> None:
    """Record that a replay failed: its reason and traceback."""
    table = inbox.parked
    reason, trace = map(_storable, failure)
    changed = {"reason": reason, "traceback": trace, "replay_at": None}
    again = update(table).where(table.c.position == position)
    db.execute(again.values(attempts=table.c.attempts + 1, **changed))


def forget_heard_before(db: Connection, inbox: Inbox, moment: datetime, limit: int) -> int:
    """Delete inbox rows older than `moment`; return how many."""
    heard = inbox.heard
    old = select(heard.c.message_id).where(heard.c.heard_at < moment).limit(limit)
    return db.execute(delete(heard).where(heard.c.message_id.in_(old))).rowcount


def forget_ended_before(db: Connection, inbox: Inbox, moment: datetime, limit: int) -> int:
    """Delete parked messages that were replayed or dropped before `moment`; return how many."""
    table = inbox.parked
    old = select(table.c.position).where(table.c.ended_at < moment).limit(limit)
    return db.execute(delete(table).where(table.c.position.in_(old))).rowcount


def _storable(text: str) -> str:
    # PostgreSQL's text holds no NUL, and what is parked may come from anywhere.
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
