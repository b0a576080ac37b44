"""An officer finds a case out of scope, and says why, on which basis and where to go."""

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.follow import tell
from services.intake.handlers.trace import leave_trace
from services.intake.handlers.undecided import lock_undecided
from services.intake.repository.cases import mark_declined
from shared.audit import digest_of
from shared.events.intake import CaseDeclined, DeclineReason
from shared.security.caller import Caller
from shared.security.masking import mask_text


@dataclass(frozen=True, slots=True)
class Declining:
    """The reasoned no: none without a basis in law and an explanation for the person."""

    reason: DeclineReason
    legal_basis: str
    explanation: str
    guide_to: str | None = None


def decline_case(db: Connection, number: str, declining: Declining, caller: Caller) -> UUID:
    """Decline a registered case; Refused if it was accepted or declined before."""
    case = lock_undecided(db, number, caller)

    mark_declined(db, case.case_id, caller.now)
    # What is written here travels to services and to desks.
    tell(
        db,
        CaseDeclined(
            case_id=case.case_id,
            occurred_at=caller.now,
            number=number,
            reason=declining.reason,
            legal_basis=mask_text(declining.legal_basis),
            explanation=mask_text(declining.explanation),
            guide_to=mask_text(declining.guide_to) if declining.guide_to else None,
            by=caller.by,
        ),
    )
    leave_trace(db, caller, "case.decline", number, after=digest_of(asdict(declining)))
    return case.case_id
