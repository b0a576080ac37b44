"""Snippets: one's own, those of a unit, those that wait for somebody's yes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from services.portal.tables import snippets

_c = snippets.c
_APPROVED = _c.approved_at.is_not(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A text and what is typed for it."""

    snippet_id: UUID
    owner: str
    unit: str | None
    """That shares it, or will once somebody approved."""
    abbreviation: str
    text: str
    changed_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None


def lock_snippets_of(db: Connection, owner: str) -> Sequence[Snippet]:
    """Return the snippets of an account; until the transaction ends nobody else adds one."""
    db.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"portal.snippets/{owner}"))))
    return snippets_of(db, owner)


def snippets_of(db: Connection, owner: str) -> Sequence[Snippet]:
    """Return the snippets of an account."""
    return _read(db, _c.owner == owner)


def snippets_shared(db: Connection, unit: str, reader: str) -> Sequence[Snippet]:
    """Return what others of a unit share with it."""
    return _read(db, _c.unit == unit, _c.owner != reader, _APPROVED)


def snippets_waiting(db: Connection, unit: str, reader: str) -> Sequence[Snippet]:
    """Return what others of a unit would share with it."""
    return _read(db, _c.unit == unit, _c.owner != reader, ~_APPROVED)


def snippet_by_id(db: Connection, snippet_id: UUID) -> Snippet | None:
    """Return a snippet, locked."""
    query = select(snippets).where(_c.snippet_id == snippet_id).with_for_update()
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else Snippet(**row)


def add_snippet(db: Connection, snippet: Snippet) -> None:
    """Insert a snippet."""
    db.execute(snippets.insert().values(asdict(snippet)))


def change_snippet(db: Connection, snippet: Snippet) -> None:
    """Write a snippet as it is now."""
    db.execute(update(snippets).where(_c.snippet_id == snippet.snippet_id).values(asdict(snippet)))


def remove_snippet(db: Connection, snippet_id: UUID) -> None:
    """Throw a snippet away."""
    db.execute(delete(snippets).where(_c.snippet_id == snippet_id))


def _read(db: Connection, *conditions: ColumnElement[bool]) -> Sequence[Snippet]:
    query = select(snippets).where(*conditions).order_by(_c.abbreviation, _c.snippet_id)
    return [Snippet(**row) for row in db.execute(query).mappings()]
