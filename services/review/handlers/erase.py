"""Erase what review holds of the person of a case."""

from sqlalchemy import Connection

from services.review.handlers.precedents_told import forget_source
from services.review.repository.erasing import erase_rows
from services.review.tables import complaints, idempotency, plumbing
from shared.complaints import forget_persons
from shared.events.intake import CaseErased
from shared.forgetting import forget_said, forget_unheard
from shared.idempotency import forget_case


def erase_case(db: Connection, event: CaseErased) -> None:
    """Leave of ratings levels and reasons, of supervisions their dates, of drafts nothing."""
    erase_rows(db, event.case_id)
    forget_source(db, event.case_id, event.occurred_at)
    forget_case(db, idempotency, event.case_id)
    forget_said(db, plumbing, event.case_id)
    forget_persons(db, complaints, event.case_id)
    forget_unheard(db, plumbing, event.case_id)
