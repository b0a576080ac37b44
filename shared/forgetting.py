"""What a service forgets of a case beside its own rows: what it said, what it could not hear."""

from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    Text,
    cast,
    delete,
    func,
    literal,
    update,
)
from sqlalchemy.dialects.postgresql import BYTEA

from shared.clock import utcnow
from shared.security.erasing import redacted
from shared.unit import Plumbing


def forget_said(db: Connection, plumbing: Plumbing, case_id: UUID) -> None:
    """Leave of what was said about a case only what no longer names anybody."""
    rows = plumbing.outbox.rows
    remains = cast(redacted(rows.c.body), Text)
    db.execute(update(rows).where(rows.c.subject_id == case_id).values(body=remains))


def forget_unheard(db: Connection, plumbing: Plumbing, case_id: UUID) -> None:
    """Drop what waits of a case; empty what is parked of it, which nobody can run any more."""
    waiting, parked = plumbing.inbox.waiting, plumbing.inbox.parked
    db.execute(delete(waiting).where(_holds(waiting, case_id)))
    emptied = {"body": b"", "traceback": "", "replay_at": None}
    ended = func.coalesce(parked.c.ended_at, utcnow())
    db.execute(update(parked).where(_holds(parked, case_id)).values(**emptied, ended_at=ended))


def _holds(table: Table, case_id: UUID) -> ColumnElement[bool]:
    # In the raw bytes: of what broke its contract the subject may be unknown.
    return func.position(cast(literal(str(case_id).encode()), BYTEA).op("IN")(table.c.body)) > 0
