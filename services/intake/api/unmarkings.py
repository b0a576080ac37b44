"""The end of a recusal: who asks that a case complains of somebody no more, and who approves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from services.intake import handlers
from services.intake.api.answers import WrittenAnswer
from services.intake.api.bodies import MOST_COMPLAINED_OF, Body, PersonName
from services.intake.api.cases import IntakeDoor, Number, exact
from services.intake.api.record_bodies import ReasonBody
from services.intake.handlers import Caller, Unmark
from services.intake.handlers.complaint import is_in_conflict
from services.intake.handlers.unmark import Meant, meant_by, unit_key
from services.intake.repository.cases import Case, case_by_number
from services.intake.repository.unmarkings import Unmarking, unmarkings_of
from services.intake.tables import idempotency
from shared.errors import Refused
from shared.events.intake import ComplainedOf
from shared.http import ApiRoute, IdempotencyKey, Once, ShortText, Who
from shared.http.demands import demands
from shared.security.policy import Action, Resource
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)


class UnmarkBody(Body):
    """Who shall be complained of no more, and why: units by `key`, persons by name."""

    units: list[ShortText] = Field(default=[], max_length=MOST_COMPLAINED_OF)
    persons: list[PersonName] = Field(default=[], max_length=MOST_COMPLAINED_OF)
    because: ShortText

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if not self.units and not self.persons:
            raise PydanticCustomError("nobody_named", "neither a unit nor a person is named")
        return self


class MarkedUnit(BaseModel):
    """A unit of which a case complains."""

    key: str
    node: str
    title: str


class MeantPerson(BaseModel):
    """A person of whom a case would complain no more.

    `more` says that they are known by more than this name: an account, another spelling.
    """

    name: str
    more: bool


class UnmarkingView(BaseModel):
    """One asking; as long as it waits it tells which persons it means."""

    unmarking_id: UUID
    state: str
    units: list[str]
    persons: bool
    named: list[MeantPerson]
    because: str
    asked_name: str
    asked_at: datetime
    is_own: bool
    decided_name: str | None
    decided_at: datetime | None
    refusal: str | None

    @classmethod
    def of(cls, one: Unmarking, meant: Sequence[Meant], reader: str) -> Self:
        """Return an asking as somebody reads it."""
        named = ("unmarking_id", "state", "because", "asked_name", "asked_at")
        decided = ("decided_name", "decided_at", "refusal")
        return cls(
            units=list(one.units),
            persons=bool(one.persons),
            named=[MeantPerson.model_validate(each, from_attributes=True) for each in meant],
            is_own=one.asked_by == reader,
            **{name: getattr(one, name) for name in (*named, *decided)},
        )


class MarksAnswer(BaseModel):
    """Of whom a case complains, and the askings that it shall no more."""

    number: str
    units: list[MarkedUnit]
    persons: int
    unmarkings: list[UnmarkingView]


class AskedAnswer(BaseModel):
    """An asking that waits for somebody else."""

    unmarking_id: UUID


@router.get("/cases/{number}/marks")
@demands(Action.UNMARK_ASK)
def read_marks(number: Number, door: IntakeDoor, actor: Who) -> MarksAnswer:
    """Tell of whom a case complains, and who asked that it shall no more."""
    door.demand(actor, Action.UNMARK_ASK, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        case = case_by_number(db, exact(number))
        if case is None or is_in_conflict(case, Caller(actor, door.now())):
            raise Refused("unknown_case")
        found = unmarkings_of(db, case.case_id)
        meant = {one.unmarking_id: meant_by(db, door.keys, case, one) for one in found}
    told = case.complained_of or ComplainedOf()
    return MarksAnswer(
        number=case.number,
        units=[
            MarkedUnit(key=unit_key(unit), node=unit.node, title=unit.title) for unit in told.units
        ],
        persons=len(told.persons),
        unmarkings=[UnmarkingView.of(one, meant[one.unmarking_id], actor.id) for one in found],
    )


@router.post("/cases/{number}/unmarkings", status_code=201)
@demands(Action.UNMARK_ASK)
def ask_unmarking(
    number: Number, body: UnmarkBody, door: IntakeDoor, actor: Who, key: IdempotencyKey = None
) -> AskedAnswer:
    """Ask that a case complains of somebody no more; somebody else must approve."""
    door.demand(actor, Action.UNMARK_ASK, Resource(node=door.node.code))
    unmark = Unmark(body.units, body.persons, body.because)
    caller = Caller(actor, door.now())
    once = Once(idempotency, door.keys, actor, key, caller.now)

    def ask() -> AskedAnswer:
        asked = handlers.ask_unmarking(work.db, door.keys, exact(number), unmark, caller)
        return AskedAnswer(unmarking_id=asked.unmarking_id)

    with door.unit.begin() as work:
        return once.run(work.db, body, AskedAnswer, ask)


@router.post("/unmarkings/{unmarking_id}/approve")
@demands(Action.UNMARK_APPROVE)
def approve_unmarking(unmarking_id: UUID, door: IntakeDoor, actor: Who) -> WrittenAnswer:
    """Approve what somebody else asked: from now on the case is shown to them again."""
    door.demand(actor, Action.UNMARK_APPROVE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        return _written(work, handlers.approve_unmarking(work.db, unmarking_id, caller))


@router.post("/unmarkings/{unmarking_id}/refuse")
@demands(Action.UNMARK_APPROVE)
def refuse_unmarking(
    unmarking_id: UUID, body: ReasonBody, door: IntakeDoor, actor: Who
) -> WrittenAnswer:
    """Leave the case as it is, with the reason."""
    door.demand(actor, Action.UNMARK_APPROVE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        refused = handlers.refuse_unmarking(work.db, unmarking_id, body.reason, caller)
        return _written(work, refused)


def _written(work: Work, case: Case) -> WrittenAnswer:
    work.speak()
    version = work.versions.get(case.case_id, 0)
    return WrittenAnswer(case_id=case.case_id, version=version)
