"""Erase what sla holds of the person of a case: only what it could not hear."""

from sqlalchemy import Connection

from services.sla.tables import complaints, plumbing
from shared.complaints import forget_persons
from shared.events.intake import CaseErased
from shared.forgetting import forget_unheard


def erase_case(db: Connection, event: CaseErased) -> None:
    """Clocks name nobody; what waits or is parked of a case may."""
    forget_persons(db, complaints, event.case_id)
    forget_unheard(db, plumbing, event.case_id)
