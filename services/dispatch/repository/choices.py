"""What dispatchers made of suggestions: one row for each order that they gave by hand."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, insert, select

from services.dispatch.policy.choices import Band, Choice, Taken
from services.dispatch.tables import suggestion_choices


def add_choice(db: Connection, order_id: UUID, choice: Choice, at: datetime) -> None:
    """Insert what was made of the suggestions for an order."""
    row = {"order_id": order_id, "chosen_at": at, "taken": choice.taken, "band": choice.band}
    db.execute(insert(suggestion_choices).values(row))


def choices_since(db: Connection, moment: datetime) -> Mapping[Choice, int]:
    """Count the choices from a moment on."""
    c = suggestion_choices.c
    query = select(c.taken, c.band, func.count()).where(c.chosen_at >= moment)
    rows = db.execute(query.group_by(c.taken, c.band))
    return {Choice(Taken(taken), Band(band)): number for taken, band, number in rows}
