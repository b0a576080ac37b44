"""What was not believed, as the operator looks into it: by digest, never by content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from services.link.tables import refused


@dataclass(frozen=True, slots=True)
class Refusal:
    """One parcel or fact that was not believed; `digest` is the SM3 of what came."""

    position: int
    reason: str
    digest: str
    at: datetime


def refusals_of(db: Connection, peer: str, before: int | None, limit: int) -> Sequence[Refusal]:
    """Return what was refused of a neighbour, the latest first, older than a position."""
    c = refused.c
    query = select(c.position, c.reason, c.digest, c.at).where(c.peer == peer)
    if before is not None:
        query = query.where(c.position < before)
    return [Refusal(*row) for row in db.execute(query.order_by(c.position.desc()).limit(limit))]


def refused_by_reason(db: Connection, peer: str) -> Mapping[str, int]:
    """Count what was refused of a neighbour, by the reason."""
    query = select(refused.c.reason, func.count().label("n")).where(refused.c.peer == peer)
    return {row.reason: row.n for row in db.execute(query.group_by(refused.c.reason))}
