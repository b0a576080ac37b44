"""What an order leaves open when its unit has it no more is ended with it, and said."""

from datetime import datetime

from sqlalchemy import Connection

from services.dispatch.handlers.extend import stop_pleading
from services.dispatch.handlers.materials import stop_waiting
from services.dispatch.handlers.outside import stop_asking
from services.dispatch.repository.orders import Order


def end_open_parts(db: Connection, order: Order, at: datetime) -> None:
    """End waits, pleas for more time and questions of an order that ends at this moment."""
    stop_waiting(db, order, at)
    stop_pleading(db, order, at)
    stop_asking(db, order, at)
