"""Erase what notify holds of the person of a case."""

from sqlalchemy import Connection

from services.notify.repository.duty import forget
from services.notify.repository.erasing import erase_rows
from services.notify.tables import complaints, plumbing
from shared.complaints import forget_persons
from shared.events.intake import CaseErased
from shared.forgetting import forget_said, forget_unheard


def erase_case(db: Connection, event: CaseErased) -> None:
    """Forget whom to tell of a case and what they were told; nothing waiting is sent any more."""
    erase_rows(db, event.case_id, event.occurred_at)
    forget(db, event.case_id)
    forget_said(db, plumbing, event.case_id)
    forget_persons(db, complaints, event.case_id)
    forget_unheard(db, plumbing, event.case_id)
