"""What an order leaves open when its unit has it no more is ended with it, said, and learned."""

from datetime import datetime

from sqlalchemy import Connection

from services.dispatch.handlers.extend import stop_pleading
from services.dispatch.handlers.materials import stop_waiting
from services.dispatch.handlers.opening import end_parts
from services.dispatch.handlers.outside import stop_asking
from services.dispatch.repository.lessons import note_due
from services.dispatch.repository.orders import Order
from services.dispatch.repository.parts import Part
from shared.events.dispatch import PartEnd


def end_what_is_open(db: Connection, order: Order, at: datetime, why: PartEnd) -> list[Part]:
    """End waits, pleas, questions and parts of an order that ends now; return those parts.

    What became of it is learned later (ADR 34).
    """
    ended = end_parts(db, order, at, why)
    stop_waiting(db, order, at)
    stop_pleading(db, order, at)
    stop_asking(db, order, at)
    note_due(db, order.case_id)
    return ended
