"""The endpoints of evaluations: rate a case, read what was said, list the reasons."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints
from pydantic_core import PydanticCustomError

from services.review import handlers, repository
from services.review.policy import MOST_REASONS, REASONS, Follow, Level
from services.review.tables import complaints, idempotency
from shared.complaints import barred, complaint_of
from shared.errors import Refused
from shared.http import ApiRoute, Door, IdempotencyKey, LongText, Once, Who, door_of
from shared.http.demands import Audience, demands, open_to
from shared.security.policy import Action, Resource, is_complained_of
from shared.security.withheld import WITHHELD
from shared.unit import Work

router = APIRouter(prefix="/api/v1", tags=["review"], route_class=ApiRoute)

ReviewDoor = Annotated[Door, Depends(door_of("review"))]

TEXT_CHARACTERS = 500


def _whole(level: object) -> object:
    if isinstance(level, bool) or not isinstance(level, int):
        raise PydanticCustomError("int_type", "a whole number from 1 to 5")
    return level


RatedLevel = Annotated[Level, BeforeValidator(_whole)]
ReasonCode = Annotated[str, StringConstraints(pattern=r"^[1-5][0-9]{2}$")]


class EvaluationBody(BaseModel):
    """What a person says; the case is the one whose number and code they showed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: RatedLevel
    solved: StrictBool
    reasons: list[ReasonCode] = Field(default=[], max_length=MOST_REASONS)
    text: Annotated[LongText, StringConstraints(max_length=TEXT_CHARACTERS)] | None = None


class RatedAnswer(BaseModel):
    """What was taken down; `version` is what a projection must reach to show it."""

    service: str = "review"
    case_id: UUID
    version: int
    evaluation_id: UUID
    status: str


class EvaluationView(BaseModel):
    """An evaluation; nothing in it identifies a person."""

    evaluation_id: UUID
    case_id: UUID
    round: int
    unit_code: str | None
    level: Level
    solved: bool
    reasons: list[str]
    text_masked: str
    at: datetime


class ReasonView(BaseModel):
    """A reason that can be chosen."""

    code: str
    text: str
    is_core: bool


class LevelView(BaseModel):
    """A level with its reasons."""

    level: Level
    reasons: list[ReasonView]


STATUS = {Follow.CLOSE: "closed", Follow.REOPEN: "reopened"}


@router.post("/evaluations", status_code=201)
@demands(Action.EVALUATION_SUBMIT)
def rate(
    body: EvaluationBody, door: ReviewDoor, actor: Who, key: IdempotencyKey = None
) -> RatedAnswer:
    """Say whether it was really solved, once a round."""
    door.demand(
        actor, Action.EVALUATION_SUBMIT, Resource(node=door.node.code, case_id=actor.case_id)
    )
    if actor.case_id is None:
        raise Refused("no_case_shown")
    now = door.now()
    answer = handlers.Answer(
        case_id=actor.case_id,
        level=body.level,
        solved=body.solved,
        reasons=tuple(body.reasons),
        text=body.text,
        at=now,
        via=actor.kind.value,
        withheld=WITHHELD in actor.scopes,
    )
    once = Once(idempotency, door.keys, actor, key, now)
    with door.unit.begin() as work:
        return once.run(
            work.db,
            body,
            RatedAnswer,
            lambda: _told(work, answer, handlers.rate(work.db, door.keys, answer)),
        )


@router.get("/evaluations")
@demands(Action.CASE_READ)
def evaluations(case_id: UUID, door: ReviewDoor, actor: Who) -> list[EvaluationView]:
    """List what the person said about a case, round by round."""
    with door.unit.transaction() as db:
        case = repository.find_case(db, case_id)
        # Before there is a result nothing was said, and nothing is known here of who works on it:
        # to whoever reads the cases of a unit the answer is empty, whichever unit has this one.
        unit = actor.unit if case is None else case.unit_code
        resource = Resource(node=door.node.code, case_id=case_id, unit=unit)
        door.demand(actor, Action.CASE_READ, resource)
        if is_complained_of(actor, barred(resource, complaint_of(db, complaints, case_id))):
            return []  # as of a case that there is not
        found = repository.evaluations_of(db, case_id)
    return [EvaluationView.model_validate(one, from_attributes=True) for one in found]


@router.get("/evaluation-reasons")
@open_to(Audience.EVERYBODY, "the national list of reasons")
def evaluation_reasons() -> list[LevelView]:
    """List the national reasons by level, the best level first; everybody may."""
    return [
        LevelView(
            level=level,
            reasons=[ReasonView.model_validate(one, from_attributes=True) for one in reasons],
        )
        for level, reasons in REASONS.items()
    ]


def _told(work: Work, answer: handlers.Answer, rated: handlers.Rated) -> RatedAnswer:
    work.speak()
    return RatedAnswer(
        case_id=answer.case_id,
        version=work.versions[answer.case_id],
        evaluation_id=rated.evaluation_id,
        status=STATUS[rated.follow],
    )
