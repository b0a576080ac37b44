"""An officer finds a case out of scope, and says why, on which basis and where to go."""

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.benchmark_seen import demand_seen
from services.intake.handlers.follow import tell
from services.intake.handlers.trace import leave_trace
from services.intake.handlers.undecided import lock_undecided
from services.intake.policy.appeals import AppealTerms
from services.intake.policy.grounds import GROUNDS
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
    seen: tuple[UUID, ...] = ()
    """What other regions do, as far as whoever says no has read it."""


def decline_case(
    db: Connection, number: str, declining: Declining, caller: Caller, terms: AppealTerms
) -> UUID:
    """Decline a registered case; Refused if it was accepted or declined before.

    Refused as well where another region does it, which does not go with the ground, and nobody
    has read that.

    Where the officer names no lawful route, the person is told the one of the ground.
    """
    case = lock_undecided(db, number, caller)
    demand_seen(db, case, declining.reason, declining.seen, caller)
    guide_to = declining.guide_to or GROUNDS[declining.reason].route

    mark_declined(db, case.case_id, caller.now, caller.actor.id)
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
            guide_to=mask_text(guide_to) if guide_to else None,
            appeal_by=terms.appeal_by(caller.now),
            by=caller.by,
        ),
    )
    leave_trace(db, caller, "case.decline", number, after=digest_of(asdict(declining)))
    return case.case_id
