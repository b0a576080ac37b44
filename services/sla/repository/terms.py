"""Terms: what has to be done in time without being promised to anybody."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, update

from services.sla.tables import terms
from shared.db.bulk import insert_rows
from shared.events.sla import TermKind


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a case, running or ended."""

    id: UUID
    case_id: UUID
    kind: TermKind
    order_id: UUID | None
    unit_code: str | None
    started_at: datetime
    due_at: datetime
    next_step_at: datetime | None
    near_at: datetime | None = None
    over_at: datetime | None = None
    ended_at: datetime | None = None


def add_terms(db: Connection, begun: Collection[Term]) -> None:
    """Insert running terms."""
    insert_rows(db, terms, [asdict(term) for term in begun])


def end_terms(
    db: Connection,
    case_ids: Collection[UUID],
    kind: TermKind,
    at: datetime,
    order_id: UUID | None = None,
) -> None:
    """End the running terms of a kind of these cases, or of one of their orders."""
    mine = [terms.c.case_id.in_(case_ids), terms.c.kind == kind, terms.c.ended_at.is_(None)]
    mine += [] if order_id is None else [terms.c.order_id == order_id]
    db.execute(update(terms).where(*mine).values(ended_at=at))


def terms_with_a_step_due(db: Connection, now: datetime, limit: int) -> Sequence[Term]:
    """Lock and return the running terms of which something may have to be said, oldest first."""
    query = (
        select(*(terms.c[name] for name in Term.__dataclass_fields__))
        .where(terms.c.ended_at.is_(None), terms.c.next_step_at <= now)
        .order_by(terms.c.next_step_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Term(**{**row, "kind": TermKind(row["kind"])}) for row in db.execute(query).mappings()]


def note_step(db: Connection, term: Term) -> None:
    """Write what was said of a term, and when there is more to say."""
    said = {name: getattr(term, name) for name in ("next_step_at", "near_at", "over_at")}
    db.execute(update(terms).where(terms.c.id == term.id).values(said))
