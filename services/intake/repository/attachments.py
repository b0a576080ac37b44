"""The files of cases: what is known of each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, select

from services.intake.tables import attachments
from shared.events.sealed import Sealed

FILE, THUMBNAIL = "file", "thumbnail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One file of a case, without its bytes."""

    attachment_id: UUID
    case_id: UUID
    digest: str
    kind: str
    bytes: int
    parts: int
    has_thumbnail: bool
    name: Sealed
    place: Sealed | None
    key_id: UUID
    added_at: datetime
    added_by_staff: bool
    content: str | None = None
    origin: str | None = None
    """The node at which it was added; None for this one."""
    replaces: UUID | None = None
    """Of which file it is a copy made for a unit; None for one that somebody added."""


def add_attachment(db: Connection, attachment: Attachment) -> None:
    """Insert what is known of a file."""
    row = {column.name: getattr(attachment, column.name) for column in attachments.columns}
    for name in ("name", "place"):
        row[name] = None if row[name] is None else row[name].model_dump(mode="json")
    db.execute(attachments.insert(), row)


def attachments_of(db: Connection, case_id: UUID) -> Sequence[Attachment]:
    """Return the files of a case, the first one first."""
    query = select(attachments).where(attachments.c.case_id == case_id)
    ordered = query.order_by(attachments.c.added_at, attachments.c.attachment_id)
    return [_attachment(row) for row in db.execute(ordered).mappings()]


def attachment_of(db: Connection, case_id: UUID, attachment_id: UUID) -> Attachment | None:
    """Return one file of a case."""
    is_it = (attachments.c.case_id == case_id, attachments.c.attachment_id == attachment_id)
    row = db.execute(select(attachments).where(*is_it)).mappings().one_or_none()
    return None if row is None else _attachment(row)


def case_of_attachment(db: Connection, attachment_id: UUID) -> UUID | None:
    """Return the case that has this file, whichever it is."""
    c = attachments.c
    return db.scalar(select(c.case_id).where(c.attachment_id == attachment_id))


def attachment_of_digest(db: Connection, case_id: UUID, digest: str) -> Attachment | None:
    """Return the file of a case that was sent with these bytes."""
    is_it = (attachments.c.case_id == case_id, attachments.c.digest == digest)
    row = db.execute(select(attachments).where(*is_it)).mappings().one_or_none()
    return None if row is None else _attachment(row)


def attachment_of_content(
    db: Connection, case_id: UUID, digests: Collection[str]
) -> Attachment | None:
    """Return the file of a case whose bytes, sent or kept, have one of these keyed hashes."""
    c = attachments.c
    is_it = (c.case_id == case_id, c.digest.in_(digests) | c.content.in_(digests))
    row = db.execute(select(attachments).where(*is_it).limit(1)).mappings().one_or_none()
    return None if row is None else _attachment(row)


def count_attachments(db: Connection, case_id: UUID, *, copies: bool = False) -> int:
    """Return how many files a case has, or how many copies were made of them for units."""
    is_copy = attachments.c.replaces.is_not(None)
    counted = select(func.count()).where(
        attachments.c.case_id == case_id, is_copy if copies else ~is_copy
    )
    return db.scalar(counted) or 0


def drop_attachment(db: Connection, attachment_id: UUID) -> None:
    """Delete what is known of a file whose bytes were let go."""
    db.execute(delete(attachments).where(attachments.c.attachment_id == attachment_id))


def _attachment(row: Any) -> Attachment:
    place = row["place"]
    sealed = {
        "name": Sealed.model_validate(row["name"]),
        "place": None if place is None else Sealed.model_validate(place),
    }
    return Attachment(**{**row, **sealed})
