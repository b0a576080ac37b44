"""Look through the audits of all schemas at once: the newest first, page by page, by index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, select, tuple_, union_all

from shared.audit.books import AuditBooks
from shared.audit.checking import Finding
from shared.audit.recording import AuditOutcome, Entry
from shared.audit.tables import AUDITOR, ledger_of
from shared.audit.verifying import waiting_in
from shared.db import transaction, written_out
from shared.security.actor import Actor

VERIFYING = "audit.verify"
"""What stands in an audit when somebody has gone through it."""


def verified(actor: Actor, finding: Finding | None, now: datetime) -> Entry:
    """Return what is written down when a chain has been gone through."""
    return Entry(
        at=now,
        actor=actor,
        action=VERIFYING,
        object_kind="audit",
        object_id=actor.node,
        outcome=AuditOutcome.FAILED if finding else AuditOutcome.DONE,
        reason=str(finding) if finding else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; what is not given does not narrow."""

    since: datetime | None = None
    until: datetime | None = None
    schema: str | None = None
    actor: str | None = None
    action: str | None = None
    object_id: str | None = None
    outcome: AuditOutcome | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the rows after it are older."""

    at: datetime
    schema: str
    id: int


Found = Mapping[str, Any]
"""A row of an audit, with the schema in which it stands and the number of its seal."""


def search(
    books: AuditBooks, wanted: Wanted, after: Place | None, limit: int
) -> tuple[Sequence[Found], Place | None]:
    """Return a page of what is looked for, and where it ended if there is more."""
    names = [name for name in books.schemas if wanted.schema in (None, name)]
    if not names:
        return [], None
    parts = [_part(name, wanted, after, limit + 1).subquery() for name in names]
    every = union_all(*(select(part) for part in parts)).subquery()
    order = (every.c.at.desc(), every.c.schema.desc(), every.c.id.desc())
    with transaction(books.engine, AUDITOR) as db:
        found = db.execute(select(every).order_by(*order).limit(limit + 1))
        rows = [row._asdict() for row in found]
    shown = rows[:limit]
    more = Place(shown[-1]["at"], shown[-1]["schema"], shown[-1]["id"]) if rows[limit:] else None
    return shown, more


def _part(schema: str, wanted: Wanted, after: Place | None, limit: int) -> Select[Any]:
    ledger = ledger_of(schema)
    audit, seals = ledger.audit.c, ledger.seals
    conditions = [*_conditions(audit, wanted), *_behind(audit, schema, after)]
    chosen = (
        select(ledger.audit).where(*conditions).order_by(audit.at.desc(), audit.id.desc())
    ).limit(limit)
    row = chosen.subquery()
    return select(literal(schema).label("schema"), *row.c, seals.c.seq).join_from(
        row, seals, seals.c.audit_id == row.c.id, isouter=True
    )


def _conditions(audit: Any, wanted: Wanted) -> list[ColumnElement[bool]]:
    given = {
        audit.actor_id: wanted.actor,
        audit.action: wanted.action,
        audit.object_id: wanted.object_id,
    }
    found = [column == value for column, value in given.items() if value is not None]
    if wanted.since is not None:
        found.append(audit.at >= wanted.since)
    if wanted.until is not None:
        found.append(audit.at < wanted.until)
    if wanted.outcome is not None:
        found.append(audit.outcome == written_out(wanted.outcome))
        if wanted.outcome is not AuditOutcome.DONE:
            # As the index has it: it holds the few that were not done.
            found.append(audit.outcome != written_out(AuditOutcome.DONE))
    return found


def _behind(audit: Any, schema: str, after: Place | None) -> list[ColumnElement[bool]]:
    if after is None:
        return []
    if schema == after.schema:
        return [tuple_(audit.at, audit.id) < tuple_(after.at, after.id)]
    # Of one moment the schemas stand in their order.
    return [audit.at <= after.at if schema < after.schema else audit.at < after.at]


@dataclass(frozen=True, slots=True)
class ChainState:
    """How the chain of one schema does."""

    schema: str
    seq: int
    """The last seal; 0 if there is none."""
    sealed_at: datetime | None
    waiting: int
    oldest_seconds: float
    """How long the oldest row waits for its seal."""
    verified_at: datetime | None
    is_whole: bool | None
    """What the last verification found; None if there was none."""
    finding: str | None


def chain_states(books: AuditBooks) -> Sequence[ChainState]:
    """Return how the chains of all schemas do."""
    return [_state(books, schema) for schema in books.schemas]


def _state(books: AuditBooks, schema: str) -> ChainState:
    ledger = ledger_of(schema)
    seals, audit = ledger.seals.c, ledger.audit.c
    last = select(seals.seq, seals.sealed_at).order_by(seals.seq.desc()).limit(1)
    told = select(audit.at, audit.outcome, audit.reason)
    checked = told.where(audit.action == VERIFYING).order_by(audit.at.desc()).limit(1)
    with transaction(books.engine, AUDITOR) as db:
        seal = db.execute(last).first()
        check = db.execute(checked).first()
        waiting, oldest = waiting_in(db, ledger)
    return ChainState(
        schema=schema,
        seq=seal.seq if seal else 0,
        sealed_at=seal.sealed_at if seal else None,
        waiting=waiting,
        oldest_seconds=oldest.total_seconds(),
        verified_at=check.at if check else None,
        is_whole=check.outcome == AuditOutcome.DONE if check else None,
        finding=check.reason if check else None,
    )
