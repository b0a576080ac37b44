"""What people said of being asked to withdraw."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, null, select, update

from services.intake.tables import pressures
from shared.security.erasing import worded


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressure:
    """One telling; its words are sealed, in the form in which events carry them, and masked."""

    pressure_id: UUID
    case_id: UUID
    round: int
    text: dict[str, Any] | None
    text_masked: str
    told_at: datetime
    take_back_by: datetime


def add_pressure(db: Connection, pressure: Pressure) -> None:
    """Insert a telling."""
    db.execute(insert(pressures).values(asdict(pressure)))


def pressed_until(db: Connection, case_id: UUID) -> datetime | None:
    """Return until when a person who was pressed may take a withdrawal back; None for others."""
    until: datetime | None = db.scalar(
        select(func.max(pressures.c.take_back_by)).where(pressures.c.case_id == case_id)
    )
    return until


def erase_pressures(db: Connection, case_id: UUID) -> None:
    """Leave of what was told of an erased case that it was told."""
    c = pressures.c
    mine = update(pressures).where(c.case_id == case_id)
    db.execute(mine.values(text=null(), text_masked=worded(c.text_masked)))
