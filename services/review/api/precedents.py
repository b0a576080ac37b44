"""The endpoints of the case library for everybody: what may answer a question, and that it did."""

from datetime import date
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, StringConstraints

from services.review import handlers
from services.review.policy.precedents import Standing, State, standing_on
from services.review.repository.precedents import Avoided, Precedent, find_edition
from services.review.repository.suggestions import Suggestion, Wish, suggest
from shared.errors import Refused
from shared.events.words import OutcomeDetail
from shared.http import ApiRoute, Code, Door, LongText, ShortText, Who, door_of
from shared.http.demands import Audience, open_to
from shared.http.door import address_of
from shared.http.households import household
from shared.metrics import REPORTS_AVOIDED
from shared.security.actor import ActorKind

router = APIRouter(prefix="/precedents", route_class=ApiRoute)

ReviewDoor = Annotated[Door, Depends(door_of("review"))]
Region = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{5}$")]
CHINA = ZoneInfo("Asia/Shanghai")
MOST_SUGGESTED = 5


class QuestionBody(BaseModel):
    """What somebody is about to report; it is looked for and kept nowhere."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: LongText
    item: Code | None = None
    region: Region | None = None


class SolvedBody(BaseModel):
    """Whose form it was: the form's own key, so that a second tap counts nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: UUID


class PrecedentView(BaseModel):
    """How something was solved; no person and no case is named in it."""

    precedent_id: UUID
    edition: int
    node: str
    """The node that published it."""
    title: str
    question: str
    answer: str
    item_code: str | None
    item_name: str | None
    regions: list[str]
    policy: str | None
    valid_from: date | None
    valid_to: date | None
    outcome: OutcomeDetail | None


class SuggestionView(PrecedentView):
    """One that may answer the question, and why."""

    because: list[str]
    """The words in common."""


class SolvedView(BaseModel):
    """What was counted."""

    precedent_id: UUID
    counted: bool
    """False for a form that was counted before, or from where enough was counted today."""


@router.get("")
@open_to(Audience.EVERYBODY, "how things were solved, without persons")
def look(
    door: ReviewDoor,
    q: Annotated[ShortText, Query(description="What could not be done, in plain words")],
    item: Annotated[Code | None, Query(description="Code of the service item")] = None,
    region: Annotated[Region | None, Query(description="Where, GB/T 2260")] = None,
) -> list[SuggestionView]:
    """Return what is published and in force and fits a question best."""
    return _suggested(door, Wish(q, today(door), item, region))


@router.post("/similar")
@open_to(Audience.EVERYBODY, "how things were solved, without persons")
def similar(body: QuestionBody, door: ReviewDoor) -> list[SuggestionView]:
    """Return the same for a long text, which has no place in an address."""
    return _suggested(door, Wish(body.text, today(door), body.item, body.region))


@router.get("/{precedent_id:uuid}")
@open_to(Audience.EVERYBODY, "how things were solved, without persons")
def read(precedent_id: UUID, door: ReviewDoor) -> PrecedentView:
    """Return one that is published and in force."""
    with door.unit.transaction() as db:
        found = find_edition(db, precedent_id, State.PUBLISHED)
    if found is None or standing_of(found, door) is not Standing.IN_FORCE:
        raise Refused("unknown_precedent")
    return PrecedentView.model_validate(found, from_attributes=True)


@router.post("/{precedent_id:uuid}/solved")
@open_to(Audience.EVERYBODY, "to say that nothing has to be reported any more")
def solved(
    precedent_id: UUID, body: SolvedBody, door: ReviewDoor, actor: Who, request: Request
) -> SolvedView:
    """Count that reading this made a report unnecessary."""
    at_desk = actor.kind is ActorKind.STAFF
    told = Avoided(
        key=body.key,
        precedent_id=precedent_id,
        at_desk=at_desk,
        at=door.now(),
        asker=None if at_desk else _asker(door, request),
    )
    with door.unit.transaction() as db:
        counted = handlers.count_avoided(db, told)
    if counted:
        where = "desk" if at_desk else "citizen"
        REPORTS_AVOIDED.labels(node=door.node.code, where=where).inc()
    return SolvedView(precedent_id=precedent_id, counted=counted)


def today(door: Door) -> date:
    """Return the day in China."""
    return door.now().astimezone(CHINA).date()


def standing_of(precedent: Precedent, door: Door) -> Standing:
    """Tell how a precedent stands today."""
    return standing_on(today(door), precedent.valid_from, precedent.valid_to)


def _asker(door: Door, request: Request) -> str:
    home = household(address_of(request.scope))
    return door.keys.keyed_hash("avoided", f"{today(door)} {home}")


def _suggested(door: Door, wish: Wish) -> list[SuggestionView]:
    with door.unit.transaction() as db:
        found = suggest(db, wish, MOST_SUGGESTED)
    return [_view(one) for one in found]


def _view(found: Suggestion) -> SuggestionView:
    told = PrecedentView.model_validate(found.precedent, from_attributes=True)
    return SuggestionView(**told.model_dump(), because=list(found.because))
