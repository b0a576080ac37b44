"""The sealed bytes of a case's files in the store: laid down before a row tells of them."""

import logging
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import Connection

from services.intake.repository.attachments import FILE, Attachment
from services.intake.repository.stored import (
    BOOK,
    add_bytes,
    address_of,
    drop_parts,
    one_in_rows,
    parts_of,
)
from shared.errors import Refused
from shared.security.sealing import Sealer
from shared.store import Lost, Store, sealed
from shared.store.loose import OpenTransaction, Room
from shared.store.sealed import SEALED_BYTES, Label, opened

log = logging.getLogger(__name__)


def label_of_file(attachment_id: UUID, variant: str) -> Label:
    """Return to what the parts of a file are bound."""
    return partial("attachment/{}/{}/{}/{}".format, attachment_id, variant)


@dataclass(frozen=True, slots=True)
class Bytes:
    """What is to be laid down: of which file, which variant of it, how much."""

    attachment_id: UUID
    variant: str
    source: BinaryIO
    size: int


def lay_down(store: Store, sealer: Sealer, told: Bytes) -> str:
    """Seal bytes into the store; return where they lie."""
    label = label_of_file(told.attachment_id, told.variant)
    return sealed.lay_down(store, sealer, label, told.source, told.size)


def bytes_of_file(
    db: Connection, store: Store, sealer: Sealer, attachment: Attachment, variant: str
) -> bytes:
    """Open the parts of a file; Refused if some are missing."""
    parts = _parts(db, store, attachment, variant)
    count = attachment.parts if variant == FILE else len(parts)
    if len(parts) != count or not parts:
        raise Refused("unknown_file", field="attachment_id")
    return opened(sealer, label_of_file(attachment.attachment_id, variant), parts)


def _parts(db: Connection, store: Store, attachment: Attachment, variant: str) -> list[bytes]:
    which = (attachment.attachment_id, variant)
    address = address_of(db, *which)
    if address is None:
        rows = list(parts_of(db, *which))
        address = None if rows else address_of(db, *which)  # it was moved between the two looks
        if address is None:
            return rows
    try:
        return list(store.read(address, SEALED_BYTES))
    except Lost:
        told = {"file_id": str(attachment.attachment_id), "address": address}
        log.exception("bytes of a file are not in the store", extra=told)
        return []


def move_to_store(open_transaction: OpenTransaction, store: Store) -> bool:
    """Move the parts of one file from rows into the store; False if there is none left.

    Each in a transaction of its own: killed at any moment it goes on where it was.
    """
    with open_transaction() as db:
        found = one_in_rows(db)
        if found is None:
            return False
        address = store.put(parts_of(db, *found))
        add_bytes(db, *found, address)
        drop_parts(db, *found)
    return True


def file_room(open_transaction: OpenTransaction, store: Store) -> Room:
    """Return where the bytes of cases' files and of uploads lie, and what is known of them."""
    return Room(open_transaction, store, BOOK)
