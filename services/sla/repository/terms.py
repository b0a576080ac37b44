"""Terms: what has to be done in time without being promised to anybody."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Select, cast, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from services.sla.tables import terms
from shared.db.bulk import among, insert_rows
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
    complexity: str | None = None


MEETING = "meeting"
"""The kind of rows that are reminders of meetings, and no terms (`reminders`)."""
_RUNNING = select(*(terms.c[name] for name in Term.__dataclass_fields__)).where(
    terms.c.ended_at.is_(None), terms.c.next_step_at.is_not(None), terms.c.kind != MEETING
)


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


def signing_ended(
    db: Connection, case_ids: Collection[UUID], order_ids: Collection[UUID]
) -> dict[UUID, datetime | None]:
    """Return of which of these orders signing is known, and when it ended; None if it runs."""
    mine = (terms.c.case_id.in_(case_ids), terms.c.order_id.in_(order_ids))
    heard = select(terms.c.order_id, terms.c.ended_at).where(*mine, terms.c.kind == TermKind.SIGN)
    return {row.order_id: row.ended_at for row in db.execute(heard)}


def terms_with_a_step_due(db: Connection, now: datetime, limit: int) -> Sequence[Term]:
    """Lock and return the running terms of which something may have to be said, oldest first."""
    due = _RUNNING.where(terms.c.next_step_at <= now).order_by(terms.c.next_step_at)
    return _read(db, due.limit(limit).with_for_update(skip_locked=True))


def reclassify_terms(db: Connection, case_id: UUID, complexity: str) -> Sequence[UUID]:
    """Write how much work a case is to its running terms, and return these."""
    mine = (terms.c.case_id == case_id, terms.c.kind != MEETING, terms.c.ended_at.is_(None))
    anew = update(terms).where(*mine).values(complexity=complexity)
    return db.scalars(anew.returning(terms.c.id)).all()


def running_terms(db: Connection, due_from: datetime) -> Sequence[Term]:
    """Return the terms that end then or later and are not over; no lock."""
    return _read(db, _RUNNING.where(terms.c.due_at >= due_from))


def lock_terms(db: Connection, ids: Collection[UUID]) -> Sequence[Term]:
    """Lock these terms and return those that still run."""
    mine = _RUNNING.where(among(terms.c.id, ids))
    return _read(db, mine.order_by(terms.c.id).with_for_update())


def move_terms(db: Connection, moved: Sequence[Term]) -> None:
    """Write, by one statement, when terms end now, and when something is to be said of them."""
    names = ("id", "due_at", "next_step_at", "near_at")
    columns = [
        cast([getattr(term, name) for term in moved], ARRAY(terms.c[name].type)) for name in names
    ]
    new = func.unnest(*columns).table_valued(*names).render_derived()
    changed = {name: new.c[name] for name in names if name != "id"}
    db.execute(update(terms).where(terms.c.id == new.c.id).values(changed))


def note_step(db: Connection, term: Term) -> None:
    """Write what was said of a term, and when there is more to say."""
    said = {name: getattr(term, name) for name in ("next_step_at", "near_at", "over_at")}
    db.execute(update(terms).where(terms.c.id == term.id).values(said))


def _read(db: Connection, query: Select[tuple[object, ...]]) -> Sequence[Term]:
    return [Term(**{**row, "kind": TermKind(row["kind"])}) for row in db.execute(query).mappings()]
