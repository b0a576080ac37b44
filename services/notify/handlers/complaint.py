"""Keep of whom a case complains."""

from sqlalchemy import Connection

from services.notify.repository.duty import drop_waiting
from services.notify.tables import complaints
from shared.complaints import complaint_at, keep_complaint
from shared.events.intake import ComplaintMarked

COMPLAINED_OF = "complained_of"


def hear_complaint(db: Connection, event: ComplaintMarked, node: str) -> None:
    """Remember from whom the messages about a case are hidden.

    What waits for a duty telephone is not sent: whose it is may be whom the case complains of.
    """
    keep_complaint(db, complaints, event.case_id, complaint_at(node, event.complained_of))
    drop_waiting(db, event.case_id, event.occurred_at, COMPLAINED_OF)
