"""The state from which a case is accepted or declined."""

from sqlalchemy import Connection

from services.intake.handlers.complaint import is_in_conflict
from services.intake.policy.progress import Status, progress_of
from services.intake.repository.cases import Case, case_by_number
from services.intake.repository.timeline import facts_of
from shared.errors import Refused
from shared.security.caller import Caller


def lock_undecided(db: Connection, number: str, caller: Caller) -> Case:
    """Lock and return a case that nobody has accepted or declined; Refused otherwise."""
    case = case_by_number(db, number, lock=True)
    if case is None or is_in_conflict(case, caller):
        raise Refused("unknown_case")
    if case.accepted_at is not None or case.declined_at is not None:
        raise Refused("wrong_state")
    if progress_of(facts_of(db, case.case_id)).status is Status.WITHDRAWN:
        raise Refused("withdrawn_already")
    return case
