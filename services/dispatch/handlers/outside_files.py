"""The sealed bytes of what outside parties send, in the store: laid down before a row tells."""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from io import BytesIO
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.repository import outside as repository
from services.dispatch.repository.outside import BOOK, SentFile
from shared.clock import new_id
from shared.errors import Refused
from shared.security.sealing import Sealer
from shared.store import Lost, Store
from shared.store.loose import OpenTransaction, Room
from shared.store.sealed import SEALED_BYTES, Label, Safe, lay_down, opened, part_count

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OutsideFile:
    """A file fit to be kept, as the node's checks left it."""

    kind: str
    name: str
    data: bytes = field(repr=False)
    digest: str


def field_of(file_id: UUID) -> str:
    """Return to what the bytes of a file are bound that is sealed as one."""
    return f"outside_file/{file_id}"


def label_of(file_id: UUID) -> Label:
    """Return to what the parts of a file are bound."""
    return partial("outside_file/{}/{}/{}".format, file_id)


def laid_down(
    safe: Safe, sealer: Sealer, question_id: UUID, file: OutsideFile, at: datetime
) -> SentFile:
    """Seal a file into the store; return what its row is to tell."""
    file_id, size = new_id(), len(file.data)
    address = lay_down(safe.store, sealer, label_of(file_id), BytesIO(file.data), size)
    return SentFile(
        file_id=file_id,
        question_id=question_id,
        added_at=at,
        digest=file.digest,
        kind=file.kind,
        bytes=size,
        name=sealer.seal("outside_file_name", file.name),
        parts=part_count(size),
        address=address,
    )


def bytes_of_file(db: Connection, store: Store, sealer: Sealer, file: SentFile) -> bytes:
    """Open the bytes of a file; Refused if they are missing."""
    parts = _parts(db, store, file)
    if len(parts) != file.parts and file.parts is not None:
        raise Refused("unknown_file", field="file_id")
    if file.parts is None:
        return sealer.open_bytes(field_of(file.file_id), b"".join(parts))
    return opened(sealer, label_of(file.file_id), parts)


def _parts(db: Connection, store: Store, file: SentFile) -> list[bytes]:
    lies = repository.where_it_lies(db, file.file_id)
    if isinstance(lies, bytes):
        return [lies]
    try:
        return list(store.read(lies or "", SEALED_BYTES))
    except Lost as error:
        told = {"file_id": str(file.file_id), "address": lies}
        log.exception("bytes of a file are not in the store", extra=told)
        raise Refused("unknown_file", field="file_id") from error


def move_to_store(open_transaction: OpenTransaction, store: Store) -> bool:
    """Move the bytes of one file from its row into the store; False if there is none left.

    Each in a transaction of its own: killed at any moment it goes on where it was.
    """
    with open_transaction() as db:
        found = repository.one_in_rows(db)
        if found is None:
            return False
        file_id, sealed = found
        repository.moved_to(db, file_id, store.put([sealed]))
    return True


def file_room(open_transaction: OpenTransaction, store: Store) -> Room:
    """Return where the bytes of what parties send lie, and what is known of them."""
    return Room(open_transaction, store, BOOK)
