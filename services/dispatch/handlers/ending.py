"""What an order leaves open when its unit has it no more is ended with it, said, and learned."""

from datetime import datetime

from sqlalchemy import Connection

from services.dispatch.handlers.extend import stop_pleading
from services.dispatch.handlers.materials import stop_waiting
from services.dispatch.repository.lessons import note_due
from services.dispatch.repository.orders import Order


def end_open_parts(db: Connection, order: Order, at: datetime) -> None:
    """End waits for materials and pleas for more time of an order that ends; have it learned."""
    stop_waiting(db, order, at)
    stop_pleading(db, order, at)
    note_due(db, order.case_id)
