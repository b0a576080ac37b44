"""Which rounds of cases their persons have withdrawn."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.dispatch.tables import withdrawals


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A round of a case, and the node that registered the case or says so."""

    case_id: UUID
    round: int
    said_by: str


def note_withdrawal(db: Connection, withdrawn: Withdrawn, at: datetime) -> None:
    """Keep that a round was withdrawn; of several the highest counts."""
    row = asdict(withdrawn) | {"withdrawn_at": at}
    adding = insert(withdrawals).values(row)
    newer = withdrawals.c.round < adding.excluded.round
    changed = {name: adding.excluded[name] for name in ("round", "withdrawn_at")}
    key = [withdrawals.c.case_id, withdrawals.c.said_by]
    db.execute(adding.on_conflict_do_update(index_elements=key, set_=changed, where=newer))


def is_withdrawn(db: Connection, about: Withdrawn) -> bool:
    """Tell whether a round, or a later one, was withdrawn: nothing of it may be begun any more."""
    c = withdrawals.c
    mine = (c.case_id == about.case_id, c.said_by == about.said_by, c.round >= about.round)
    return db.scalar(select(select(c.case_id).where(*mine).exists())) or False
