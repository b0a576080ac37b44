"""A file that comes in pieces: begun, gone on with where it broke off, and kept when it is whole.

Each piece is sealed under the data key of its case before it lies anywhere. The last one is kept
together with what comes of the file: an upload is never whole without its attachment.
"""

import io
import secrets
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.attach import Prepared, attach, without_place
from services.intake.policy.uploads import UploadRules, refusal_of_length, surplus
from services.intake.repository.attachments import Attachment, count_attachments
from services.intake.repository.cases import case_of
from services.intake.repository.stored import let_go
from services.intake.repository.uploads import (
    Upload,
    UploadPart,
    add_part,
    add_upload,
    change_upload,
    drop_parts_of,
    drop_uploads,
    over,
    parts_of_upload,
    under_way,
    upload_of_secret,
)
from shared.clock import new_id
from shared.errors import Refused
from shared.security.actor import Actor
from shared.security.caller import Caller
from shared.security.sealing import NONCE_BYTES, TAG_BYTES, KeyDestroyed, NodeKeys, Sealer
from shared.security.vault import sealer_of_case
from shared.store import Lost, Store
from shared.store.sealed import Safe

SECRET_BYTES = 24
PIECE_BYTES = 1_048_576
"""So much of what comes is held in memory, and is one piece."""
SEALED_BYTES = PIECE_BYTES + NONCE_BYTES + TAG_BYTES


@dataclass(frozen=True, slots=True)
class Beginning:
    """Of which case, and what a client says of a file before it sends it."""

    case_id: UUID
    name: str = field(repr=False)
    length: int
    keep_place: bool
    most: int
    """How many files its case may have with it."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an upload is found: by its case, and by the secret that its beginner was told."""

    case_id: UUID
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Whole:
    """A file of which every byte has come, and what its sender calls it."""

    name: str = field(repr=False)
    source: BinaryIO = field(repr=False)


