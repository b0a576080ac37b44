"""The door of outside parties, who have shown the link that they were sent."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from services.dispatch import handlers
from services.dispatch.api.orders import DispatchDoor
from services.dispatch.api.outside_bodies import (
    AnswerBody,
    AnsweredView,
    FileView,
    OwnQuestionView,
    ReadView,
)
from services.dispatch.handlers import OutsideAnswer, OutsideFile
from services.dispatch.handlers.outside_door import MOST_FILES
from services.dispatch.repository import outside as repository
from services.dispatch.repository.cases import cases_by_id
from services.dispatch.repository.orders import find_order
from services.dispatch.repository.outside import Question
from shared.errors import Refused
from shared.events.dispatch import OutsideEnd
from shared.http import ApiRoute, Door, Who
from shared.http.demands import demands
from shared.http.files import UPLOAD_BODY, Checks, Upload, read_upload
from shared.security.actor import Actor, ActorKind
from shared.security.policy import Action, Resource

router = APIRouter(prefix="/outside", route_class=ApiRoute)

OF_PARTIES = frozenset({OutsideEnd.ANSWERED, OutsideEnd.NOT_OURS})
"""How a party may end a question."""


async def _asked(actor: Who) -> Actor:
    if actor.kind is ActorKind.ANONYMOUS:
        raise Refused("not_signed_in")
    if actor.kind is not ActorKind.OUTSIDE:
        raise Refused("link_needed")
    return actor


Party = Annotated[Actor, Depends(_asked)]


@router.get("/question")
@demands(Action.OUTSIDE_ANSWER)
def own_question(
    door: DispatchDoor, actor: Party, checks: Checks, response: Response
) -> OwnQuestionView:
    """Show a party what it is asked and, afterwards, what it sent."""
    response.headers["Cache-Control"] = "no-store"
    with door.unit.transaction() as db:
        question = _own(db, door, actor)
        read = handlers.own_answer(db, door.keys, question)
        order = find_order(db, question.order_id)
        title = cases_by_id(db, [question.case_id])[question.case_id].title_masked
        phone = None if order is None else handlers.unit_phone(db, order)
    return OwnQuestionView(
        party_name=question.party_name,
        unit_name="" if order is None else order.unit_name,
        unit_phone=phone,
        node_name=door.node.name,
        title=title,
        text=question.text_masked,
        asked_at=question.asked_at,
        answer_by=question.answer_by,
        ended_at=question.ended_at,
        how=None if question.how is None else OutsideEnd(question.how),
        answer=read.text,
        files=ReadView.of(read).files,
        most_files=MOST_FILES,
        most_bytes=checks.most_bytes,
    )


@router.post("/files", openapi_extra=UPLOAD_BODY)
@demands(Action.OUTSIDE_ANSWER)
async def add_file(door: DispatchDoor, actor: Party, checks: Checks, request: Request) -> FileView:
    """Add a photograph (made anew) or a document to the answer, before it is sent."""
    await run_in_threadpool(_admit, door, actor)
    sent = await read_upload(request)
    return await run_in_threadpool(_add, door, actor, checks, sent)


@router.post("/files/{file_id}/remove")
@demands(Action.OUTSIDE_ANSWER)
def remove_file(file_id: UUID, door: DispatchDoor, actor: Party) -> dict[str, str]:
    """Take a file back before the answer is sent."""
    with door.unit.transaction() as db:
        question = _own(db, door, actor)
        handlers.remove_outside_file(db, question.question_id, file_id, door.now())
    return {"file_id": str(file_id)}


@router.post("/answer")
@demands(Action.OUTSIDE_ANSWER)
def answer(body: AnswerBody, door: DispatchDoor, actor: Party) -> AnsweredView:
    """Send the answer, once; a second one is refused."""
    if body.how not in OF_PARTIES:
        raise Refused("not_by_party", field="how")
    answered = OutsideAnswer(how=body.how, text=body.text)
    with door.unit.begin() as work:
        _own(work.db, door, actor)
        question = handlers.answer_question(work.db, door.keys, answered, actor, door.now())
        work.speak()
        return AnsweredView(case_id=question.case_id, version=work.versions[question.case_id])


def _own(db: Connection, door: Door, actor: Actor) -> Question:
    question = repository.find_question(db, UUID(actor.id))
    case_id = None if question is None else question.case_id
    door.demand(actor, Action.OUTSIDE_ANSWER, Resource(node=door.node.code, case_id=case_id))
    if question is None:
        raise Refused("unknown_question")
    return question


def _admit(door: Door, actor: Actor) -> None:
    # Before the body is read: who may add nothing shall not fill our memory.
    with door.unit.transaction() as db:
        if _own(db, door, actor).ended_at is not None:
            raise Refused("question_ended")


def _add(door: Door, actor: Actor, checks: Checks, sent: Upload) -> FileView:
    checked = checks.check(sent.name, sent.data)
    file = OutsideFile(checked.kind, checked.name, checked.data, checked.digest)
    with door.unit.transaction() as db:
        question = _own(db, door, actor)
        kept = handlers.add_outside_file(db, door.safe, question.question_id, file, door.now())
    return FileView(
        file_id=kept.file_id,
        name=file.name,
        kind=kept.kind,
        bytes=kept.bytes,
        added_at=kept.added_at,
    )
