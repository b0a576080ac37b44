"""What a person tells more of their case, over HTTP; files have a door of their own."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from services.intake import handlers
from services.intake.api.bodies import Body
from services.intake.api.cases import IntakeDoor, Number
from services.intake.api.reached import channel_of, looked_up_to_act
from services.intake.handlers import Adding, Caller
from services.intake.tables import idempotency
from shared.events.words import Channel
from shared.http import ApiRoute, Door, IdempotencyKey, LongText, Once, Who
from shared.http.demands import demands
from shared.security.actor import Actor
from shared.security.policy import Action
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)


class AdditionBody(Body):
    """What is told more; of the channel staff say how they were reached."""

    text: LongText
    channel: Channel | None = None


class AddedAnswer(BaseModel):
    """What was added, and the version a projection must reach to show it."""

    service: str = "intake"
    case_id: UUID
    version: int
    addition_id: UUID


@router.post("/cases/{number}/additions", status_code=201)
@demands(Action.CASE_ADD)
def add_information(
    number: Number, body: AdditionBody, door: IntakeDoor, actor: Who, key: IdempotencyKey = None
) -> AddedAnswer:
    """Add to what was told, while somebody still works on it: sealed, and shown masked."""
    once = Once(idempotency, door.keys, actor, key, door.now())
    with door.unit.begin() as work:
        asked = number, body
        return once.run(work.db, body, AddedAnswer, lambda: _add(work, door, actor, asked))


def _add(work: Work, door: Door, actor: Actor, asked: tuple[str, AdditionBody]) -> AddedAnswer:
    number, body = asked
    look = looked_up_to_act(work, door, actor, number, Action.CASE_ADD)
    per_day, channel = door.settings.additions_per_day, channel_of(actor, body.channel)
    adding = Adding(text=body.text, channel=channel, per_day=per_day)
    caller = Caller(actor, door.now())
    added = handlers.add_information(work.db, door.keys, look, adding, caller)
    work.speak()
    case_id = look.case.case_id
    return AddedAnswer(
        case_id=case_id, version=work.versions[case_id], addition_id=added.addition_id
    )