@dataclass(frozen=True, slots=True)
class Begun:
    """The secret part of its address, told this once, and until when it waits."""

    secret: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that came, and where in the file they belong."""

    start: int
    data: bytes = field(repr=False)


def begin_upload(
    db: Connection, keys: NodeKeys, told: Beginning, caller: Caller, rules: UploadRules
) -> Begun:
    """Let a file come in pieces; where too many of its case are half, the oldest gives way."""
    case = case_of(db, told.case_id, lock=True)
    if case is None:
        raise Refused("unknown_case")
    refusal = refusal_of_length(told.length, rules)
    if refusal is not None:
        raise Refused(refusal, field="file")
    if count_attachments(db, case.case_id) >= told.most:
        raise Refused("files_full", field="file")
    waiting = under_way(db, case.case_id)
    _drop(db, waiting[: surplus(len(waiting), rules)], caller.now)
    begun = Begun(secrets.token_urlsafe(SECRET_BYTES), caller.now + rules.life)
    upload = Upload(
        upload_id=new_id(),
        secret_hash=_hash(keys, begun.secret),
        case_id=case.case_id,
        begun_by=_who(keys, caller.actor),
        name=_sealer(db, keys, case.case_id).seal("upload_name", told.name),
        keep_place=told.keep_place,
        length=told.length,
        expires_at=begun.expires_at,
    )
    add_upload(db, upload)
    return begun


def found_upload(
    db: Connection, keys: NodeKeys, address: Address, caller: Caller, *, lock: bool
) -> Upload:
    """Return an upload of the caller; Refused for that of anybody else, and when it is over."""
    upload = upload_of_secret(db, _hash(keys, address.secret), lock=lock)
    if upload is None or upload.expires_at <= caller.now:
        raise Refused("unknown_upload")
    if (upload.case_id, upload.begun_by) != (address.case_id, _who(keys, caller.actor)):
        raise Refused("unknown_upload")
    return upload


def keep_piece(db: Connection, safe: Safe, upload: Upload, piece: Piece) -> None:
    """Keep a piece of a locked upload; Refused if it belongs elsewhere, or is not the last part.

    The piece with which a file is whole is not kept here: it goes into `finish_upload`.
    """
    _demand_place(upload, piece)
    sealer = _sealer(db, safe.keys, upload.case_id)
    sealed = sealer.seal_bytes(_label(upload, piece.start), piece.data)
    address = safe.store.put([sealed])
    add_part(db, upload, UploadPart(piece.start, len(piece.data), address))


def whole_upload(db: Connection, safe: Safe, upload: Upload, last: Piece) -> Whole:
    """Return the whole file, which opens piece by piece while it is read."""
    _demand_place(upload, last)
    sealer = _sealer(db, safe.keys, upload.case_id)
    parts = parts_of_upload(db, upload.upload_id)

    def opened(part: UploadPart) -> bytes:
        return _opened(safe.store, sealer, upload, part)

    return Whole(sealer.open(upload.name), io.BufferedReader(_Pieces(parts, opened, last)))


def finish_upload(
    db: Connection, safe: Safe, upload: Upload, file: Prepared, caller: Caller
) -> Attachment:
    """Keep the file of a locked upload, and let its pieces go."""
    case = case_of(db, upload.case_id)
    if case is None or upload.attachment_id is not None:
        raise Refused("unknown_upload")
    chosen = file if upload.keep_place else without_place(file)
    kept = attach(db, safe, case.number, chosen, caller)
    let_go(db, drop_parts_of(db, [upload.upload_id]), caller.now)
    done = {"received": upload.length, "attachment_id": kept.attachment_id}
    change_upload(db, upload.upload_id, **done)
    return kept


def end_upload(db: Connection, upload: Upload, now: datetime) -> None:
    """Give an upload up; what came of it stays."""
    _drop(db, [upload.upload_id], now)


def end_old_uploads(db: Connection, now: datetime, limit: int) -> int:
    """Give up what nobody has finished in time; return how many there were."""
    found = over(db, now, limit)
    _drop(db, found, now)
    return len(found)


def _drop(db: Connection, upload_ids: Sequence[UUID], now: datetime) -> None:
    if upload_ids:
        let_go(db, drop_parts_of(db, upload_ids), now)
        drop_uploads(db, upload_ids)


def _demand_place(upload: Upload, piece: Piece) -> None:
    if upload.received != piece.start or upload.attachment_id is not None:
        raise Refused("upload_offset")
    if piece.start + len(piece.data) > upload.length:
        raise Refused("file_too_large", field="file")


def _hash(keys: NodeKeys, secret: str) -> str:
    return keys.lasting_hash("upload", secret)


def _who(keys: NodeKeys, actor: Actor) -> str:
    return keys.lasting_hash("upload_actor", f"{actor.kind}/{actor.node}/{actor.id}")


def _sealer(db: Connection, keys: NodeKeys, case_id: UUID) -> Sealer:
    try:
        return sealer_of_case(db, keys, case_id)
    except KeyDestroyed as error:
        raise Refused("case_erased") from error


def _label(upload: Upload, start: int) -> str:
    return f"upload/{upload.upload_id}/{start}/{upload.length}"


def _opened(store: Store, sealer: Sealer, upload: Upload, part: UploadPart) -> bytes:
    try:
        sealed = b"".join(store.read(part.address, SEALED_BYTES))
    except Lost as error:
        raise Refused("unknown_upload") from error
    return sealer.open_bytes(_label(upload, part.start), sealed)


class _Pieces(io.RawIOBase):
    """Reads over sealed pieces and the last one in the clear; one is open at a time."""

    def __init__(
        self, parts: Sequence[UploadPart], opened: Callable[[UploadPart], bytes], last: Piece
    ) -> None:
        self._parts = parts
        self._starts = [part.start for part in parts]
        self._open = opened
        self._last = last
        self._size = last.start + len(last.data)
        self._at = 0
        self._held = last

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in the file."""
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if begin + offset < 0:
            raise OSError("before the beginning")
        self._at = begin + offset
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        """Read on, at most to the end of the piece in hand."""
        if self._at >= self._size:
            return 0
        piece = self._piece()
        found = piece.data[self._at - piece.start :][: len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _piece(self) -> Piece:
        if self._at >= self._last.start:
            return self._last
        held = self._held
        if not held.start <= self._at < held.start + len(held.data):
            part = self._parts[bisect_right(self._starts, self._at) - 1]
            self._held = held = Piece(part.start, self._open(part))
        return held
