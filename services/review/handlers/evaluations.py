"""Ask the person whether a round was really solved, take the answer, act on it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from services.review import policy, repository
from services.review.handlers.callbacks import owe_callbacks
from services.review.handlers.withdrawn import end_round
from services.review.policy import (
    CallbackRules,
    CallbackState,
    CaseState,
    Follow,
    Level,
    Standing,
)
from services.review.repository import Case, Evaluation
from services.review.repository.callbacks import end_callbacks
from shared.clock import new_id
from shared.errors import NotYet, Refused
from shared.events import words
from shared.events.dispatch import CaseFinished
from shared.events.intake import CaseRegistered
from shared.events.review import (
    CaseClosed,
    CaseReopened,
    Closing,
    EvaluationInvited,
    EvaluationReceived,
)
from shared.events.sealed import Sealed
from shared.outbox import say
from shared.security.masking import mask_text, mask_wholly
from shared.security.sealing import KeyDestroyed, NodeKeys
from shared.security.vault import sealer_of_case

TEXT = "evaluation"
NOT_SOLVED = "反映人评价时表示问题没有解决"
REFUSALS = {Standing.UNKNOWN: "unknown_reason", Standing.RETIRED: "retired_reason"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person says about the handling of their case."""

    case_id: UUID
    level: Level
    solved: bool
    reasons: tuple[str, ...] = ()
    text: str | None = None
    at: datetime
    via: str
    """The kind of actor that brought it."""
    withheld: bool = False
    """Their name is withheld from who worked on it."""


@dataclass(frozen=True, slots=True)
class Rated:
    """What became of an answer."""

    evaluation_id: UUID
    follow: Follow


def know_cases(db: Connection, events: Sequence[CaseRegistered]) -> None:
    """Remember cases, so that their persons can be asked one day."""
    told = [Case(case_id=event.case_id, number=event.number) for event in events]
    repository.add_cases(db, told)


def invite(db: Connection, event: CaseFinished, within: timedelta, rules: CallbackRules) -> None:
    """Ask the person about a round's result, and say who calls them back.

    The answer counts until `within` has passed. About a round that they have withdrawn nobody
    asks, and nobody calls.
    """
    case = repository.lock_case(db, event.case_id)
    if case is None:
        raise NotYet("the case has not been registered here")
    if event.round <= case.round:
        return  # asked before: what the person has said since must stand
    if event.withdrawn or case.withdrawn_round == event.round:
        end_round(db, case, event)
        return
    answer_by = policy.answer_by(event.occurred_at, within)

    invited = replace(
        case,
        round=event.round,
        state=CaseState.INVITED,
        unit_code=event.unit_code,
        finished_at=event.occurred_at,
        answer_by=answer_by,
    )
    repository.move_case(db, invited)
    owed = owe_callbacks(db, event, rules)
    facts = {"case_id": case.case_id, "round": event.round, "answer_by": answer_by}
    say(db, EvaluationInvited(**facts, occurred_at=event.occurred_at, callbacks=owed))


def rate(db: Connection, keys: NodeKeys, answer: Answer) -> Rated:
    """Take the person's word on the last result: solved closes the case, else it opens again."""
    case = repository.lock_case(db, answer.case_id)
    refusal = policy.objection_to_rating(CaseState.NONE if case is None else case.state)
    if case is None or refusal is not None:
        raise Refused(refusal or "not_yet_rated")
    _check_reasons(answer)
    sealed = _sealed(db, keys, answer)

    evaluation = _evaluation(case, answer, sealed)
    repository.add_evaluation(db, evaluation)
    repository.move_case(db, replace(case, state=CaseState.RATED))
    end_callbacks(db, case.case_id, answer.at, CallbackState.ANSWERED)
    say(db, _received(evaluation, sealed))
    follow = policy.follows(solved=answer.solved)
    _say_what_follows(db, evaluation, follow)
    return Rated(evaluation.evaluation_id, follow)


def close_unanswered(db: Connection, now: datetime, limit: int) -> int:
    """Close the cases whose person was asked and did not answer in time; return how many."""
    silent = repository.unanswered_before(db, now, limit)
    if silent:
        repository.close_cases(db, [case.case_id for case in silent])
    for case in silent:
        facts = {"case_id": case.case_id, "round": case.round, "how": Closing.UNANSWERED}
        say(db, CaseClosed(**facts, occurred_at=now))
    return len(silent)


def _check_reasons(answer: Answer) -> None:
    for code in answer.reasons:
        standing = policy.standing_of(code, answer.level)
        if standing is not Standing.FITS:
            raise Refused(REFUSALS[standing], field="reasons")


def _sealed(db: Connection, keys: NodeKeys, answer: Answer) -> Sealed | None:
    if answer.text is None:
        return None
    try:
        return sealer_of_case(db, keys, answer.case_id).seal(TEXT, answer.text)
    except KeyDestroyed as erased:
        raise Refused("case_erased", field="text") from erased


def _evaluation(case: Case, answer: Answer, sealed: Sealed | None) -> Evaluation:
    return Evaluation(
        evaluation_id=new_id(),
        case_id=case.case_id,
        round=case.round,
        unit_code=case.unit_code,
        level=answer.level,
        solved=answer.solved,
        reasons=tuple(dict.fromkeys(answer.reasons)),
        text=None if sealed is None else sealed.model_dump(mode="json"),
        text_masked=_masked(answer),
        at=answer.at,
        via=answer.via,
    )


def _masked(answer: Answer) -> str:
    text = answer.text or ""
    return mask_wholly(text, ()) if answer.withheld else mask_text(text)


def _received(evaluation: Evaluation, sealed: Sealed | None) -> EvaluationReceived:
    return EvaluationReceived(
        case_id=evaluation.case_id,
        occurred_at=evaluation.at,
        evaluation_id=evaluation.evaluation_id,
        round=evaluation.round,
        level=words.Level(evaluation.level),
        solved=evaluation.solved,
        reasons=evaluation.reasons,
        text=sealed,
        text_masked=evaluation.text_masked,
    )


def _say_what_follows(db: Connection, evaluation: Evaluation, follow: Follow) -> None:
    facts = {"case_id": evaluation.case_id, "occurred_at": evaluation.at}
    match follow:
        case Follow.CLOSE:
            level = words.Level(evaluation.level)
            rated = {"round": evaluation.round, "how": Closing.RATED, "level": level}
            say(db, CaseClosed(**facts, **rated))
        case Follow.REOPEN:
            say(db, CaseReopened(**facts, round=evaluation.round + 1, because=NOT_SOLVED))
