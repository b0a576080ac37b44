"""Keep snippets (常用语), and share them with a unit once another one of it has approved."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from services.portal.policy.snippets import (
    SnippetRefusal,
    objection_among,
    objection_to_snippet,
)
from services.portal.repository import snippets as repository
from services.portal.repository.snippets import Snippet
from services.portal.tables import plumbing
from shared.audit import Entry, digest_of, record
from shared.clock import new_id
from shared.errors import Refused
from shared.security.caller import Caller
from shared.security.masking import mask_text

FIELDS = {
    SnippetRefusal.ABBREVIATION: "abbreviation",
    SnippetRefusal.TWICE: "abbreviation",
    SnippetRefusal.PLACEHOLDER: "text",
    SnippetRefusal.PERSON: "text",
    SnippetRefusal.NO_UNIT: "share",
}
"""Which field is to blame."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A snippet as somebody writes it; `share` offers it to their unit."""

    abbreviation: str
    text: str
    share: bool = False


def write_snippet(db: Connection, writing: Writing, caller: Caller) -> Snippet:
    """Keep a new snippet of the caller's."""
    owner = caller.actor.id
    others = repository.lock_snippets_of(db, owner)
    known = next((one for one in others if _is_same(one, writing)), None)
    if known is not None:  # sent twice
        return known
    _check(writing, caller, [one.abbreviation for one in others])
    snippet = _written(new_id(), writing, caller)
    repository.add_snippet(db, snippet)
    _trace(db, caller, "snippet.write", snippet)
    return snippet


def rewrite_snippet(db: Connection, snippet_id: UUID, writing: Writing, caller: Caller) -> Snippet:
    """Change one's own; what a unit shares waits for a yes again."""
    others = repository.lock_snippets_of(db, caller.actor.id)
    if all(one.snippet_id != snippet_id for one in others):
        raise Refused("unknown_snippet")
    rest = [one.abbreviation for one in others if one.snippet_id != snippet_id]
    _check(writing, caller, rest)
    snippet = _written(snippet_id, writing, caller)
    repository.change_snippet(db, snippet)
    _trace(db, caller, "snippet.write", snippet)
    return snippet


def approve_snippet(db: Connection, snippet_id: UUID, caller: Caller) -> Snippet:
    """Let the caller's unit share what somebody else of it wrote."""
    snippet = _of_unit(db, snippet_id, caller)
    if snippet.owner == caller.actor.id:
        raise Refused(SnippetRefusal.OWN)
    approved = replace(snippet, approved_by=caller.actor.id, approved_at=caller.now)
    repository.change_snippet(db, approved)
    _trace(db, caller, "snippet.approve", approved)
    return approved


def drop_snippet(db: Connection, snippet_id: UUID, caller: Caller, *, approves: bool) -> Snippet:
    """Throw away one's own; who approves for a unit also takes back what the unit shares."""
    snippet = repository.snippet_by_id(db, snippet_id)
    if snippet is None or snippet.owner != caller.actor.id:
        if not approves:
            raise Refused("unknown_snippet")
        snippet = _of_unit(db, snippet_id, caller)
        kept = replace(snippet, unit=None, approved_by=None, approved_at=None)
        repository.change_snippet(db, kept)
    else:
        repository.remove_snippet(db, snippet_id)
    _trace(db, caller, "snippet.remove", snippet)
    return snippet


def _is_same(snippet: Snippet, writing: Writing) -> bool:
    told = (snippet.abbreviation, snippet.text, snippet.unit is not None)
    return told == (writing.abbreviation, writing.text, writing.share)


def _of_unit(db: Connection, snippet_id: UUID, caller: Caller) -> Snippet:
    snippet = repository.snippet_by_id(db, snippet_id)
    if snippet is None or snippet.unit is None or snippet.unit != caller.actor.unit:
        raise Refused("unknown_snippet")
    return snippet


def _check(writing: Writing, caller: Caller, others: list[str]) -> None:
    masked = mask_text(writing.text)
    refusal = objection_to_snippet(writing.abbreviation, writing.text, masked)
    refusal = refusal or objection_among(writing.abbreviation, others)
    if writing.share and caller.actor.unit is None:
        refusal = refusal or SnippetRefusal.NO_UNIT
    if refusal is not None:
        raise Refused(refusal, field=FIELDS.get(refusal))


def _written(snippet_id: UUID, writing: Writing, caller: Caller) -> Snippet:
    return Snippet(
        snippet_id=snippet_id,
        owner=caller.actor.id,
        unit=caller.actor.unit if writing.share else None,
        abbreviation=writing.abbreviation,
        text=writing.text,
        changed_at=caller.now,
    )


def _trace(db: Connection, caller: Caller, action: str, snippet: Snippet) -> None:
    told = {"abbreviation": snippet.abbreviation, "text": snippet.text, "unit": snippet.unit}
    entry = Entry(
        at=caller.now,
        actor=caller.actor,
        action=action,
        object_kind="snippet",
        object_id=str(snippet.snippet_id),
        after=digest_of(told),
    )
    record(db, plumbing.audit, entry)
