"""Which rounds of cases their persons have withdrawn."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.dispatch.tables import withdrawals


def note_withdrawal(db: Connection, case_id: UUID, round_: int, at: datetime) -> None:
    """Keep that a round was withdrawn; of several the highest counts."""
    row = {"case_id": case_id, "round": round_, "withdrawn_at": at}
    adding = insert(withdrawals).values(row)
    newer = withdrawals.c.round < adding.excluded.round
    changed = {name: adding.excluded[name] for name in ("round", "withdrawn_at")}
    key = [withdrawals.c.case_id]
    db.execute(adding.on_conflict_do_update(index_elements=key, set_=changed, where=newer))


def is_withdrawn(db: Connection, case_id: UUID, round_: int) -> bool:
    """Tell whether a round, or a later one, was withdrawn: nothing of it may be begun any more."""
    mine = (withdrawals.c.case_id == case_id, withdrawals.c.round >= round_)
    return db.scalar(select(select(withdrawals.c.case_id).where(*mine).exists())) or False
