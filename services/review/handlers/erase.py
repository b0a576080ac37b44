"""Erase what review holds of the person of a case."""

from sqlalchemy import Connection

from services.review.handlers.house import House
from services.review.handlers.precedents_told import forget_source
from services.review.handlers.tell_leads import tell_emptied
from services.review.policy import CallbackState
from services.review.repository.callbacks import end_callbacks
from services.review.repository.erasing import erase_rows
from services.review.repository.leads import lock_lead, sources_of
from services.review.tables import complaints, idempotency, plumbing
from shared.complaints import forget_persons
from shared.events.intake import CaseErased
from shared.forgetting import forget_said, forget_unheard
from shared.idempotency import forget_case


def erase_case(db: Connection, event: CaseErased, house: House) -> None:
    """Leave of ratings their levels and reasons, of leads their dates, of drafts nothing."""
    taken = sources_of(db, event.case_id)
    end_callbacks(db, event.case_id, event.occurred_at, CallbackState.DROPPED)
    erase_rows(db, event.case_id)
    forget_source(db, event.case_id, event.occurred_at)
    for lead_id in taken:
        lead = lock_lead(db, lead_id)
        if lead is not None:
            tell_emptied(db, lead, event.occurred_at, house)
    forget_case(db, idempotency, event.case_id)
    forget_said(db, plumbing, event.case_id)
    forget_persons(db, complaints, event.case_id)
    forget_unheard(db, plumbing, event.case_id)
