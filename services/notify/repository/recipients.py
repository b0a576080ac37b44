"""Whom to tell of each case."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.notify.tables import recipients
from shared.events.sealed import Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who is told of a case, with what they need to look it up."""

    case_id: UUID
    number: str
    query_code: Sealed
    phone: Sealed | None
    masked_phone: str | None


def add_recipient(db: Connection, recipient: Recipient) -> None:
    """Insert whom to tell of a case; the first stays."""
    row = {
        "case_id": recipient.case_id,
        "number": recipient.number,
        "query_code": recipient.query_code.model_dump(mode="json"),
        "phone": recipient.phone.model_dump(mode="json") if recipient.phone else None,
        "masked_phone": recipient.masked_phone,
    }
    db.execute(insert(recipients).values(row).on_conflict_do_nothing())


def lock_recipient(db: Connection, case_id: UUID) -> Recipient | None:
    """Lock and return whom to tell of a case."""
    query = select(recipients).where(recipients.c.case_id == case_id).with_for_update()
    row = db.execute(query).one_or_none()
    if row is None:
        return None
    return Recipient(
        case_id=row.case_id,
        number=row.number,
        query_code=Sealed.model_validate(row.query_code),
        phone=None if row.phone is None else Sealed.model_validate(row.phone),
        masked_phone=row.masked_phone,
    )
