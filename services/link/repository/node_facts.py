"""The last fact about each thing of each node, as that node signed it."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from services.link.policy import CLOCK_AHEAD
from services.link.tables import node_facts
from shared.events.base import Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptNodeFact:
    """One fact about a node: `body` is its envelope, exactly as it was signed."""

    fact_id: UUID
    node: str
    via: str | None
    """The neighbour that brought it; None for one of this node."""
    name: str
    body: str
    signature: str
    said_at: datetime
    version: int
    said: bool
    """Whether this node's own services were told, or nobody has to tell them."""


def keep_node_fact(db: Connection, fact: KeptNodeFact, now: datetime) -> bool:
    """Keep a fact in place of an earlier one about the same; tell whether it was news.

    One that a node said while its clock was far ahead gives way to any.
    """
    row = insert(node_facts).values(asdict(fact) | {"kept_at": now})
    c, new = node_facts.c, row.excluded
    later = tuple_(c.said_at, c.version) < tuple_(new.said_at, new.version)
    changed = {column.name: new[column.name] for column in c if not column.primary_key}
    where = or_(later, c.said_at > now + CLOCK_AHEAD)
    key = [c.node, c.fact_id]
    kept = row.on_conflict_do_update(index_elements=key, set_=changed, where=where)
    return db.scalar(kept.returning(c.fact_id)) is not None


def ahead_of(db: Connection, told: Envelope) -> datetime | None:
    """Return when an earlier version was said that counts as the last; None if there is none."""
    c = node_facts.c
    query = select(c.said_at).where(c.node == told.node, c.fact_id == told.subject)
    return db.scalar(query.where(c.version < told.version))


def unsaid_node_facts(db: Connection, names: Collection[str]) -> Sequence[tuple[str, str]]:
    """Lock facts with these names that nobody here was told of; return via and body of each."""
    c = node_facts.c
    query = select(c.via, c.body).where(~c.said, c.via.is_not(None), c.name.in_(names))
    # Whoever hears a later one at this moment locks the row, and says that.
    locked = query.order_by(c.said_at, c.fact_id).with_for_update(skip_locked=True)
    return [tuple(row) for row in db.execute(locked)]


def mark_said(db: Connection, node: str, fact_id: UUID) -> None:
    """Note that a locked fact was said here."""
    c = node_facts.c
    db.execute(update(node_facts).where(c.node == node, c.fact_id == fact_id).values(said=True))


def node_facts_since(
    db: Connection, since: datetime, not_via: str
) -> Sequence[tuple[str | None, str, str]]:
    """Return via, body and signature of what was kept since, but for what one neighbour told."""
    c = node_facts.c
    query = select(c.via, c.body, c.signature).where(c.kept_at >= since)
    query = query.where(c.via.is_distinct_from(not_via)).order_by(c.said_at, c.fact_id)
    return [tuple(row) for row in db.execute(query)]


def node_fact_of(db: Connection, node: str, name: str) -> str | None:
    """Return the last fact of a name that a node told, its envelope as JSON."""
    c = node_facts.c
    query = select(c.body).where(c.node == node, c.name == name)
    return db.scalar(query.order_by(c.said_at.desc()).limit(1))
