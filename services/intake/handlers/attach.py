"""Add a photograph or document to a case, sealed under the case's own data key."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.offering import offer_to_legs
from services.intake.handlers.pictures import remade
from services.intake.handlers.safe import Bytes, lay_down
from services.intake.handlers.trace import leave_trace
from services.intake.policy.files import PICTURES, AttachmentLimits, Kind, sniff
from services.intake.policy.names import file_name
from services.intake.repository.attachments import (
    FILE,
    THUMBNAIL,
    Attachment,
    add_attachment,
    attachment_of_digest,
    count_attachments,
)
from services.intake.repository.cases import Case, case_by_number
from services.intake.repository.stored import add_bytes, let_go
from services.intake.tables import REDACT
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake import FileAdded
from shared.outbox import say
from shared.security.actor import ActorKind
from shared.security.caller import Caller
from shared.security.sealing import KeyDestroyed, NodeKeys, Sealer, sm3_of
from shared.security.vault import sealer_of_case
from shared.store import Store
from shared.store.sealed import Safe, part_count

INSIDE = (ActorKind.STAFF, ActorKind.SYSTEM)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that is fit to be kept."""

    kind: Kind
    name: str
    source: BinaryIO
    """Its bytes, which may be read again and again."""
    size: int
    digest: str
    """Keyed hash of what was sent."""
    content: str
    """Keyed hash of what is kept."""
    most: int
    """How many files its case may have with it."""
    thumbnail: bytes | None = None
    place: dict[str, float] | None = None
    replaces: UUID | None = None
    """Of which file it is a copy for a unit; None for one of its own."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Which file of which case it is, and who added it where; `origin` None for this node."""

    attachment_id: UUID
    case_id: UUID
    added_at: datetime
    added_by_staff: bool
    origin: str | None = None


def prepare(name: str, source: BinaryIO, limits: AttachmentLimits, keys: NodeKeys) -> Prepared:
    """Look at what was sent and make it fit to be kept; Refused if it cannot be.

    It takes a while and touches no row: call it before a transaction is open.
    """
    size = source.seek(0, io.SEEK_END)
    if size > limits.bytes:
        raise Refused("file_too_large", field="file")
    sniffed = sniff(source)
    if sniffed.kind is None:
        raise Refused(str(sniffed.refusal), field="file")
    digest = keys.keyed_hash("attachment", sm3_of(source))
    if sniffed.kind not in PICTURES:
        named = file_name(name, sniffed.kind)
        told = (named, source, size, digest, digest, limits.per_case)
        return Prepared(sniffed.kind, *told)
    picture = remade(source, sniffed.kind, limits.pixels)
    made = io.BytesIO(picture.data)
    content = keys.keyed_hash("attachment", sm3_of(made))
    told = (file_name(name, Kind.JPEG), made, len(picture.data), digest, content, limits.per_case)
    return Prepared(Kind.JPEG, *told, picture.thumbnail, picture.place)


def attach(db: Connection, safe: Safe, number: str, file: Prepared, caller: Caller) -> Attachment:
    """Keep a file of a case; one that the case has already is not kept twice."""
    case = _case(db, number)
    known = _known(db, case, file)
    if known is not None:
        return known
    # Before its case is locked: megabytes take a while, and others may want to write there.
    file_id = new_id()
    places = lay_all(safe.store, _sealer(db, safe.keys, case), file_id, file)
    case = _case(db, number, lock=True)
    known = _known(db, case, file)
    if known is not None:
        let_go(db, places.values(), caller.now)
        return known
    kept = Kept(file_id, case.case_id, caller.now, caller.actor.kind in INSIDE)
    attachment = keep(db, _sealer(db, safe.keys, case), kept, file, places)
    _tell(db, case, attachment, caller)
    return attachment


def _case(db: Connection, number: str, *, lock: bool = False) -> Case:
    case = case_by_number(db, number, lock=lock)
    if case is None:
        raise Refused("unknown_case")
    return case


def _known(db: Connection, case: Case, file: Prepared) -> Attachment | None:
    known = attachment_of_digest(db, case.case_id, file.digest)
    is_copy = file.replaces is not None
    if known is not None and is_copy and known.replaces != file.replaces:
        raise Refused("copy_not_redacted", field="file")
    if known is None and count_attachments(db, case.case_id, copies=is_copy) >= file.most:
        raise Refused("files_full", field="file")
    return known


def without_place(file: Prepared) -> Prepared:
    """Return a file of somebody who did not agree that its place is kept."""
    return replace(file, place=None)


def lay_all(store: Store, sealer: Sealer, file_id: UUID, file: Prepared) -> Mapping[str, str]:
    """Lay a file and its small picture down, sealed; return where, by the variant."""
    told = {FILE: Bytes(file_id, FILE, file.source, file.size)}
    if file.thumbnail is not None:
        small = io.BytesIO(file.thumbnail)
        told[THUMBNAIL] = Bytes(file_id, THUMBNAIL, small, len(file.thumbnail))
    return {variant: lay_down(store, sealer, each) for variant, each in told.items()}


def keep(
    db: Connection, sealer: Sealer, kept: Kept, file: Prepared, places: Mapping[str, str]
) -> Attachment:
    """Write what is known of a file whose bytes lie in these places."""
    attachment = Attachment(
        attachment_id=kept.attachment_id,
        case_id=kept.case_id,
        added_at=kept.added_at,
        added_by_staff=kept.added_by_staff,
        origin=kept.origin,
        **_told(sealer, file),
    )
    add_attachment(db, attachment)
    for variant, address in places.items():
        add_bytes(db, attachment.attachment_id, variant, address)
    return attachment


def _tell(db: Connection, case: Case, attachment: Attachment, caller: Caller) -> None:
    if attachment.replaces is not None:
        leave_trace(db, caller, REDACT, case.number, after=attachment.digest)
        return  # whoever is let see it is told then
    if attachment.added_by_staff:
        leave_trace(db, caller, "attachment.add", case.number, after=attachment.digest)
    added = FileAdded(
        case_id=case.case_id,
        occurred_at=caller.now,
        file_id=attachment.attachment_id,
        kind=attachment.kind,
        bytes=attachment.bytes,
        by_staff=attachment.added_by_staff,
    )
    say(db, added)
    offer_to_legs(db, attachment, caller.actor.node, caller.now)


def _told(sealer: Sealer, file: Prepared) -> dict[str, Any]:
    place = None if file.place is None else json.dumps(file.place)
    return {
        "digest": file.digest,
        "content": file.content,
        "kind": file.kind.value,
        "bytes": file.size,
        "parts": part_count(file.size),
        "has_thumbnail": file.thumbnail is not None,
        "name": sealer.seal("attachment_name", file.name),
        "place": sealer.seal_if("attachment_place", place),
        "key_id": sealer.key_id,
        "replaces": file.replaces,
    }


def _sealer(db: Connection, keys: NodeKeys, case: Case) -> Sealer:
    try:
        return sealer_of_case(db, keys, case.case_id)
    except KeyDestroyed as error:
        raise Refused("case_erased") from error
