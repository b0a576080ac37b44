"""Photographs and documents of a case: add one, list them, take one out."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AfterValidator, BaseModel
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool

from services.intake import handlers
from services.intake.api.cases import IntakeDoor, Number, exact, looked_up
from services.intake.handlers import Caller, Listed, Look, Looker, OpenedFile, Wanted
from services.intake.policy.files import AttachmentLimits
from services.intake.repository.attachments import FILE, THUMBNAIL
from services.intake.repository.coming import Coming, coming_of
from services.intake.repository.releases import Release, releases_of
from services.intake.tables import idempotency
from shared.audit import OTHER_PURPOSE
from shared.errors import Refused
from shared.events.intake import FileFault
from shared.http import ApiRoute, Door, IdempotencyKey, Once, ShortText, Who
from shared.http.demands import demands
from shared.http.files import UPLOAD_BODY, Upload, careful, handed_out, read_upload
from shared.metrics import PERSON_LOOKS
from shared.security.actor import Actor, ActorKind
from shared.security.policy import Action, may
from shared.security.withheld import is_kept_from
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)

YES = "yes"


def _grounded(purpose: str | None) -> str | None:
    if purpose is not None and purpose.rstrip(":： ") == OTHER_PURPOSE:
        raise PydanticCustomError("ground_needed", "say why")
    return purpose


Purpose = Annotated[
    ShortText | None,
    AfterValidator(_grounded),
    Query(description="Why staff look: without it they see no name and no file"),
]


@dataclass(frozen=True)
class Adding:
    """To which case, by whom, and the key that makes a repetition the same request."""

    number: Number
    actor: Who
    key: IdempotencyKey = None


class Told(BaseModel):
    """What makes two requests with one key the same."""

    number: str
    digest: str
    keep_place: bool


@dataclass(frozen=True)
class Asked:
    """One file, who asks for it, and why."""

    number: Number
    attachment_id: UUID
    actor: Who
    purpose: Purpose = None


class Place(BaseModel):
    """Where a photograph was taken, in degrees."""

    lat: float
    lon: float


class AttachmentAnswer(BaseModel):
    """One file of a case; `name` and `place` are null where persons are not shown.

    `origin` is the node at which it was added, null for this one; `number` the case that has it,
    null for the one that was asked for.
    """

    attachment_id: UUID
    kind: str
    bytes: int
    has_thumbnail: bool
    added_at: str
    added_by_staff: bool
    name: str | None
    place: Place | None
    origin: str | None
    number: str | None = None
    replaces: UUID | None = None
    """Of which file it is a copy that was made for a unit."""

    @classmethod
    def of(cls, listed: Listed) -> "AttachmentAnswer":
        """Return the answer for one file."""
        file = listed.attachment
        return cls(
            attachment_id=file.attachment_id,
            kind=file.kind,
            bytes=file.bytes,
            has_thumbnail=file.has_thumbnail,
            added_at=file.added_at.isoformat(),
            added_by_staff=file.added_by_staff,
            name=listed.name,
            place=Place(**listed.place) if listed.place else None,
            origin=file.origin,
            number=listed.number,
            replaces=file.replaces,
        )


class ComingAnswer(BaseModel):
    """A file of another node that is on its way here, or is not kept (`fault`)."""

    kind: str
    bytes: int
    origin: str
    via: str
    """The neighbour that gives it."""
    offered_at: str
    pieces: int
    arrived: int
    """So many of the pieces are here; nobody sees anything of it before all are."""
    fault: FileFault | None

    @classmethod
    def of(cls, coming: Coming) -> "ComingAnswer":
        """Return the answer for one file."""
        return cls(
            kind=coming.kind,
            bytes=coming.bytes,
            origin=coming.origin,
            via=coming.via,
            offered_at=coming.offered_at.isoformat(),
            pieces=coming.pieces,
            arrived=coming.arrived,
            fault=FileFault(coming.fault) if coming.fault else None,
        )


class ReleaseAnswer(BaseModel):
    """A file that a unit is, or was, let see though its person is not to be known to it.

    `shown_id` is what it sees: the file `file_id`, or the copy that was made of it.
    """

    release_id: UUID
    file_id: UUID
    shown_id: UUID
    unit_node: str
    unit_code: str
    unit_name: str
    released_at: datetime
    because_masked: str
    ended_at: datetime | None

    @classmethod
    def of(cls, release: Release) -> "ReleaseAnswer":
        """Return the answer for one release."""
        return cls(**{name: getattr(release, name) for name in cls.model_fields})


class AttachmentsAnswer(BaseModel):
    """All files of a case, and how many it may have.

    Of a person whose name is withheld staff also see what units were let see, and which unit it
    would be now (`unit_name`, for those who may release).
    """

    items: list[AttachmentAnswer]
    coming: list[ComingAnswer]
    most: int
    most_bytes: int
    withheld: bool = False
    unit_name: str | None = None
    releases: list[ReleaseAnswer] = []


@router.post("/cases/{number}/attachments", status_code=201, openapi_extra=UPLOAD_BODY)
@demands(Action.ATTACHMENT_ADD)
async def add_attachment(
    door: IntakeDoor, adding: Annotated[Adding, Depends()], request: Request
) -> AttachmentAnswer:
    """Add a photograph (made anew, without what the camera wrote) or a document to a case.

    The same file sent twice is one, also without a key: a repetition is harmless.
    """
    await run_in_threadpool(_admit, door, adding)
    sent = await read_upload(request)
    return await run_in_threadpool(_add, door, adding, sent)


@router.get("/cases/{number}/attachments")
@demands(Action.ATTACHMENT_READ)
def list_attachments(
    number: Number, door: IntakeDoor, actor: Who, purpose: Purpose = None
) -> AttachmentsAnswer:
    """List the files of a case; a look of staff at their names is audited with its purpose."""
    limits: AttachmentLimits = door.settings.attachment_limits
    with door.unit.begin() as work:
        look = looked_up(work, door, actor, number, Action.ATTACHMENT_READ)
        looker = Looker(Caller(actor, door.now()), purpose)
        wait = handlers.wait_for_files(
            work.db, look.case.number, looker, door.settings.look_limits
        )
        if wait is None:
            found = handlers.list_attachments(work.db, door.keys, look.case, looker)
            coming = coming_of(work.db, look.case.case_id)
            shown = _released(work, door, look, actor)
    if wait is not None:
        raise _too_many(door, wait)
    items = [AttachmentAnswer.of(listed) for listed in found]
    return AttachmentsAnswer(
        items=items,
        coming=[ComingAnswer.of(each) for each in coming],
        most=limits.per_case,
        most_bytes=limits.bytes,
        **shown,
    )


@router.get("/cases/{number}/attachments/{attachment_id}", response_class=Response)
@demands(Action.ATTACHMENT_READ)
def read_attachment(door: IntakeDoor, asked: Annotated[Asked, Depends()]) -> Response:
    """Hand a file out, to be saved and never shown inside a page; staff's look is audited."""
    opened = _opened(door, asked, FILE)
    return handed_out(opened.kind, opened.name, opened.data)


