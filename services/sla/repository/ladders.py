"""The steps that clocks have taken on their ladders."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from services.sla.tables import steps_taken
from shared.db.bulk import insert_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One step of one clock, as it was taken."""

    clock_id: UUID
    level: int
    case_id: UUID
    row: str
    step: str
    whom: str
    due_at: datetime
    taken_at: datetime
    late: bool


_COLUMNS = [steps_taken.c[name] for name in Taken.__dataclass_fields__]


def add_steps(db: Connection, taken: Collection[Taken]) -> None:
    """Insert steps; of one clock each level once, else PostgreSQL refuses."""
    insert_rows(db, steps_taken, [asdict(step) for step in taken])


def steps_of_case(db: Connection, case_id: UUID) -> Sequence[Taken]:
    """Return what followed from the limits of a case, in its order."""
    query = select(*_COLUMNS).where(steps_taken.c.case_id == case_id)
    found = db.execute(query.order_by(steps_taken.c.taken_at, steps_taken.c.level)).mappings()
    return [Taken(**row) for row in found]
