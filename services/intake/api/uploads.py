"""Files of a case in pieces, by the tus protocol: begin, ask how much is here, go on, give up."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from services.intake import handlers
from services.intake.api.cases import IntakeDoor, Number, exact, looked_up
from services.intake.handlers import Beginning, Begun, Caller, Prepared
from services.intake.handlers.upload import PIECE_BYTES, Address, Piece, Whole
from services.intake.policy.files import AttachmentLimits
from services.intake.policy.uploads import YES, told_in
from services.intake.repository.uploads import Upload
from shared.errors import Refused
from shared.http import ApiRoute, Door, Who
from shared.http.demands import demands
from shared.http.tus import (
    EXTENSIONS,
    UPLOAD_PIECE_BODY,
    VERSION,
    answered,
    demand_body,
    demand_version,
    number_of,
    pieces,
)
from shared.security.policy import Action
from shared.unit import Work

router = APIRouter(prefix="/cases/{number}/uploads", route_class=ApiRoute)

Secret = Annotated[str, Path(max_length=100, description="The secret part of its address")]


@dataclass(frozen=True)
class At:
    """Which upload of which case, and who asks."""

    number: Number
    actor: Who
    secret: Secret


@router.post("", status_code=201, response_class=Response)
@demands(Action.ATTACHMENT_ADD)
def begin_upload(number: Number, door: IntakeDoor, actor: Who, request: Request) -> Response:
    """Begin to send a file in pieces; its address is told this once, and waits for a day."""
    limits: AttachmentLimits = door.settings.attachment_limits
    with door.unit.begin() as work:
        look = looked_up(work, door, actor, number, Action.ATTACHMENT_ADD)
        demand_version(request)
        told = _beginning(request, look.case.case_id, limits)
        caller, rules = Caller(actor, door.now()), door.settings.upload_rules
        begun = handlers.begin_upload(work.db, door.keys, told, caller, rules)
    return _created(number, begun, limits)


@router.options("", response_class=Response)
@demands(Action.ATTACHMENT_ADD)
def offered(number: Number, door: IntakeDoor, actor: Who) -> Response:
    """Tell a client of the protocol what can be done here."""
    limits: AttachmentLimits = door.settings.attachment_limits
    with door.unit.begin() as work:
        looked_up(work, door, actor, number, Action.ATTACHMENT_ADD)
    told = {"tus-version": VERSION, "tus-extension": EXTENSIONS}
    return answered(204, told | {"tus-max-size": str(limits.bytes)})


@router.head("/{secret}", response_class=Response)
@demands(Action.ATTACHMENT_ADD)
def ask_upload(door: IntakeDoor, at: Annotated[At, Depends()], request: Request) -> Response:
    """Tell how much of a file has come."""
    with door.unit.begin() as work:
        upload = _found(work, door, at)
    demand_version(request)
    told = {"upload-offset": str(upload.received), "upload-length": str(upload.length)}
    return answered(200, told, upload.expires_at)


@router.patch("/{secret}", response_class=Response, openapi_extra=UPLOAD_PIECE_BODY)
@demands(Action.ATTACHMENT_ADD)
async def go_on(door: IntakeDoor, at: Annotated[At, Depends()], request: Request) -> Response:
    """Take more of a file; with its last byte it is looked at, and kept or refused."""
    upload = await run_in_threadpool(_admitted, door, at)
    demand_version(request)
    demand_body(request)
    offset = number_of(request, "upload-offset")
    if offset != upload.received:
        raise Refused("upload_offset", field="Upload-Offset")
    async for data in pieces(request, PIECE_BYTES):
        await run_in_threadpool(_take, door, at, Piece(offset, data))
        offset += len(data)
    return answered(204, {"upload-offset": str(offset)}, upload.expires_at)


@router.delete("/{secret}", status_code=204, response_class=Response)
@demands(Action.ATTACHMENT_ADD)
def give_up(door: IntakeDoor, at: Annotated[At, Depends()], request: Request) -> Response:
    """Throw away what has come of a file."""
    with door.unit.begin() as work:
        upload = _found(work, door, at, lock=True)
        demand_version(request)
        handlers.end_upload(work.db, upload, door.now())
    return answered(204, {})


def _created(number: str, begun: Begun, limits: AttachmentLimits) -> Response:
    place = f"/api/v1/cases/{quote(exact(number), safe='')}/uploads/{begun.secret}"
    told = {"location": place, "tus-max-size": str(limits.bytes)}
    return answered(201, told, begun.expires_at)


def _beginning(request: Request, case_id: UUID, limits: AttachmentLimits) -> Beginning:
    length = number_of(request, "upload-length")
    try:
        told = told_in(request.headers.get("upload-metadata", ""))
    except ValueError as error:
        raise Refused("upload_header", field="Upload-Metadata") from error
    keep_place = told.get("keep_place") == YES
    return Beginning(case_id, told.get("filename", ""), length, keep_place, limits.per_case)


def _admitted(door: Door, at: At) -> Upload:
    # Before a byte is read: who may add nothing shall not fill our store.
    with door.unit.begin() as work:
        return _found(work, door, at)


def _found(work: Work, door: Door, at: At, *, lock: bool = False) -> Upload:
    look = looked_up(work, door, at.actor, at.number, Action.ATTACHMENT_ADD)
    address = Address(look.case.case_id, at.secret)
    return handlers.found_upload(
        work.db, door.keys, address, Caller(at.actor, door.now()), lock=lock
    )


def _take(door: Door, at: At, piece: Piece) -> None:
    safe = door.safe
    with door.unit.begin() as work:
        upload = _found(work, door, at, lock=True)
        if piece.start + len(piece.data) != upload.length:
            handlers.keep_piece(work.db, safe, upload, piece)
            return
        whole = handlers.whole_upload(work.db, safe, upload, piece)
    # Outside of a transaction: to look at a picture takes seconds.
    file = _looked_at(door, at, whole)
    with door.unit.begin() as work:
        upload = _found(work, door, at, lock=True)
        caller = Caller(at.actor, door.now())
        handlers.finish_upload(work.db, safe, upload, file, caller)


def _looked_at(door: Door, at: At, whole: Whole) -> Prepared:
    try:
        return handlers.prepare(
            whole.name, whole.source, door.settings.attachment_limits, door.keys
        )
    except Refused:
        with door.unit.begin() as work:
            handlers.end_upload(work.db, _found(work, door, at, lock=True), door.now())
        raise
