"""Messages on their way, and those that have come to an end."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, select, tuple_, update

from services.notify.policy.delivery import State
from services.notify.repository.recipients import AlsoTold
from services.notify.tables import complaints, handset, messages, recipients
from shared.complaints import shown_to
from shared.db import written_out
from shared.db.bulk import Row, insert_new, listed
from shared.events.notify import Purpose
from shared.events.sealed import Sealed
from shared.security.actor import Actor

OF_OUTSIDE = (Purpose.OUTSIDE_LINK, Purpose.OUTSIDE_REMINDER, Purpose.OUTSIDE_MEETING)
OF_ANOTHER = r"\+\d+$"
"""How the reference of a message ends that somebody else of the case is told as well."""
FOR_OTHERS = (*OF_OUTSIDE, Purpose.CONTACT_CHANGED)
"""What is not told to the telephone of the case: to parties outside, to an old telephone."""


class Tried(Protocol):
    """One try to deliver a message."""

    @property
    def id(self) -> UUID:
        """The message."""

    @property
    def attempts(self) -> int:
        """Which try of it this is, from 1."""


@dataclass(frozen=True, slots=True)
class Due:
    """A message that this process has taken for one try."""

    id: UUID
    case_id: UUID
    purpose: str
    round: int
    body: Sealed
    phone: Sealed | None
    attempts: int
    """Tries, this one included."""
    expires_at: datetime | None = None
    """From then on it is of no use."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A message as the viewer shows it; `arrived` is what the embedded handset holds."""

    id: UUID
    case_id: UUID
    number: str
    purpose: str
    state: str
    masked_phone: str | None
    attempts: int
    provider: str
    last_error: str | None
    queued_at: datetime
    ended_at: datetime | None
    arrived: Sealed | None


def add_messages(db: Connection, rows: Sequence[Row]) -> set[UUID]:
    """Insert messages; return the ids of those that are the first about their fact."""
    return insert_new(db, messages, rows, "id")


def take_due(db: Connection, now: datetime, lease: timedelta, limit: int) -> Sequence[Due]:
    """Take messages that are due for one try each, and so lock them until the lease is over."""
    on_its_way = messages.c.state.in_((written_out(State.QUEUED), written_out(State.SENDING)))
    due = (
        select(messages.c.id)
        .where(on_its_way, messages.c.next_at <= now)
        .order_by(messages.c.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    taking = (
        update(messages)
        .where(messages.c.id.in_(due), messages.c.case_id == recipients.c.case_id)
        .values(state=State.SENDING, attempts=messages.c.attempts + 1, next_at=now + lease)
        .returning(
            messages.c.id,
            messages.c.case_id,
            messages.c.purpose,
            messages.c.body,
            func.coalesce(messages.c.phone, recipients.c.phone).label("phone"),
            messages.c.round,
            messages.c.attempts,
            messages.c.expires_at,
        )
    )
    return [_due(row) for row in db.execute(taking)]


def end_tries(db: Connection, tries: Collection[Tried], changed: Row) -> set[UUID]:
    """Record how tries ended; return the messages of which it was still this try that counted."""
    ended = (
        func.unnest(listed("ids"), listed("attempts_made", "INTEGER"))
        .table_valued("id", "attempts", name="ended")
        .render_derived()
    )
    mine = (
        messages.c.id == ended.c.id,
        messages.c.state == State.SENDING,
        messages.c.attempts == ended.c.attempts,
    )
    ending = update(messages).where(*mine).values(changed).returning(messages.c.id)
    given = {"ids": [one.id for one in tries], "attempts_made": [one.attempts for one in tries]}
    return set(db.scalars(ending, given))


def end_for_one_telephone(db: Connection, case_id: UUID, end: Row) -> None:
    """End what waits of a case for one telephone of its person alone."""
    of_its_person = ~messages.c.ref.regexp_match(OF_ANOTHER)
    others = messages.c.purpose.not_in(FOR_OTHERS)
    for_one = (messages.c.phone.is_not(None), others, of_its_person)
    db.execute(update(messages).where(*_waiting(case_id), *for_one).values(end))


def readdress_waiting(db: Connection, case_id: UUID, changed: Row) -> Sequence[Row]:
    """Change what waits of a case for whoever is told of it; return those messages."""
    for_all = messages.c.phone.is_(None)
    changing = update(messages).where(*_waiting(case_id), for_all).values(changed)
    columns = (messages.c.id, messages.c.case_id, messages.c.purpose, messages.c.round)
    attempts = (messages.c.attempts, messages.c.ended_at)
    return [dict(row) for row in db.execute(changing.returning(*columns, *attempts)).mappings()]


def readdress_of_one(db: Connection, case_id: UUID, to: AlsoTold) -> None:
    """Let what waits for somebody else of a case go to another telephone of theirs."""
    theirs = messages.c.ref.regexp_match(rf"\+{to.serial}$")
    changing = update(messages).where(*_waiting(case_id), theirs)
    there = {"phone": to.phone.model_dump(mode="json"), "masked_phone": to.masked_phone}
    db.execute(changing.values(there))


def _waiting(case_id: UUID) -> tuple[ColumnElement[bool], ...]:
    waits = messages.c.state.in_((State.QUEUED, State.SENDING))
    return messages.c.case_id == case_id, waits


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages are asked for: of one case or of all, after the row with the key `before`."""

    before: tuple[datetime, UUID] | None
    case_id: UUID | None
    limit: int


def latest_messages(db: Connection, wanted: Wanted, reader: Actor) -> Sequence[Entry]:
    """Return messages, latest first; none about a case that complains of who reads."""
    shown = [column for column in messages.columns if column.name in Entry.__slots__]
    query = (
        select(*shown, recipients.c.number, handset.c.body.label("arrived"))
        .join(recipients, recipients.c.case_id == messages.c.case_id)
        .outerjoin(handset, handset.c.message_id == messages.c.id)
        .order_by(messages.c.queued_at.desc(), messages.c.id.desc())
        .where(shown_to(reader, complaints, messages.c.case_id))
        .limit(wanted.limit)
    )
    if wanted.before is not None:
        query = query.where(tuple_(messages.c.queued_at, messages.c.id) < wanted.before)
    if wanted.case_id is not None:
        query = query.where(messages.c.case_id == wanted.case_id)
    return [_entry(row._asdict()) for row in db.execute(query)]


def _due(row: Any) -> Due:
    phone = None if row.phone is None else Sealed.model_validate(row.phone)
    body = Sealed.model_validate(row.body)
    made = (row.id, row.case_id, row.purpose, row.round, body, phone, row.attempts)
    return Due(*made, expires_at=row.expires_at)


def _entry(row: dict[str, Any]) -> Entry:
    arrived = row["arrived"]
    return Entry(**{**row, "arrived": arrived and Sealed.model_validate(arrived)})
