"""Duty telephones of units, and what they are told."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from services.notify.policy.delivery import State
from services.notify.tables import complaints, duty_messages, duty_phones
from shared.complaints import shown_to
from shared.db import written_out
from shared.db.bulk import Row
from shared.security.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyPhone:
    """The telephone of a unit; `phone` is sealed."""

    unit_code: str
    phone: bytes = field(repr=False)
    masked_phone: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyMessage:
    """What a duty telephone is told, and how far that has come."""

    id: UUID
    notice_id: UUID
    unit_code: str
    kind: str
    case_id: UUID | None
    text: str
    told_at: datetime
    state: str
    attempts: int
    next_at: datetime
    expires_at: datetime | None
    provider: str
    last_error: str | None = None
    ended_at: datetime | None = None


_MESSAGE = [duty_messages.c[name] for name in DutyMessage.__dataclass_fields__]
_UNDER_WAY = duty_messages.c.state.in_((written_out(State.QUEUED), written_out(State.SENDING)))


def put_phone(db: Connection, phone: DutyPhone) -> None:
    """Give a unit a telephone, or another one."""
    row = asdict(phone)
    putting = insert(duty_phones).values(row)
    changed = {name: value for name, value in row.items() if name != "unit_code"}
    db.execute(putting.on_conflict_do_update(index_elements=["unit_code"], set_=changed))


def remove_phone(db: Connection, unit_code: str) -> bool:
    """Take away the telephone of a unit; tell whether it had one."""
    mine = duty_phones.c.unit_code == unit_code
    return db.execute(delete(duty_phones).where(mine)).rowcount == 1


def phones(db: Connection) -> Sequence[DutyPhone]:
    """Return all duty telephones by unit."""
    rows = db.execute(select(duty_phones).order_by(duty_phones.c.unit_code)).mappings()
    return [DutyPhone(**row) for row in rows]


def add_message(db: Connection, message: DutyMessage) -> None:
    """Insert a message; of one fact a unit is told once."""
    db.execute(insert(duty_messages).values(asdict(message)).on_conflict_do_nothing())


def take_due(
    db: Connection, now: datetime, lease: timedelta, limit: int
) -> Sequence[tuple[DutyMessage, bytes | None]]:
    """Take messages that are due for one try each, with the telephone as it is now."""
    m = duty_messages.c
    due = select(m.id).where(_UNDER_WAY, m.next_at <= now).order_by(m.next_at).limit(limit)
    mine = m.id.in_(due.with_for_update(skip_locked=True).scalar_subquery())
    phone = select(duty_phones.c.phone).where(duty_phones.c.unit_code == m.unit_code)
    taking = update(duty_messages).where(mine)
    taking = taking.values(state=State.SENDING, attempts=m.attempts + 1, next_at=now + lease)
    rows = db.execute(taking.returning(*_MESSAGE, phone.scalar_subquery().label("phone")))
    return [
        (DutyMessage(**{n: row[n] for n in DutyMessage.__dataclass_fields__}), row["phone"])
        for row in rows.mappings()
    ]


def end_try(db: Connection, message: DutyMessage, changed: Row) -> None:
    """Record how a try ended, if it is still this try that counts."""
    m = duty_messages.c
    mine = (m.id == message.id, m.state == State.SENDING, m.attempts == message.attempts)
    db.execute(update(duty_messages).where(*mine).values(changed))


def drop_waiting(db: Connection, case_id: UUID, at: datetime, why: str) -> None:
    """Send nothing any more of what waits about a case."""
    ended = {"state": State.FAILED, "last_error": why, "ended_at": at}
    mine = (duty_messages.c.case_id == case_id, _UNDER_WAY)
    db.execute(update(duty_messages).where(*mine).values(ended))


def forget(db: Connection, case_id: UUID) -> None:
    """Delete what was told about a case."""
    db.execute(delete(duty_messages).where(duty_messages.c.case_id == case_id))


def forget_before(db: Connection, moment: datetime) -> None:
    """Delete what was told before a moment."""
    db.execute(delete(duty_messages).where(duty_messages.c.told_at < moment))


def latest(
    db: Connection, before: tuple[datetime, UUID] | None, reader: Actor, limit: int
) -> Sequence[DutyMessage]:
    """Return messages, latest first; none about a case that complains of who reads."""
    m = duty_messages.c
    query = select(*_MESSAGE).where(shown_to(reader, complaints, m.case_id))
    if before is not None:
        query = query.where(tuple_(m.told_at, m.id) < before)
    ordered = query.order_by(m.told_at.desc(), m.id.desc()).limit(limit)
    return [DutyMessage(**row) for row in db.execute(ordered).mappings()]
