"""Add a photograph or document to a case, sealed under the case's own data key."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.offering import offer_to_legs
from services.intake.handlers.pictures import remade
from services.intake.handlers.trace import leave_trace
from services.intake.policy.files import PICTURES, AttachmentLimits, Kind, sniff
from services.intake.policy.names import file_name
from services.intake.repository.attachments import (
    FILE,
    THUMBNAIL,
    Attachment,
    add_attachment,
    add_parts,
    attachment_of_digest,
    count_attachments,
)
from services.intake.repository.cases import Case, case_by_number
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake import FileAdded
from shared.outbox import say
from shared.security.actor import ActorKind
from shared.security.caller import Caller
from shared.security.sealing import KeyDestroyed, NodeKeys, Sealer, sm3
from shared.security.vault import sealer_of_case

PART_BYTES = 262_144
"""So much is sealed at a time, and is one row."""
INSIDE = (ActorKind.STAFF, ActorKind.SYSTEM)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that is fit to be kept."""

    kind: Kind
    name: str
    data: bytes
    digest: str
    """Keyed hash of what was sent."""
    content: str
    """Keyed hash of what is kept."""
    most: int
    """How many files its case may have with it."""
    thumbnail: bytes | None = None
    place: dict[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """Which file of which case it is, and who added it where; `origin` None for this node."""

    attachment_id: UUID
    case_id: UUID
    added_at: datetime
    added_by_staff: bool
    origin: str | None = None


def prepare(name: str, data: bytes, limits: AttachmentLimits, keys: NodeKeys) -> Prepared:
    """Look at what was sent and make it fit to be kept; Refused if it cannot be.

    It takes a while and touches no row: call it before a transaction is open.
    """
    if len(data) > limits.bytes:
        raise Refused("file_too_large", field="file")
    sniffed = sniff(data)
    if sniffed.kind is None:
        raise Refused(str(sniffed.refusal), field="file")
    digest = keys.keyed_hash("attachment", sm3(data))
    if sniffed.kind not in PICTURES:
        named = file_name(name, sniffed.kind)
        return Prepared(sniffed.kind, named, data, digest, digest, limits.per_case)
    picture = remade(data, sniffed.kind, limits.pixels)
    content = keys.keyed_hash("attachment", sm3(picture.data))
    told = (file_name(name, Kind.JPEG), picture.data, digest, content, limits.per_case)
    return Prepared(Kind.JPEG, *told, picture.thumbnail, picture.place)


def attach(
    db: Connection, keys: NodeKeys, number: str, file: Prepared, caller: Caller
) -> Attachment:
    """Keep a file of a case; one that the case has already is not kept twice."""
    case = case_by_number(db, number, lock=True)
    if case is None:
        raise Refused("unknown_case")
    known = attachment_of_digest(db, case.case_id, file.digest)
    if known is not None:
        return known
    if count_attachments(db, case.case_id) >= file.most:
        raise Refused("files_full", field="file")
    return _added(db, _sealer(db, keys, case), case, file, caller)


def without_place(file: Prepared) -> Prepared:
    """Return a file of somebody who did not agree that its place is kept."""
    return replace(file, place=None)


def part_field(attachment_id: UUID, variant: str, part: int, parts: int) -> str:
    """Return to what a sealed part is bound: it opens nowhere else, nor in another order."""
    return f"attachment/{attachment_id}/{variant}/{part}/{parts}"


def part_count(data: bytes) -> int:
    """Return in how many parts these bytes are kept."""
    return -(-len(data) // PART_BYTES)


def keep(db: Connection, sealer: Sealer, kept: Kept, file: Prepared) -> Attachment:
    """Write a file and its parts, each sealed under the data key of its case."""
    attachment = Attachment(
        attachment_id=kept.attachment_id,
        case_id=kept.case_id,
        added_at=kept.added_at,
        added_by_staff=kept.added_by_staff,
        origin=kept.origin,
        **_told(sealer, file),
    )
    add_attachment(db, attachment)
    for variant, data in ((FILE, file.data), (THUMBNAIL, file.thumbnail)):
        if data is not None:
            sealed = _parts(sealer, attachment.attachment_id, variant, data)
            add_parts(db, attachment.attachment_id, variant, sealed)
    return attachment


def _added(
    db: Connection, sealer: Sealer, case: Case, file: Prepared, caller: Caller
) -> Attachment:
    by_staff = caller.actor.kind in INSIDE
    kept = Kept(new_id(), case.case_id, caller.now, by_staff)
    attachment = keep(db, sealer, kept, file)
    if by_staff:
        leave_trace(db, caller, "attachment.add", case.number, after=file.digest)
    added = FileAdded(
        case_id=case.case_id,
        occurred_at=caller.now,
        file_id=attachment.attachment_id,
        kind=attachment.kind,
        bytes=attachment.bytes,
        by_staff=by_staff,
    )
    say(db, added)
    offer_to_legs(db, attachment, caller.actor.node, caller.now)
    return attachment


def _told(sealer: Sealer, file: Prepared) -> dict[str, Any]:
    place = None if file.place is None else json.dumps(file.place)
    return {
        "digest": file.digest,
        "content": file.content,
        "kind": file.kind.value,
        "bytes": len(file.data),
        "parts": part_count(file.data),
        "has_thumbnail": file.thumbnail is not None,
        "name": sealer.seal("attachment_name", file.name),
        "place": sealer.seal_if("attachment_place", place),
        "key_id": sealer.key_id,
    }


def _parts(sealer: Sealer, attachment_id: UUID, variant: str, data: bytes) -> Iterator[bytes]:
    count = part_count(data)
    for part in range(count):
        piece = data[part * PART_BYTES : (part + 1) * PART_BYTES]
        yield sealer.seal_bytes(part_field(attachment_id, variant, part, count), piece)


def _sealer(db: Connection, keys: NodeKeys, case: Case) -> Sealer:
    try:
        return sealer_of_case(db, keys, case.case_id)
    except KeyDestroyed as error:
        raise Refused("case_erased") from error
