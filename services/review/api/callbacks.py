"""The endpoints of callbacks: write down a try to reach a person after a result, read them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, StrictBool, StringConstraints
from sqlalchemy import Connection

from services.review import handlers
from services.review.api.evaluations import RatedLevel
from services.review.handlers import Calling
from services.review.policy import CallbackState, CalledBy, Level, Told
from services.review.repository.callbacks import Callback, callbacks_of, unit_to_call
from services.review.repository.evaluations import find_case
from services.review.tables import complaints, idempotency
from shared.complaints import barred, complaint_of
from shared.http import ApiRoute, Door, IdempotencyKey, LongText, Once, Who, door_of
from shared.http.demands import demands
from shared.security.caller import Caller
from shared.security.policy import Action, Resource, is_complained_of
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)

ReviewDoor = Annotated[Door, Depends(door_of("review"))]
NOTE_CHARACTERS = 500
NEEDS = {CalledBy.UNIT: Action.CALLBACK_UNIT, CalledBy.CENTRE: Action.CALLBACK_CENTRE}


class CallbackBody(BaseModel):
    """One try to reach the person; what they said only where they were reached."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    case_id: UUID
    reached: StrictBool
    solved: StrictBool | None = None
    level: RatedLevel | None = None
    truthful: StrictBool | None = None
    """Only the centre judges that."""
    note: Annotated[LongText, StringConstraints(max_length=NOTE_CHARACTERS)] | None = None

    def calling(self, by: CalledBy) -> Calling:
        """Return it as the use case takes it."""
        level = None if self.level is None else int(self.level)
        told = Told(reached=self.reached, solved=self.solved, level=level, truthful=self.truthful)
        return Calling(case_id=self.case_id, by=by, told=told, note=self.note or "")


class CallbackAnswer(BaseModel):
    """What was taken down; `version` is what a projection must reach to show it."""

    service: str = "review"
    case_id: UUID
    version: int
    callback_id: UUID
    state: CallbackState


class CallbackView(BaseModel):
    """A callback and what came of it; nothing in it identifies a person."""

    callback_id: UUID
    case_id: UUID
    round: int
    by: CalledBy
    unit_code: str | None
    state: CallbackState
    since: datetime
    tries: int
    last_try_at: datetime | None
    ended_at: datetime | None
    solved: bool | None
    level: Level | None
    truthful: bool | None
    note_masked: str


class Asked:
    """Who writes down a callback, at which door, under which key."""

    def __init__(self, door: ReviewDoor, actor: Who, key: IdempotencyKey = None) -> None:
        self.door, self.actor = door, actor
        self.caller = Caller(actor, door.now())
        self.once = Once(idempotency, door.keys, actor, key, self.caller.now)


Asks = Annotated[Asked, Depends()]


@router.post("/callbacks/unit", status_code=201)
@demands(Action.CALLBACK_UNIT)
def call_as_unit(body: CallbackBody, asked: Asks) -> CallbackAnswer:
    """Write down that the unit called the person of its result back, or tried to."""
    return _record(body, CalledBy.UNIT, asked)


@router.post("/callbacks/centre", status_code=201)
@demands(Action.CALLBACK_CENTRE)
def call_as_centre(body: CallbackBody, asked: Asks) -> CallbackAnswer:
    """Write down that the centre called a person back, or tried to."""
    return _record(body, CalledBy.CENTRE, asked)


@router.get("/callbacks")
@demands(Action.CASE_READ)
def callbacks(case_id: UUID, door: ReviewDoor, actor: Who) -> list[CallbackView]:
    """List the callbacks of a case, round by round."""
    with door.unit.transaction() as db:
        case = find_case(db, case_id)
        unit = actor.unit if case is None else case.unit_code
        resource = Resource(node=door.node.code, case_id=case_id, unit=unit)
        door.demand(actor, Action.CASE_READ, resource)
        if is_complained_of(actor, barred(resource, complaint_of(db, complaints, case_id))):
            return []  # as of a case that there is not
        found = callbacks_of(db, case_id)
    return [CallbackView.model_validate(one, from_attributes=True) for one in found]


def _record(body: CallbackBody, by: CalledBy, asked: Asked) -> CallbackAnswer:
    door, rules, calling = asked.door, asked.door.settings.callback_rules, body.calling(by)

    def act(work: Work) -> CallbackAnswer:
        return _written(work, handlers.record_callback(work.db, calling, rules, asked.caller))

    with door.unit.begin() as work:
        door.demand(asked.actor, NEEDS[by], _held(work.db, calling, asked))
        return asked.once.run(work.db, body, CallbackAnswer, lambda: act(work))


def _held(db: Connection, calling: Calling, asked: Asked) -> Resource:
    # Where no unit owes one, whoever is of a unit is told just that.
    unit = asked.actor.unit
    if calling.by is CalledBy.UNIT:
        unit = unit_to_call(db, calling.case_id) or unit
    return Resource(node=asked.door.node.code, case_id=calling.case_id, unit=unit)


def _written(work: Work, made: Callback) -> CallbackAnswer:
    work.speak()
    return CallbackAnswer(
        case_id=made.case_id,
        version=work.versions[made.case_id],
        callback_id=made.callback_id,
        state=made.state,
    )
