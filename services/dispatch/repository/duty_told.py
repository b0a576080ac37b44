"""Who was said to be on duty last, by unit."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from services.dispatch.tables import duty_told, units

Crews = tuple[tuple[str, ...], ...]
"""For each open post who is there, the first to be called first."""


def told(db: Connection) -> dict[str, Crews]:
    """Return what was said last of each unit at which somebody was on duty."""
    rows = db.execute(select(duty_told.c.unit_code, duty_told.c.crews))
    return {row.unit_code: tuple(map(tuple, row.crews)) for row in rows}


def keep(db: Connection, unit: str, crews: Crews) -> None:
    """Keep what is said of a unit now; of one without anybody nothing."""
    if not crews:
        db.execute(delete(duty_told).where(duty_told.c.unit_code == unit))
        return
    told_of = {"crews": [list(crew) for crew in crews]}
    keeping = insert(duty_told).values(unit_code=unit, **told_of)
    db.execute(keeping.on_conflict_do_update(index_elements=["unit_code"], set_=told_of))


def unit_ids(db: Connection, codes: Collection[str]) -> dict[str, UUID]:
    """Return the ids of units by code."""
    query = select(units.c.code, units.c.unit_id).where(units.c.code.in_(sorted(codes)))
    return {row.code: row.unit_id for row in db.execute(query)}
