"""The endpoints of the case library for staff: write, publish, read what others do not see."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import Connection

from services.review import handlers
from services.review.api.precedents import PrecedentView, Region, standing_of, today
from services.review.handlers import Drafting
from services.review.policy.precedents import Standing, State
from services.review.repository.precedents import (
    Precedent,
    Sought,
    Text,
    find_latest,
    precedents_like,
    times_avoided,
)
from services.review.tables import idempotency
from shared.errors import Refused
from shared.events.review import MOST_KEYWORDS, MOST_REGIONS
from shared.events.words import OutcomeDetail, Scope
from shared.http import (
    ApiRoute,
    Code,
    Cursor,
    Day,
    Door,
    IdempotencyKey,
    LongText,
    Once,
    Page,
    ShortText,
    Who,
    cursor_after,
    door_of,
)
from shared.http.demands import demands
from shared.http.paging import MOST_PER_PAGE, cursor_for
from shared.security.actor import Actor
from shared.security.caller import Caller
from shared.security.policy import Action, Resource

router = APIRouter(prefix="/precedents", route_class=ApiRoute)

ReviewDoor = Annotated[Door, Depends(door_of("review"))]
Shelf = Literal["published", "draft", "over", "to_check", "withdrawn"]
SHELVES: Mapping[Shelf, tuple[State, ...]] = MappingProxyType(
    {
        "published": (State.PUBLISHED,),
        "draft": (State.DRAFT,),
        "over": (State.PUBLISHED,),
        "to_check": (State.PUBLISHED,),
        "withdrawn": (State.WITHDRAWN,),
    }
)


class PrecedentBody(BaseModel):
    """What somebody writes into the library; people are masked before it is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: ShortText
    question: LongText
    answer: LongText
    item_code: Code | None = None
    item_name: ShortText | None = None
    regions: list[Region] = Field(default=[], max_length=MOST_REGIONS)
    policy: ShortText | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    keywords: list[ShortText] = Field(default=[], max_length=MOST_KEYWORDS)
    outcome: OutcomeDetail | None = None
    scope: Scope = Scope.NODE

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise PydanticCustomError("days_in_order", "valid_to lies before valid_from")
        return self

    def drafting(self, case_id: UUID | None = None) -> Drafting:
        """Return what is to be written."""
        told: dict[str, Any] = self.model_dump(exclude={"scope", "case_id"})
        told |= {name: tuple(told[name]) for name in ("regions", "keywords")}
        return Drafting(Text(**told), self.scope, case_id)


class DraftBody(PrecedentBody):
    """The same, with the finished case in which it was solved."""

    case_id: UUID | None = None


class Written(BaseModel):
    """What was taken down."""

    precedent_id: UUID
    edition: int
    state: State


class LibraryView(PrecedentView):
    """A precedent as staff see it."""

    state: State
    standing: Standing
    """Whether its policy is in force today."""
    scope: Scope
    keywords: list[str]
    source_number: str | None
    """The case from which it was drafted: for who writes or publishes, and for no other node."""
    may_publish: bool
    """Whether who asks wrote none of it."""
    drafted_at: datetime
    published_at: datetime | None
    withdrawn_at: datetime | None
    check_since: datetime | None
    avoided: int
    """Reports that it made unnecessary at this node."""


@router.post("", status_code=201)
@demands(Action.PRECEDENT_WRITE)
def draft(body: DraftBody, door: ReviewDoor, actor: Who, key: IdempotencyKey = None) -> Written:
    """Begin a precedent, from a finished case or from nothing."""
    caller = _allowed(door, actor, Action.PRECEDENT_WRITE)
    drafting = body.drafting(body.case_id)
    once = Once(idempotency, door.keys, actor, key, caller.now)
    with door.unit.transaction() as db:
        return once.run(
            db,
            body,
            Written,
            lambda: _written(handlers.draft_precedent(db, drafting, caller, door.node.code)),
        )


@router.put("/{precedent_id:uuid}")
@demands(Action.PRECEDENT_WRITE)
def revise(precedent_id: UUID, body: PrecedentBody, door: ReviewDoor, actor: Who) -> Written:
    """Change a draft; of what is published begin the next edition."""
    caller = _allowed(door, actor, Action.PRECEDENT_WRITE)
    with door.unit.transaction() as db:
        told = body.drafting()
        return _written(handlers.revise_precedent(db, precedent_id, told, caller, door.node.code))


@router.post("/{precedent_id:uuid}/discard")
@demands(Action.PRECEDENT_WRITE)
def discard(precedent_id: UUID, door: ReviewDoor, actor: Who) -> Written:
    """Throw a draft away."""
    caller = _allowed(door, actor, Action.PRECEDENT_WRITE)
    with door.unit.transaction() as db:
        return _written(handlers.discard_draft(db, precedent_id, caller, door.node.code))


