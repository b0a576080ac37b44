"""Urges over HTTP: by the person, or by staff for them."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from services.intake import handlers
from services.intake.api.bodies import Body
from services.intake.api.cases import IntakeDoor, Number
from services.intake.api.reached import channel_of, looked_up_to_act
from services.intake.handlers import Caller, Urging
from services.intake.tables import idempotency
from shared.events.words import Channel
from shared.http import ApiRoute, Door, IdempotencyKey, LongText, Once, Who
from shared.http.demands import demands
from shared.security.actor import Actor
from shared.security.policy import Action
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)


class UrgeBody(Body):
    """What somebody adds, which may be nothing; of the channel staff say how they were reached."""

    text: LongText | None = None
    channel: Channel | None = None


class UrgedAnswer(BaseModel):
    """The urge, and from when on there may be another one."""

    service: str = "intake"
    case_id: UUID
    version: int
    urges: int
    """So often in this round."""
    next_at: datetime


@router.post("/cases/{number}/urges", status_code=201)
@demands(Action.CASE_URGE)
def urge_case(
    number: Number, body: UrgeBody, door: IntakeDoor, actor: Who, key: IdempotencyKey = None
) -> UrgedAnswer:
    """Ask that it goes faster: counted and shown to whoever has it; the promise stays."""
    once = Once(idempotency, door.keys, actor, key, door.now())
    with door.unit.begin() as work:
        return once.run(
            work.db, body, UrgedAnswer, lambda: _urge(work, door, actor, (number, body))
        )


def _urge(work: Work, door: Door, actor: Actor, asked: tuple[str, UrgeBody]) -> UrgedAnswer:
    number, body = asked
    look = looked_up_to_act(work, door, actor, number, Action.CASE_URGE)
    rules, now = door.settings.urge_rules, door.now()
    urging = Urging(rules=rules, text=body.text or "", channel=channel_of(actor, body.channel))
    urged = handlers.urge_case(work.db, door.keys, look, urging, Caller(actor, now))
    work.speak()
    case_id = look.case.case_id
    return UrgedAnswer(
        case_id=case_id,
        version=work.versions[case_id],
        urges=urged.urges,
        next_at=now + rules.every,
    )
