"""Verify the audit of a schema where it lies: every row, in short statements."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Interval,
    Select,
    cast,
    exists,
    func,
    literal,
    select,
)

from shared.audit.chain import canonical, first_head
from shared.audit.checking import Fault, Finding, Link, Walk
from shared.audit.tables import AUDITOR, Ledger
from shared.clock import utcnow
from shared.db import transaction

AT_ONCE = 5_000
PATIENCE = timedelta(minutes=1)
"""How long a row may wait for its seal: they take about a second."""

Anchored = Mapping[int, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found in one schema."""

    schema: str
    rows: int
    seq: int
    head: str
    anchors: int
    """How many heads of anchors agreed."""
    waiting: int
    oldest: timedelta
    """How long the oldest row waits for its seal."""
    finding: Finding | None


def verify(engine: Engine, node: str, ledger: Ledger, anchored: Anchored) -> Verified:
    """Go through the whole chain of a schema, then look for rows outside it."""
    walk = Walk(ledger.schema, 0, first_head(node, ledger.schema), anchored)
    if walk.go(links(engine, ledger)):
        walk.end()
    with transaction(engine, AUDITOR) as db:
        waiting, oldest = waiting_in(db, ledger)
    finding = walk.finding or found_outside(engine, ledger) or _late(ledger, oldest)
    return Verified(
        ledger.schema, walk.rows, walk.seq, walk.head, walk.met, waiting, oldest, finding
    )


def links(
    engine: Engine, ledger: Ledger, after: int = 0, last: int | None = None
) -> Iterator[Link]:
    """Yield the links of a chain in their order; each statement reads some thousands."""
    names = ledger.audit.c.keys()
    while True:
        with transaction(engine, AUDITOR) as db:
            rows = db.execute(_some(ledger, after, last)).all()
        for seq, audit_id, head, *told in map(tuple, rows):
            is_there = told[0] is not None
            row = canonical(dict(zip(names, told, strict=True))) if is_there else None
            yield Link(seq, audit_id, head, row)
        if len(rows) < AT_ONCE:
            return
        after = rows[-1][0]


def _some(ledger: Ledger, after: int, last: int | None) -> Select[Any]:
    seals, audit = ledger.seals, ledger.audit
    query = (
        select(seals.c.seq, seals.c.audit_id, seals.c.head, *audit.c)
        .join_from(seals, audit, audit.c.id == seals.c.audit_id, isouter=True)
        .where(seals.c.seq > after)
        .order_by(seals.c.seq)
        .limit(AT_ONCE)
    )
    return query if last is None else query.where(seals.c.seq <= last)


def waiting_in(db: Connection, ledger: Ledger) -> tuple[int, timedelta]:
    """Return how many rows wait for their seal, and for how long the oldest does."""
    waits = ledger.unsealed.c.audit_id
    age = cast(literal(utcnow()) - func.min(ledger.audit.c.at), Interval)
    query = select(func.count(), func.coalesce(age, timedelta(0)))
    source = query.select_from(ledger.unsealed).join(ledger.audit, ledger.audit.c.id == waits)
    count, oldest = db.execute(source).one()
    return count, oldest


def found_outside(engine: Engine, ledger: Ledger) -> Finding | None:
    """Return the first row that is not sealed and does not wait to be."""
    audit_id = ledger.audit.c.id
    with transaction(engine, AUDITOR) as db:
        first, last = db.execute(select(func.min(audit_id), func.max(audit_id))).one()
    for start in range(first or 0, (last or -1) + 1, AT_ONCE * 10):
        with transaction(engine, AUDITOR) as db:
            found = db.scalar(_unsealed_in(ledger, start, start + AT_ONCE * 10))
        if found is not None:
            return Finding(Fault.UNSEALED, ledger.schema, None, found)
    return None


def _unsealed_in(ledger: Ledger, start: int, end: int) -> Select[Any]:
    audit_id, seals, queue = ledger.audit.c.id, ledger.seals, ledger.unsealed
    # The bounds thrice: PostgreSQL does not see that equal columns have the same ones.
    is_sealed = exists().where(seals.c.audit_id == audit_id, _in(seals.c.audit_id, start, end))
    waits = exists().where(queue.c.audit_id == audit_id, _in(queue.c.audit_id, start, end))
    return select(func.min(audit_id)).where(_in(audit_id, start, end), ~is_sealed, ~waits)


def _in(column: ColumnElement[Any], start: int, end: int) -> ColumnElement[bool]:
    return column.between(start, end - 1)


def _late(ledger: Ledger, oldest: timedelta) -> Finding | None:
    if oldest <= PATIENCE:
        return None
    return Finding(Fault.LATE, ledger.schema, told=f"{oldest.total_seconds():.0f} s")
