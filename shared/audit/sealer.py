"""Seal what has been committed: each row gets the next number and the next head of its chain.

Rows are found by the queue of those that wait, never by their ids: one that commits late, under a
lower id than others have, is sealed late.
"""

from collections.abc import Sequence
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, Engine, Row, func, select

from shared.audit.chain import canonical, first_head, next_head
from shared.audit.tables import SEALER, Ledger
from shared.db import transaction
from shared.db.bulk import among, insert_rows

AT_ONCE = 500
LOCK_CLASS = 0x0B5A
"""First half of the lock under which one process at a time seals a schema."""


def seal(engine: Engine, node: str, ledger: Ledger, limit: int = AT_ONCE) -> int:
    """Seal what waits, in the order in which it was numbered; return how many rows that were.

    None are where another process seals this schema now.
    """
    with transaction(engine, SEALER) as db:
        waiting = _waiting(db, ledger, limit)
        if not waiting or not _is_alone(db, ledger):
            return 0
        # What another process sealed before this one had the lock waits no more.
        return _seal(db, node, ledger, _waiting(db, ledger, limit))


def last_seal(db: Connection, node: str, ledger: Ledger) -> tuple[int, str]:
    """Return number and head of the last seal; 0 and what stands before the first, if none."""
    seals = ledger.seals.c
    last = db.execute(select(seals.seq, seals.head).order_by(seals.seq.desc()).limit(1)).first()
    return (0, first_head(node, ledger.schema)) if last is None else (last.seq, last.head)


def _waiting(db: Connection, ledger: Ledger, limit: int) -> Sequence[Row[Any]]:
    audit, waits = ledger.audit, ledger.unsealed.c.audit_id
    query = select(audit).join(ledger.unsealed, waits == audit.c.id).order_by(waits).limit(limit)
    return db.execute(query).all()


def _is_alone(db: Connection, ledger: Ledger) -> bool:
    key = crc32(ledger.schema.encode()) & 0x7FFFFFFF
    return bool(db.scalar(select(func.pg_try_advisory_xact_lock(LOCK_CLASS, key))))


def _seal(db: Connection, node: str, ledger: Ledger, rows: Sequence[Row[Any]]) -> int:
    seq, head = last_seal(db, node, ledger)
    seals: list[dict[str, Any]] = []
    for row in rows:
        seq, head = seq + 1, next_head(head, canonical(row._asdict()))
        seals.append({"seq": seq, "audit_id": row.id, "head": head})
    insert_rows(db, ledger.seals, seals)
    sealed = among(ledger.unsealed.c.audit_id, [row.id for row in rows], "BIGINT")
    db.execute(ledger.unsealed.delete().where(sealed))
    return len(rows)
