"""Make the tier above aware of a case that stays where it is."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.conflict import complaint_free_of
from services.dispatch.handlers.offers import House
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.repository.cases import lock_case
from shared.errors import Refused
from shared.events.dispatch import CaseReportedUp
from shared.neighbours import above
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action


@dataclass(frozen=True, slots=True)
class Reporting:
    """Which case the tier above shall know of, and why."""

    case_id: UUID
    because: str


def report_up(db: Connection, reporting: Reporting, caller: Caller, house: House) -> UUID:
    """Say so; nothing moves, and nobody is charged anything. Returns the case."""
    parent = above(house.neighbours)
    if parent is None:
        raise Refused("no_such_neighbour")
    case = lock_case(db, reporting.case_id)
    if case is None:
        raise Refused("unknown_case", field="case_id")
    complaint_free_of(db, case.case_id, caller)
    because = mask_text(reporting.because)

    about = {"to_node": parent.code, "because": because, "by": caller.by}
    say(db, CaseReportedUp(case_id=case.case_id, occurred_at=caller.now, **about))
    after = {"to": parent.code, "because": because}
    leave_trace(db, caller, Trace(Action.CASE_REPORT_UP, "case", str(case.case_id), after))
    return case.case_id
