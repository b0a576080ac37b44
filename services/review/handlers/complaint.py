"""Keep of whom a case complains."""

from sqlalchemy import Connection

from services.review.handlers.house import House
from services.review.handlers.tell_leads import tell_above
from services.review.repository.complained import keep_elsewhere, leads_of
from services.review.repository.leads import lock_lead
from services.review.tables import complaints
from shared.complaints import complaint_at, keep_complaint
from shared.events.intake import ComplaintMarked


def hear_complaint(db: Connection, event: ComplaintMarked, house: House) -> None:
    """Remember from whom what is said of a case is hidden, here and at the tiers above."""
    told = event.complained_of
    keep_complaint(db, complaints, event.case_id, complaint_at(house.node, told))
    elsewhere = [unit for unit in told.units if unit.node != house.node]
    keep_elsewhere(db, event.case_id, elsewhere)
    for lead_id in leads_of(db, event.case_id):
        lead = lock_lead(db, lead_id)
        if lead is not None:
            tell_above(db, lead, event.occurred_at, house)
