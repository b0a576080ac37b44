"""Files on their way from browsers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, select, update

from services.intake.tables import upload_parts, uploads
from shared.events.sealed import Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file of which so many bytes are here; `attachment_id` is what came of it."""

    upload_id: UUID
    secret_hash: str
    case_id: UUID
    begun_by: str
    name: Sealed
    keep_place: bool
    length: int
    expires_at: datetime
    received: int = 0
    attachment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class UploadPart:
    """Bytes of an upload: from where, how many, and where they lie."""

    start: int
    bytes: int
    address: str


def add_upload(db: Connection, upload: Upload) -> None:
    """Insert an upload."""
    row = {column.name: getattr(upload, column.name) for column in uploads.columns}
    db.execute(uploads.insert(), row | {"name": upload.name.model_dump(mode="json")})


def upload_of_secret(db: Connection, secret_hash: str, *, lock: bool = False) -> Upload | None:
    """Return the upload with this secret."""
    query = select(uploads).where(uploads.c.secret_hash == secret_hash)
    row = db.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    return None if row is None else _upload(row)


def under_way(db: Connection, case_id: UUID) -> Sequence[UUID]:
    """Return the uploads of a case that are not whole, the oldest first."""
    c = uploads.c
    query = select(c.upload_id).where(c.case_id == case_id, c.attachment_id.is_(None))
    return list(db.scalars(query.order_by(c.expires_at, c.upload_id)))


def over(db: Connection, now: datetime, limit: int) -> Sequence[UUID]:
    """Return uploads whose time is over; nobody else is given the same meanwhile."""
    query = select(uploads.c.upload_id).where(uploads.c.expires_at <= now)
    first = query.order_by(uploads.c.expires_at).limit(limit)
    return list(db.scalars(first.with_for_update(skip_locked=True)))


def add_part(db: Connection, upload: Upload, part: UploadPart) -> None:
    """Insert a part of a locked upload, and count it."""
    told = {"start": part.start, "bytes": part.bytes, "address": part.address}
    db.execute(upload_parts.insert(), {"upload_id": upload.upload_id, **told})
    change_upload(db, upload.upload_id, received=part.start + part.bytes)


def parts_of_upload(db: Connection, upload_id: UUID) -> Sequence[UploadPart]:
    """Return the parts of an upload in their order."""
    c = upload_parts.c
    query = select(c.start, c.bytes, c.address).where(c.upload_id == upload_id)
    return [UploadPart(*row) for row in db.execute(query.order_by(c.start))]


def change_upload(db: Connection, upload_id: UUID, **changes: Any) -> None:
    """Write columns of a locked upload."""
    db.execute(update(uploads).where(uploads.c.upload_id == upload_id).values(changes))


def drop_parts_of(db: Connection, upload_ids: Sequence[UUID]) -> Sequence[str]:
    """Delete the parts of uploads; return where they lie."""
    mine = upload_parts.c.upload_id.in_(list(upload_ids))
    return list(db.scalars(delete(upload_parts).where(mine).returning(upload_parts.c.address)))


def drop_uploads(db: Connection, upload_ids: Sequence[UUID]) -> None:
    """Delete uploads that have no parts any more."""
    db.execute(delete(uploads).where(uploads.c.upload_id.in_(list(upload_ids))))


def _upload(row: Any) -> Upload:
    return Upload(**{**row, "name": Sealed.model_validate(row["name"])})
