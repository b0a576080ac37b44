"""Single files of persons whose names are withheld: shown to the unit that works on the case."""

from dataclasses import replace
from io import BytesIO
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from services.intake import handlers
from services.intake.api.attachments import Adding, AttachmentAnswer, ReleaseAnswer, Told
from services.intake.api.bodies import Body
from services.intake.api.cases import IntakeDoor, Number, exact, looked_up
from services.intake.api.reached import looked_up_to_act
from services.intake.handlers import Caller, Listed, Releasing
from services.intake.handlers.releasing import Ending
from services.intake.repository.attachments import attachment_of
from services.intake.repository.releases import Release
from services.intake.tables import idempotency
from shared.errors import Refused
from shared.http import ApiRoute, Door, Once, ShortText, Who
from shared.http.demands import demands
from shared.http.files import UPLOAD_BODY, Upload, read_upload
from shared.security.policy import Action
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)


class ReleaseBody(Body):
    """Why the unit is let see the file, and the copy that it sees in its place."""

    because: ShortText
    copy_id: UUID | None = None


class OnFile(BaseModel):
    """What makes two requests with one key the same."""

    number: str
    attachment_id: UUID
    body: ReleaseBody


class EndBody(Body):
    """Why the unit sees it no longer."""

    because: ShortText


class ReleasedAnswer(BaseModel):
    """A release as it stands now, and the version that tells it."""

    service: str = "intake"
    case_id: UUID
    version: int
    release: ReleaseAnswer


@router.post(
    "/cases/{number}/attachments/{attachment_id}/copies",
    status_code=201,
    openapi_extra=UPLOAD_BODY,
)
@demands(Action.ATTACHMENT_RELEASE)
async def add_copy(
    attachment_id: UUID,
    door: IntakeDoor,
    adding: Annotated[Adding, Depends()],
    request: Request,
) -> AttachmentAnswer:
    """Add a copy of a file in which something was made unreadable, for the unit to see."""
    await run_in_threadpool(_admit, door, adding, attachment_id)
    sent = await read_upload(request)
    return await run_in_threadpool(_add, door, adding, attachment_id, sent)


@router.post("/cases/{number}/attachments/{attachment_id}/releases", status_code=201)
@demands(Action.ATTACHMENT_RELEASE)
def release(
    attachment_id: UUID,
    body: ReleaseBody,
    door: IntakeDoor,
    adding: Annotated[Adding, Depends()],
) -> ReleasedAnswer:
    """Let the unit that has the case see one file, or a copy of it, after having opened it."""
    once = Once(idempotency, door.keys, adding.actor, adding.key, door.now())
    asking = Releasing(file_id=attachment_id, copy_id=body.copy_id, because=body.because)
    told = OnFile(number=exact(adding.number), attachment_id=attachment_id, body=body)
    with door.unit.begin() as work:
        return once.run(
            work.db, told, ReleasedAnswer, lambda: _release(work, door, adding, asking)
        )


@router.post("/cases/{number}/releases/{release_id}/end")
@demands(Action.ATTACHMENT_RELEASE)
def end_release(
    number: Number, release_id: UUID, body: EndBody, door: IntakeDoor, actor: Who
) -> ReleasedAnswer:
    """Let the unit see a file no longer; what it has saved by then is beyond reach."""
    caller = Caller(actor, door.now())
    with door.unit.begin() as work:
        look = looked_up_to_act(work, door, actor, number, Action.ATTACHMENT_RELEASE)
        ending = Ending(release_id, body.because)
        ended = handlers.take_release_back(work.db, door.keys, look, ending, caller)
        return _answer(work, replace(ended, ended_at=caller.now))


def _release(work: Work, door: Door, adding: Adding, asking: Releasing) -> ReleasedAnswer:
    actor, number = adding.actor, adding.number
    look = looked_up_to_act(work, door, actor, number, Action.ATTACHMENT_RELEASE)
    caller = Caller(actor, door.now())
    return _answer(work, handlers.release_file(work.db, door.keys, look, asking, caller))


def _answer(work: Work, told: Release) -> ReleasedAnswer:
    work.speak()
    return ReleasedAnswer(
        case_id=told.case_id,
        version=work.versions[told.case_id],
        release=ReleaseAnswer.of(told),
    )


def _admit(door: Door, adding: Adding, attachment_id: UUID) -> None:
    # Before the body is read: who may add nothing shall not fill our memory.
    with door.unit.begin() as work:
        _demand(work, door, adding, attachment_id)


def _demand(work: Work, door: Door, adding: Adding, attachment_id: UUID) -> None:
    look = looked_up(work, door, adding.actor, adding.number, Action.ATTACHMENT_RELEASE)
    if not look.case.complainant.withheld:
        raise Refused("name_not_withheld")
    file = attachment_of(work.db, look.case.case_id, attachment_id)
    if file is None or file.replaces is not None:
        raise Refused("unknown_file", field="attachment_id")


def _add(door: Door, adding: Adding, attachment_id: UUID, sent: Upload) -> AttachmentAnswer:
    limits = door.settings.attachment_limits
    made = handlers.prepare(sent.name, BytesIO(sent.data), limits, door.keys)
    file = replace(handlers.without_place(made), replaces=attachment_id)
    caller = Caller(adding.actor, door.now())
    number = exact(adding.number)
    told = Told(number=f"{number}/{attachment_id}", digest=file.digest, keep_place=False)
    once = Once(idempotency, door.keys, adding.actor, adding.key, caller.now)
    with door.unit.begin() as work:
        _demand(work, door, adding, attachment_id)

        def keep() -> AttachmentAnswer:
            kept = handlers.attach(work.db, door.safe, number, file, caller)
            return AttachmentAnswer.of(Listed(kept))

        return once.run(work.db, told, AttachmentAnswer, keep)
