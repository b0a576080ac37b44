"""What tiers wanted to know of tiers below, and what they answered."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select, update
from sqlalchemy.dialects.postgresql import insert

from services.review.tables import complaints, supervisions
from shared.complaints import shown_to
from shared.security.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervision:
    """One question of a tier to one below or to a unit, and its answer; people are masked."""

    supervision_id: UUID
    case_id: UUID
    number: str
    from_node: str
    to_node: str
    text_masked: str
    answer_by: datetime
    ordered_at: datetime
    answered_at: datetime | None = None
    answer_masked: str | None = None
    read_at: datetime | None = None
    unit_code: str | None = None
    """The unit of this node that is asked, where a unit is."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which supervisions are asked for: of one case or of all, older than `before`."""

    case_id: UUID | None
    before: UUID | None
    reader: Actor | None = None
    """Who asks: none about cases that complain of them; None for one who may see all."""


def add_supervision(db: Connection, supervision: Supervision) -> bool:
    """Insert a supervision, unless it is here; tell whether it was not."""
    row = insert(supervisions).values(asdict(supervision)).on_conflict_do_nothing()
    return db.scalar(row.returning(supervisions.c.supervision_id)) is not None


def asked_unit(db: Connection, supervision_id: UUID) -> str | None:
    """Return the unit that was asked; None where a node was, or there is no such question."""
    mine = supervisions.c.supervision_id == supervision_id
    unit: str | None = db.scalar(select(supervisions.c.unit_code).where(mine))
    return unit


def lock_supervision(db: Connection, supervision_id: UUID) -> Supervision | None:
    """Lock and return a supervision."""
    query = select(supervisions).where(supervisions.c.supervision_id == supervision_id)
    return next(iter(_read(db, query.with_for_update())), None)


def mark_answered(db: Connection, supervision_id: UUID, at: datetime, answer: str) -> None:
    """Record the answer to a locked supervision."""
    mine = supervisions.c.supervision_id == supervision_id
    answered = {"answered_at": at, "answer_masked": answer}
    db.execute(update(supervisions).where(mine).values(answered))


def mark_read(db: Connection, supervision_id: UUID, at: datetime) -> None:
    """Record that somebody has signed for a locked supervision."""
    mine = supervisions.c.supervision_id == supervision_id
    db.execute(update(supervisions).where(mine).values(read_at=at))


def supervisions_like(db: Connection, wanted: Wanted, limit: int) -> Sequence[Supervision]:
    """Return supervisions, the newest first."""
    query = select(supervisions).order_by(supervisions.c.supervision_id.desc()).limit(limit)
    if wanted.case_id is not None:
        query = query.where(supervisions.c.case_id == wanted.case_id)
    if wanted.before is not None:
        query = query.where(supervisions.c.supervision_id < wanted.before)
    if wanted.reader is not None:
        query = query.where(shown_to(wanted.reader, complaints, supervisions.c.case_id))
    return _read(db, query)


def _read(db: Connection, query: Select[Any]) -> Sequence[Supervision]:
    return [Supervision(**row) for row in db.execute(query).mappings()]
