"""Tell a person who goes through their case with them."""

from sqlalchemy import Connection

from services.notify.handlers.queueing import House, Notice, queue
from shared.events.intake.care import HelperAssigned
from shared.events.notify import Purpose


def tell_helper(db: Connection, event: HelperAssigned, house: House) -> None:
    """Tell that somebody helps; who, and that nobody does any more, is read by query code."""
    if event.helper is None:
        return
    queue(db, house, [(event, Notice(Purpose.HELPER, str(event.assignment_id)))])