@router.get("/cases/{number}/attachments/{attachment_id}/thumbnail", response_class=Response)
@demands(Action.ATTACHMENT_READ)
def read_thumbnail(door: IntakeDoor, asked: Annotated[Asked, Depends()]) -> Response:
    """Show the small picture that was made of a photograph; staff's look is audited."""
    opened = _opened(door, asked, THUMBNAIL)
    return Response(opened.data, media_type="image/jpeg", headers=careful("inline"))


def _released(work: Work, door: Door, look: Look, actor: Actor) -> dict[str, Any]:
    is_staff = actor.kind is ActorKind.STAFF
    if not look.case.complainant.withheld or not is_staff:
        return {}
    if is_kept_from(actor, Action.ATTACHMENT_READ):
        return {"withheld": True}
    releases = releases_of(work.db, look.case.case_id)
    may_release = may(actor, Action.ATTACHMENT_RELEASE, look.resource_at(door.node.code)).allowed
    unit = handlers.unit_of(look, door.node.code) if may_release else None
    return {
        "withheld": True,
        "unit_name": None if unit is None else unit.name,
        "releases": [ReleaseAnswer.of(each) for each in releases],
    }


def _admit(door: Door, adding: Adding) -> None:
    # Before the body is read: who may add nothing shall not fill our memory.
    with door.unit.begin() as work:
        looked_up(work, door, adding.actor, adding.number, Action.ATTACHMENT_ADD)


def _add(door: Door, adding: Adding, sent: Upload) -> AttachmentAnswer:
    limits: AttachmentLimits = door.settings.attachment_limits
    keep_place = sent.fields.get("keep_place") == YES
    file = handlers.prepare(sent.name, BytesIO(sent.data), limits, door.keys)
    file = file if keep_place else handlers.without_place(file)
    actor, now = adding.actor, door.now()
    told = Told(number=exact(adding.number), digest=file.digest, keep_place=keep_place)
    once = Once(idempotency, door.keys, actor, adding.key, now)
    with door.unit.begin() as work:
        looked_up(work, door, actor, adding.number, Action.ATTACHMENT_ADD)

        def keep() -> AttachmentAnswer:
            kept = handlers.attach(work.db, door.safe, told.number, file, Caller(actor, now))
            return AttachmentAnswer.of(Listed(kept))

        return once.run(work.db, told, AttachmentAnswer, keep)


def _opened(door: Door, asked: Asked, variant: str) -> OpenedFile:
    with door.unit.begin() as work:
        look = looked_up(work, door, asked.actor, asked.number, Action.ATTACHMENT_READ)
        looker = Looker(Caller(asked.actor, door.now()), asked.purpose)
        wait = handlers.wait_for_files(
            work.db, look.case.number, looker, door.settings.look_limits
        )
        if wait is None:
            wanted = Wanted(look.case, asked.attachment_id, variant)
            return handlers.open_attachment(work.db, door.safe, wanted, looker)
    raise _too_many(door, wait)


def _too_many(door: Door, wait: int) -> Refused:
    # Raised outside of the transaction, so that the refusal stays written down.
    PERSON_LOOKS.labels(node=door.node.code, outcome="refused").inc()
    return Refused("too_many_looks", str(wait))
