"""That somebody is asked to withdraw, over HTTP: said by the person, or to staff."""

from fastapi import APIRouter

from services.intake import handlers
from services.intake.api.answers import WrittenAnswer
from services.intake.api.bodies import Body
from services.intake.api.cases import IntakeDoor, Number
from services.intake.api.reached import channel_of, looked_up_to_act
from services.intake.handlers import Caller, Telling
from services.intake.tables import idempotency
from shared.events.words import Channel
from shared.http import ApiRoute, Door, IdempotencyKey, LongText, Once, Who
from shared.http.demands import demands
from shared.security.actor import Actor
from shared.security.policy import Action
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)


class PressureBody(Body):
    """Who wants it and how, which nobody has to say."""

    text: LongText | None = None
    channel: Channel | None = None


@router.post("/cases/{number}/pressure", status_code=201)
@demands(Action.PRESSURE_TELL)
def tell_pressure(
    number: Number, body: PressureBody, door: IntakeDoor, actor: Who, key: IdempotencyKey = None
) -> WrittenAnswer:
    """Tell supervisors that somebody wants the person to withdraw; no unit hears of it."""
    once = Once(idempotency, door.keys, actor, key, door.now())
    with door.unit.begin() as work:
        return once.run(
            work.db, body, WrittenAnswer, lambda: _tell(work, door, actor, (number, body))
        )


def _tell(work: Work, door: Door, actor: Actor, asked: tuple[str, PressureBody]) -> WrittenAnswer:
    number, body = asked
    look = looked_up_to_act(work, door, actor, number, Action.PRESSURE_TELL)
    telling = Telling(
        text=body.text or "",
        channel=channel_of(actor, body.channel),
        term=door.settings.pressed_term,
    )
    handlers.tell_pressure(work.db, door.keys, look, telling, Caller(actor, door.now()))
    work.speak()
    case_id = look.case.case_id
    return WrittenAnswer(case_id=case_id, version=work.versions[case_id])
