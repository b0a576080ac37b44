"""Under which ids other systems know cases."""

from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.intake.tables import outside_ids


def take_outside_id(db: Connection, id_hash: str, case_id: UUID) -> UUID:
    """Return the case of an id: this one, if it is the first; waits for who takes it meanwhile."""
    taking = insert(outside_ids).values(id_hash=id_hash, case_id=case_id)
    first = taking.on_conflict_do_nothing()
    taken: UUID | None = db.scalar(first.returning(outside_ids.c.case_id))
    if taken is not None:
        return taken
    query = select(outside_ids.c.case_id).where(outside_ids.c.id_hash == id_hash)
    before: UUID = db.scalars(query).one()
    return before
