"""The lead of a case's group: who works on it should hear what the case's person says.

Of the lead's own story it becomes no part: its person may be somebody else.
"""

from sqlalchemy import Connection

from services.intake.repository.cases import Case, case_of, lock_cases
from services.intake.repository.groupings import grouping_of


def lock_with_lead(db: Connection, case: Case) -> None:
    """Lock a case and the one under whose lead it stands, in one order whoever else does."""
    grouping = grouping_of(db, case.case_id)
    lock_cases(db, {case.case_id} | ({grouping.lead_id} if grouping else set()))


def lead_of(db: Connection, case: Case) -> Case | None:
    """Return the lead of a case; None where it stands for itself, or the lead was erased."""
    grouping = grouping_of(db, case.case_id)
    lead = None if grouping is None else case_of(db, grouping.lead_id)
    return None if lead is None or lead.erased_at is not None else lead
