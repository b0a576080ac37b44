"""The journal: append a batch, read it again in order, prepare its months."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select, text

from services.portal.tables import journal
from shared.db.bulk import Row, insert_rows
from shared.events.base import Envelope

MONTHS_AHEAD = 3


def append(db: Connection, envelopes: Sequence[Envelope]) -> None:
    """Add a batch to the journal, in its order, by one statement."""
    insert_rows(db, journal, [_row(envelope) for envelope in envelopes])


def _row(envelope: Envelope) -> Row:
    return {
        "id": envelope.id,
        "node": envelope.node,
        "speaker": envelope.speaker,
        "name": envelope.type,
        "subject_id": envelope.subject,
        "version": envelope.version,
        "time": envelope.time,
        "body": envelope,
    }


def last_position(db: Connection) -> int:
    """Return the position up to which everything is committed; 0 of an empty journal.

    Waits for the transactions that are adding and holds off others until the caller commits:
    positions are given before a commit, so without it a lower one could still appear.
    """
    db.execute(text(f"LOCK TABLE {journal.fullname} IN SHARE MODE"))
    return db.scalar(select(func.max(journal.c.position))) or 0


def journalled(
    db: Connection, after: int, last: int, limit: int
) -> Sequence[tuple[int, Envelope]]:
    """Return what was journalled behind `after` up to `last`, with its positions."""
    query = (
        select(journal.c.position, journal.c.body)
        .where(journal.c.position > after, journal.c.position <= last)
        .order_by(journal.c.position)
        .limit(limit)
    )
    return [(position, Envelope.model_validate(body)) for position, body in db.execute(query)]


def redact_journal(db: Connection, case_id: UUID) -> None:
    """Leave of what was journalled about an erased case what names nobody.

    The service may not change the journal: a function of its owner does only this.
    """
    db.execute(text("SELECT portal.redact_journal(:case_id)"), {"case_id": case_id})


def ensure_partitions(db: Connection, now: datetime) -> None:
    """Add the partitions of this month and the next ones where they are missing."""
    first = now.date()
    db.execute(
        text("SELECT portal.ensure_journal_partitions(:first, :months)"),
        {"first": first, "months": 1 + MONTHS_AHEAD},
    )
