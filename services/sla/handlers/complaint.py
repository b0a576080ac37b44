"""Keep of whom a case complains."""

from sqlalchemy import Connection

from services.sla.tables import complaints
from shared.complaints import complaint_at, keep_complaint
from shared.events.intake import ComplaintMarked


def hear_complaint(db: Connection, event: ComplaintMarked, node: str) -> None:
    """Remember from whom the clocks of a case are hidden."""
    keep_complaint(db, complaints, event.case_id, complaint_at(node, event.complained_of))
