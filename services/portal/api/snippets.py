"""Snippets over HTTP: one's own, those of the own unit, and what waits for a yes there."""

from collections.abc import Sequence
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from services.portal.api.doors import PortalDoor
from services.portal.handlers.snippets import (
    Writing,
    approve_snippet,
    drop_snippet,
    rewrite_snippet,
    write_snippet,
)
from services.portal.policy.snippets import MOST_SIGNS
from services.portal.repository import snippets as repository
from services.portal.repository.snippets import Snippet
from shared.http import ApiRoute, Door, LongText, ShortText, Who
from shared.http.demands import demands
from shared.security.actor import Actor
from shared.security.caller import Caller
from shared.security.policy import Action, Resource, may

router = APIRouter(route_class=ApiRoute)


class SnippetBody(BaseModel):
    """A text, what is typed for it, and whether the own unit shall have it too.

    `{事项}`, `{单位}` and `{日期}` are filled in where it is used. No person may stand in it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    abbreviation: ShortText
    text: Annotated[LongText, Field(max_length=MOST_SIGNS)]
    share: StrictBool = False

    def writing(self) -> Writing:
        """Return it as the handlers take it; case does not matter where one types it."""
        return Writing(self.abbreviation.lower(), self.text, self.share)


class SnippetView(BaseModel):
    """A snippet as it is offered."""

    snippet_id: UUID
    abbreviation: str
    text: str
    unit: str | None
    approved: bool
    is_own: bool

    @classmethod
    def of(cls, snippet: Snippet, actor: Actor) -> Self:
        """Return a snippet as one person is answered."""
        return cls(
            snippet_id=snippet.snippet_id,
            abbreviation=snippet.abbreviation,
            text=snippet.text,
            unit=snippet.unit,
            approved=snippet.approved_at is not None,
            is_own=snippet.owner == actor.id,
        )


class Snippets(BaseModel):
    """What somebody may use, and what waits for their yes."""

    mine: list[SnippetView]
    shared: list[SnippetView]
    waiting: list[SnippetView]


@router.get("/snippets")
@demands(Action.SNIPPET_WRITE)
def snippets(door: PortalDoor, actor: Who) -> Snippets:
    """List one's own snippets, those the own unit shares, and what one may approve."""
    _demand(door, actor, Action.SNIPPET_WRITE)
    unit, approves = actor.unit or "", _approves(door, actor)
    with door.unit.transaction() as db:
        mine = repository.snippets_of(db, actor.id)
        shared = repository.snippets_shared(db, unit, actor.id)
        waiting = repository.snippets_waiting(db, unit, actor.id) if approves else []
    return Snippets(
        mine=_views(mine, actor), shared=_views(shared, actor), waiting=_views(waiting, actor)
    )


@router.post("/snippets", status_code=201)
@demands(Action.SNIPPET_WRITE)
def write(body: SnippetBody, door: PortalDoor, actor: Who) -> SnippetView:
    """Keep a new snippet; sent twice it is kept once, another text needs another abbreviation."""
    _demand(door, actor, Action.SNIPPET_WRITE)
    with door.unit.transaction() as db:
        snippet = write_snippet(db, body.writing(), Caller(actor, door.now()))
    return SnippetView.of(snippet, actor)


@router.put("/snippets/{snippet_id}")
@demands(Action.SNIPPET_WRITE)
def rewrite(snippet_id: UUID, body: SnippetBody, door: PortalDoor, actor: Who) -> SnippetView:
    """Change one's own snippet; a shared one waits for a yes again."""
    _demand(door, actor, Action.SNIPPET_WRITE)
    with door.unit.transaction() as db:
        caller = Caller(actor, door.now())
        snippet = rewrite_snippet(db, snippet_id, body.writing(), caller)
    return SnippetView.of(snippet, actor)


@router.delete("/snippets/{snippet_id}", status_code=204)
@demands(Action.SNIPPET_WRITE)
def remove(snippet_id: UUID, door: PortalDoor, actor: Who) -> None:
    """Throw one's own away; who approves takes back what the unit shares or would."""
    _demand(door, actor, Action.SNIPPET_WRITE)
    with door.unit.transaction() as db:
        caller, approves = Caller(actor, door.now()), _approves(door, actor)
        drop_snippet(db, snippet_id, caller, approves=approves)


@router.post("/snippets/{snippet_id}/approve")
@demands(Action.SNIPPET_APPROVE)
def approve(snippet_id: UUID, door: PortalDoor, actor: Who) -> SnippetView:
    """Let the own unit share what somebody else of it wrote."""
    _demand(door, actor, Action.SNIPPET_APPROVE)
    with door.unit.transaction() as db:
        snippet = approve_snippet(db, snippet_id, Caller(actor, door.now()))
    return SnippetView.of(snippet, actor)


def _views(found: Sequence[Snippet], actor: Actor) -> list[SnippetView]:
    return [SnippetView.of(one, actor) for one in found]


def _demand(door: Door, actor: Actor, action: Action) -> None:
    door.demand(actor, action, Resource(node=door.node.code, unit=actor.unit))


def _approves(door: Door, actor: Actor) -> bool:
    own = Resource(node=door.node.code, unit=actor.unit)
    return may(actor, Action.SNIPPET_APPROVE, own).allowed
