"""The person's answer to what a unit has asked for, over HTTP."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from services.intake import handlers
from services.intake.api.answers import WrittenAnswer
from services.intake.api.cases import IntakeDoor, Number, looked_up
from services.intake.handlers import Answering, Caller
from services.intake.repository.cases import case_of
from shared.http import ApiRoute, LongText, Who
from shared.http.demands import demands
from shared.security.policy import Action

router = APIRouter(route_class=ApiRoute)


class AnswerBody(BaseModel):
    """What the person says; papers and photographs are added as files."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: LongText


@router.post("/cases/{number}/materials/{request_id}")
@demands(Action.MATERIALS_ANSWER)
def answer_materials(
    number: Number, request_id: UUID, body: AnswerBody, door: IntakeDoor, actor: Who
) -> WrittenAnswer:
    """Answer what a unit has asked for, once: it goes on with its work."""
    with door.unit.begin() as work:
        case = looked_up(work, door, actor, number, Action.MATERIALS_ANSWER).case
        case_of(work.db, case.case_id, lock=True)
        look = looked_up(work, door, actor, number, Action.MATERIALS_ANSWER)
        answering = Answering(request_id=request_id, text=body.text)
        caller = Caller(actor, door.now())
        handlers.answer_materials(work.db, door.keys, look, answering, caller)
        work.speak()
        return WrittenAnswer(case_id=case.case_id, version=work.versions[case.case_id])
