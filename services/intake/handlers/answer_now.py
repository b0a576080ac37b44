"""Answer a report while it is taken down: the same facts as by the long way, one after the other.

What is said here is only that it was answered, and by which unit; dispatch does the rest.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from services.intake.handlers.complaint import is_in_conflict
from services.intake.handlers.masks import Mask
from services.intake.handlers.trace import leave_trace
from services.intake.policy.answering import (
    AnswerRefusal,
    AtHand,
    Ending,
    objection_to_answer,
)
from services.intake.policy.scope import Hint
from services.intake.repository.cases import Case
from services.intake.repository.catalogue import titles_of_units
from shared.audit import digest_of
from shared.errors import Refused
from shared.events.intake import CaseAnswered
from shared.events.words import Outcome
from shared.security.caller import Caller
from shared.security.sealing import Sealer

ANSWER = "answer"
NOW = "answered_now"
FIELDS = {AnswerRefusal.LEGAL_BASIS: f"{NOW}.legal_basis", AnswerRefusal.ABSENT: "channel"}
"""Which field is to blame, where it is not the answer itself."""


@dataclass(frozen=True, slots=True)
class AnsweringNow:
    """What the person is told at once, and on which basis."""

    ending: Ending
    answer: str
    legal_basis: str = ""


def check_answer(db: Connection, case: Case, answering: AnsweringNow, caller: Caller) -> None:
    """Refuse an answer that its officer must not give at once; the code names the way out."""
    at_hand = AtHand(
        channel=case.channel,
        unit=_unit(db, caller),
        is_about_own=is_in_conflict(case, caller),
        hint=None if case.scope_hint is None else Hint(case.scope_hint),
        ending=answering.ending,
        legal_basis=answering.legal_basis,
    )
    refusal = objection_to_answer(at_hand)
    if refusal is not None:
        raise Refused(refusal, field=FIELDS.get(refusal, NOW))


def answered_event(
    case: Case,
    sealer: Sealer,
    answering: AnsweringNow,
    mask: Mask,
    caller: Caller,
) -> CaseAnswered:
    """Return the fact that a case was answered at once, sealed and masked."""
    assert caller.actor.unit is not None, "checked before"  # noqa: S101
    return CaseAnswered(
        case_id=case.case_id,
        occurred_at=case.registered_at,
        unit_code=caller.actor.unit,
        outcome=Outcome(answering.ending),
        answer=sealer.seal(ANSWER, answering.answer),
        answer_masked=mask(answering.answer),
        legal_basis=mask(answering.legal_basis),
        account=caller.actor.id,
        by=caller.by,
    )


def trace_answer(db: Connection, caller: Caller, number: str, answered: CaseAnswered) -> None:
    """Write into the audit that the case was answered at once."""
    after = {"outcome": answered.outcome, "answer_masked": answered.answer_masked}
    leave_trace(db, caller, "case.answer", number, after=digest_of(after))


def _unit(db: Connection, caller: Caller) -> str | None:
    unit = caller.actor.unit
    return unit if unit is not None and titles_of_units(db, [unit]) else None
