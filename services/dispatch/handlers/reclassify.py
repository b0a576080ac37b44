"""Say once that a case is more work than was thought, or less; sla counts its limits anew."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.conflict import complaint_free_of
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy.complexity import (
    Classified,
    ComplexityObjection,
    objection_to_complexity,
)
from services.dispatch.repository.cases import Case, lock_case, reclassify_case
from services.dispatch.repository.hand_overs import open_offer
from shared.errors import Refused
from shared.events.dispatch import CaseReclassified, ComplexityHeard
from shared.events.link import FactRelayed
from shared.events.words import Complexity
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action

OF_THE_FIELD = frozenset({ComplexityObjection.SAME, ComplexityObjection.ON_SPOT})


@dataclass(frozen=True, slots=True)
class Reclassifying:
    """How much work a case is, and why that was not known before."""

    case_id: UUID
    complexity: Complexity
    because: str


def reclassify(db: Connection, wanted: Reclassifying, caller: Caller) -> Case:
    """Note it and say so; the limits that run are counted anew from where they began.

    Refused: `unknown_case`, and what `objection_to_complexity` says.
    """
    case = lock_case(db, wanted.case_id)
    complaint_free_of(db, wanted.case_id, caller)
    if case is None:
        raise Refused("unknown_case", field="case_id")
    _check(db, case, wanted.complexity)
    because = mask_text(wanted.because)

    classified = _write(db, case, wanted.complexity, caller.now)
    told = {"complexity": wanted.complexity, "before": Complexity(case.complexity)}
    about = {"case_id": case.case_id, "occurred_at": caller.now}
    say(db, CaseReclassified(**about, **told, because=because, by=caller.by))
    after = {"complexity": wanted.complexity, "because": because}
    trace = Trace(Action.CASE_RECLASSIFY, "case", str(case.case_id), after, {**told})
    leave_trace(db, caller, trace)
    return classified


def hear_reclassified_elsewhere(db: Connection, event: FactRelayed) -> None:
    """Keep what another node found while it had a case of this one; the first word counts."""
    if event.fact.type != CaseReclassified.name:
        return
    told = event.fact.open(CaseReclassified)
    case = lock_case(db, told.case_id)
    if case is None or case.reclassified_at is not None:
        return
    _write(db, case, told.complexity, event.occurred_at)
    about = {"case_id": told.case_id, "occurred_at": event.occurred_at}
    say(db, ComplexityHeard(**about, complexity=told.complexity, before=told.before))


def _check(db: Connection, case: Case, complexity: Complexity) -> None:
    standing = Classified(
        case.complexity,
        case.state,
        case.here,
        is_offered=open_offer(db, case.case_id) is not None,
        is_reclassified=case.reclassified_at is not None,
    )
    wrong = objection_to_complexity(standing, complexity)
    if wrong is not None:
        raise Refused(wrong, field="complexity" if wrong in OF_THE_FIELD else None)


def _write(db: Connection, case: Case, complexity: Complexity, at: datetime) -> Case:
    classified = replace(case, complexity=complexity.value, reclassified_at=at)
    reclassify_case(db, classified)
    return classified
