"""The sealed bytes of files in the store: laid down before a row tells of them, and opened again.

They are sealed part by part under the data key of their case, so that a file of any size is
sealed in the memory of one part, and opens nowhere else, in no other order and not cut short.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import Connection

from services.intake.repository.attachments import FILE, Attachment
from services.intake.repository.stored import (
    add_bytes,
    address_of,
    drop_parts,
    forget_loose,
    in_use,
    let_go,
    loose,
    one_in_rows,
    parts_of,
    told_of,
)
from shared.errors import Refused
from shared.security.sealing import NONCE_BYTES, TAG_BYTES, NodeKeys, Sealer
from shared.store import Lost, Store

log = logging.getLogger(__name__)

PART_BYTES = 262_144
"""So much is sealed at a time."""
SEALED_BYTES = PART_BYTES + NONCE_BYTES + TAG_BYTES
LOOSE_FOR = timedelta(days=7)
"""So long bytes stay of which no row tells: if a wrong database was started over them, whoever
notices within that time loses nothing."""
UNFINISHED_FOR = timedelta(days=1)

OpenTransaction = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Safe:
    """What it takes to keep files: the node's keys, and where sealed bytes lie."""

    keys: NodeKeys = field(repr=False)
    store: Store = field(repr=False)


def part_field(attachment_id: UUID, variant: str, part: int, parts: int) -> str:
    """Return to what a sealed part is bound: it opens nowhere else, nor in another order."""
    return f"attachment/{attachment_id}/{variant}/{part}/{parts}"


def part_count(size: int) -> int:
    """Return in how many parts so many bytes are kept."""
    return -(-size // PART_BYTES)


@dataclass(frozen=True, slots=True)
class Bytes:
    """What is to be laid down: of which file, which variant of it, how much."""

    attachment_id: UUID
    variant: str
    source: BinaryIO
    size: int


def lay_down(store: Store, sealer: Sealer, told: Bytes) -> str:
    """Seal bytes into the store; return where they lie."""
    return store.put(_sealed(sealer, told))


def _sealed(sealer: Sealer, told: Bytes) -> Iterator[bytes]:
    told.source.seek(0)
    parts = part_count(told.size)
    for part in range(parts):
        label = part_field(told.attachment_id, told.variant, part, parts)
        yield sealer.seal_bytes(label, told.source.read(PART_BYTES))


def bytes_of_file(
    db: Connection, store: Store, sealer: Sealer, attachment: Attachment, variant: str
) -> bytes:
    """Open the parts of a file; Refused if some are missing."""
    sealed = _parts(db, store, attachment, variant)
    count = attachment.parts if variant == FILE else len(sealed)
    if len(sealed) != count or not sealed:
        raise Refused("unknown_file", field="attachment_id")
    return b"".join(
        sealer.open_bytes(part_field(attachment.attachment_id, variant, part, count), each)
        for part, each in enumerate(sealed)
    )


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


def note_loose(open_transaction: OpenTransaction, store: Store, shelf: int, now: datetime) -> int:
    """Note what lies on a shelf of which no row tells, to be dropped later; return how much."""
    store.tidy(now - UNFINISHED_FOR)
    lying = list(store.shelf(shelf))
    with open_transaction() as db:
        unknown = set(lying) - told_of(db, lying)
        let_go(db, unknown, now + LOOSE_FOR)
    return len(unknown)


def drop_loose(open_transaction: OpenTransaction, store: Store, now: datetime, limit: int) -> int:
    """Drop what is loose by now, of which still no row tells; return how many were looked at.

    The bytes go before their row: killed between, they are dropped once more, which does nothing.
    """
    with open_transaction() as db:
        found = loose(db, now, limit)
        for address in set(found) - in_use(db, found):
            store.drop(address)
        forget_loose(db, found)
    return len(found)
