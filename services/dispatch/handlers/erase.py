"""Erase what dispatch holds of the person of a case."""

from sqlalchemy import Connection

from services.dispatch.handlers import learn
from services.dispatch.repository.erasing import erase_rows
from services.dispatch.repository.outside import erase_files
from services.dispatch.tables import complaints, idempotency, plumbing
from shared.complaints import forget_persons
from shared.events.intake import CaseErased
from shared.forgetting import forget_said, forget_unheard
from shared.idempotency import forget_case


def erase_case(db: Connection, event: CaseErased) -> None:
    """Leave of a case and its orders what names nobody; the ciphertext is dead already."""
    erase_files(db, event.case_id, event.occurred_at)
    erase_rows(db, event.case_id)
    learn.forget_case(db, event.case_id)
    forget_case(db, idempotency, event.case_id)
    forget_said(db, plumbing, event.case_id)
    forget_persons(db, complaints, event.case_id)
    forget_unheard(db, plumbing, event.case_id)
