"""Where the bytes of files lie in the store, and which of them nobody tells of any more."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, select

from services.intake.tables import (
    attachment_bytes,
    attachment_parts,
    attachments,
    loose_bytes,
    upload_parts,
    uploads,
)
from shared.store.loose import Book

BOOK = Book(loose_bytes, (attachment_bytes.c.address, upload_parts.c.address))


def add_bytes(db: Connection, attachment_id: UUID, variant: str, address: str) -> None:
    """Tell where a file, or its small picture, lies."""
    row = {"attachment_id": attachment_id, "variant": variant, "address": address}
    db.execute(attachment_bytes.insert(), row)


def address_of(db: Connection, attachment_id: UUID, variant: str) -> str | None:
    """Return where it lies; None if its parts are still rows."""
    c = attachment_bytes.c
    is_it = (c.attachment_id == attachment_id, c.variant == variant)
    return db.scalar(select(c.address).where(*is_it))


def parts_of(db: Connection, attachment_id: UUID, variant: str) -> Sequence[bytes]:
    """Return the sealed parts that are still rows, in their order."""
    columns = attachment_parts.c
    is_it = (columns.attachment_id == attachment_id, columns.variant == variant)
    return list(db.scalars(select(columns.sealed).where(*is_it).order_by(columns.part)))


def one_in_rows(db: Connection) -> tuple[UUID, str] | None:
    """Return a file, and which variant of it, whose parts are still rows; locked, not waited for.

    Who reads it meanwhile finds it in either place.
    """
    c = attachment_parts.c
    query = select(c.attachment_id, c.variant).where(c.part == 0).limit(1)
    row = db.execute(query.with_for_update(skip_locked=True)).one_or_none()
    return None if row is None else (row[0], row[1])


def drop_parts(db: Connection, attachment_id: UUID, variant: str) -> None:
    """Delete the rows of parts that lie in the store now."""
    c = attachment_parts.c
    db.execute(
        delete(attachment_parts).where(c.attachment_id == attachment_id, c.variant == variant)
    )


def let_go(db: Connection, addresses: Iterable[str], drop_at: datetime) -> None:
    """Have bytes dropped from then on, of which no row tells by then."""
    BOOK.let_go(db, addresses, drop_at)


def let_file_go(db: Connection, attachment_id: UUID, now: datetime) -> None:
    """Let the bytes of a file go: itself and its small picture."""
    ours = attachment_bytes.c.attachment_id == attachment_id
    gone = list(
        db.scalars(delete(attachment_bytes).where(ours).returning(attachment_bytes.c.address))
    )
    let_go(db, gone, now)
    db.execute(delete(attachment_parts).where(attachment_parts.c.attachment_id == attachment_id))


def erase_files(db: Connection, case_id: UUID, now: datetime) -> None:
    """Delete the files of a case and what browsers had begun to send; let their bytes go."""
    mine = select(attachments.c.attachment_id).where(attachments.c.case_id == case_id)
    begun = select(uploads.c.upload_id).where(uploads.c.case_id == case_id)
    ours = attachment_bytes.c.attachment_id.in_(mine)
    theirs = upload_parts.c.upload_id.in_(begun)
    gone = list(
        db.scalars(delete(attachment_bytes).where(ours).returning(attachment_bytes.c.address))
    )
    gone += db.scalars(delete(upload_parts).where(theirs).returning(upload_parts.c.address))
    let_go(db, gone, now)
    db.execute(delete(uploads).where(uploads.c.case_id == case_id))
    db.execute(delete(attachment_parts).where(attachment_parts.c.attachment_id.in_(mine)))
    db.execute(delete(attachments).where(attachments.c.case_id == case_id))
