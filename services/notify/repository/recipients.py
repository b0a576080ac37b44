"""Whom to tell of each case."""

from dataclasses import dataclass
from typing import Any
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
    query_code: Sealed | None = None
    phone: Sealed | None = None
    masked_phone: str | None = None
    told_by: str | None = None
    """The node that tells the person; None for this one."""


def add_recipient(db: Connection, recipient: Recipient) -> None:
    """Insert whom to tell of a case; the first stays."""
    row = {
        "case_id": recipient.case_id,
        "number": recipient.number,
        "query_code": _stored(recipient.query_code),
        "phone": _stored(recipient.phone),
        "masked_phone": recipient.masked_phone,
        "told_by": recipient.told_by,
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
        query_code=_sealed(row.query_code),
        phone=_sealed(row.phone),
        masked_phone=row.masked_phone,
        told_by=row.told_by,
    )


def _stored(sealed: Sealed | None) -> dict[str, Any] | None:
    return None if sealed is None else sealed.model_dump(mode="json")


def _sealed(stored: dict[str, Any] | None) -> Sealed | None:
    return None if stored is None else Sealed.model_validate(stored)
