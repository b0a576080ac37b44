"""Anchors of this node and of those below, and what the tier above answered to this node's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from services.link.tables import anchor_answers, anchors
from shared.audit.anchors import Signed


@dataclass(frozen=True, slots=True)
class Kept:
    """An anchor as it is kept."""

    signed: Signed
    contradicts: str | None
    kept_at: datetime


def anchors_of(db: Connection, node: str, last: int | None = None) -> list[Kept]:
    """Return what is kept of a node, the oldest first; the last ones only, if so many."""
    columns = (anchors.c.body, anchors.c.signature, anchors.c.contradicts, anchors.c.kept_at)
    query = select(*columns).where(anchors.c.node == node).order_by(anchors.c.position.desc())
    rows = db.execute(query.limit(last)).all()
    return [
        Kept(Signed(body=body, signature=signature), contradicts, kept_at)
        for body, signature, contradicts, kept_at in reversed(rows)
    ]


def keep_anchor(db: Connection, signed: Signed, contradicts: str | None, now: datetime) -> None:
    """Keep an anchor; one that is there already stays as it is."""
    anchor = signed.anchor
    row = {
        "node": anchor.node,
        "digest": signed.digest,
        "day": anchor.day,
        "body": signed.body,
        "signature": signed.signature,
        "contradicts": contradicts,
        "kept_at": now,
    }
    db.execute(insert(anchors).values(row).on_conflict_do_nothing())


def contradictions_since(db: Connection, node: str, since: datetime) -> int:
    """Count the anchors of a node that came since and contradict those before them."""
    wrong = anchors.c.contradicts.is_not(None) & (anchors.c.kept_at >= since)
    query = select(func.count()).select_from(anchors).where(anchors.c.node == node, wrong)
    return db.scalar(query) or 0


def keep_answer(db: Connection, digest: str, contradicts: str | None, now: datetime) -> None:
    """Keep what the tier above answered to an anchor."""
    row = {"digest": digest, "contradicts": contradicts, "answered_at": now}
    db.execute(anchor_answers.insert().values(row))


def answers_to(db: Connection, digests: Sequence[str]) -> dict[str, str | None]:
    """Return the last answer to each of these anchors that has one."""
    query = select(anchor_answers.c.digest, anchor_answers.c.contradicts)
    ordered = query.where(anchor_answers.c.digest.in_(digests)).order_by(anchor_answers.c.position)
    return {row.digest: row.contradicts for row in db.execute(ordered)}