@router.post("/{precedent_id:uuid}/publish")
@demands(Action.PRECEDENT_PUBLISH)
def publish(precedent_id: UUID, door: ReviewDoor, actor: Who) -> Written:
    """Publish what somebody else wrote."""
    caller = _allowed(door, actor, Action.PRECEDENT_PUBLISH)
    with door.unit.transaction() as db:
        return _written(handlers.publish_precedent(db, precedent_id, caller, door.node.code))


@router.post("/{precedent_id:uuid}/withdraw")
@demands(Action.PRECEDENT_PUBLISH)
def withdraw(precedent_id: UUID, door: ReviewDoor, actor: Who) -> Written:
    """Take back what this node published, everywhere."""
    caller = _allowed(door, actor, Action.PRECEDENT_PUBLISH)
    with door.unit.transaction() as db:
        return _written(handlers.withdraw_precedent(db, precedent_id, caller, door.node.code))


@router.post("/{precedent_id:uuid}/check")
@demands(Action.PRECEDENT_PUBLISH)
def check(precedent_id: UUID, door: ReviewDoor, actor: Who) -> Written:
    """Say that it tells nothing of the person of its case, who was erased."""
    caller = _allowed(door, actor, Action.PRECEDENT_PUBLISH)
    with door.unit.transaction() as db:
        return _written(handlers.check_precedent(db, precedent_id, caller))


@dataclass(frozen=True, slots=True)
class Asked:
    """What narrows the list."""

    q: Annotated[ShortText | None, Query(description="Words that it must have")] = None
    item: Code | None = None
    node: Annotated[Region | None, Query(description="Published by this node")] = None
    shelf: Annotated[Shelf | None, Query(description="Only those that stand so")] = None
    cursor: Cursor = None

    def sought(self, day: date, *, drafts: bool) -> Sought:
        """Return what is asked for on a day."""
        before, over = _before(self.cursor), day if self.shelf == "over" else None
        return Sought(
            text=self.q or "",
            states=SHELVES[self.shelf] if self.shelf else (),
            item=self.item,
            node=self.node,
            drafts=drafts,
            over_on=over,
            to_check=self.shelf == "to_check",
            before=before,
        )


@router.get("/library")
@demands(Action.PRECEDENT_READ)
def library(door: ReviewDoor, actor: Who, asked: Annotated[Asked, Depends()]) -> Page[LibraryView]:
    """List precedents, the last drafted first."""
    caller = _allowed(door, actor, Action.PRECEDENT_READ)
    with door.unit.transaction() as db:
        sought = asked.sought(today(door), drafts=handlers.works_on_it(caller))
        found = precedents_like(db, sought, actor, MOST_PER_PAGE + 1)
        shown = found[:MOST_PER_PAGE]
        items = _seen(db, shown, caller, door)
    last = shown[-1] if len(found) > MOST_PER_PAGE else None
    following = cursor_for(last.drafted_at.isoformat(), last.precedent_id) if last else None
    return Page(items=items, next=following)


@router.get("/library/{precedent_id}")
@demands(Action.PRECEDENT_READ)
def open_one(
    precedent_id: UUID,
    door: ReviewDoor,
    actor: Who,
    edition: Annotated[int | None, Query(ge=1, le=1_000_000)] = None,
) -> LibraryView:
    """Return an edition, or the last one that the reader may see, whatever became of it."""
    caller = _allowed(door, actor, Action.PRECEDENT_READ)
    with door.unit.transaction() as db:
        found = find_latest(db, precedent_id, edition)
        if found is not None and edition is None and handlers.is_hidden(db, found, caller):
            found = find_latest(db, precedent_id, drafts=False)
        if found is None or handlers.is_hidden(db, found, caller):
            raise Refused("unknown_precedent")
        return _seen(db, [found], caller, door)[0]


def _allowed(door: Door, actor: Actor, action: Action) -> Caller:
    door.demand(actor, action, Resource(node=door.node.code, unit=actor.unit))
    return Caller(actor, door.now())


def _written(precedent: Precedent) -> Written:
    return Written.model_validate(precedent, from_attributes=True)


def _before(cursor: str | None) -> tuple[datetime, UUID] | None:
    key = cursor_after(cursor, 2)
    if key is None:
        return None
    try:
        return datetime.fromisoformat(key[0]), UUID(key[1])
    except ValueError as error:
        raise Refused("bad_cursor", field="cursor") from error


def _seen(
    db: Connection, found: Sequence[Precedent], caller: Caller, door: Door
) -> list[LibraryView]:
    counts = times_avoided(db, [one.precedent_id for one in found])
    return [_view(db, one, counts.get(one.precedent_id, 0), caller, door) for one in found]


def _view(
    db: Connection, found: Precedent, avoided: int, caller: Caller, door: Door
) -> LibraryView:
    source = found.source_case
    hidden = source is not None and handlers.complains_of(db, source, caller)
    is_told = handlers.works_on_it(caller) and not hidden
    told = {**asdict(found), "source_number": found.source_number if is_told else None}
    may_publish = caller.actor.id not in found.writers
    seen = {"standing": standing_of(found, door), "may_publish": may_publish, "avoided": avoided}
    return LibraryView.model_validate(told | seen)
