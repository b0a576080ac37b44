"""Finish an order with its answer; when nothing else is open, the case is finished.

So are the cases that were joined to it: each gets the answer under its own key.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch import policy
from services.dispatch.handlers.ending import end_what_is_open
from services.dispatch.handlers.meetings_ending import end_meeting_with
from services.dispatch.handlers.offers import House
from services.dispatch.handlers.steps import complete, order_facts, take_in_hand
from services.dispatch.handlers.take import Result, pass_result_on
from services.dispatch.policy import Lack, Step, state_after
from services.dispatch.policy.parts import UNSETTLED, PartRefusal, objection_to_ending
from services.dispatch.repository.cases import Case, joined_cases
from services.dispatch.repository.life import tries_of
from services.dispatch.repository.orders import Order, open_orders
from services.dispatch.repository.outside import questions_of
from services.dispatch.repository.parts import parts_of
from shared.errors import Refused
from shared.events.dispatch import OrderFinished, OverrideReason, PartEnd
from shared.events.sealed import Sealed
from shared.events.words import OutcomeDetail
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.sealing import KeyDestroyed, NodeKeys
from shared.security.vault import sealer_of_case, was_erased

ANSWER = "answer"


FIELDS = {
    Lack.LEGAL_BASIS: "legal_basis",
    Lack.EVIDENCE: "evidence",
    Lack.TRIES: "outcome",
    Lack.END: "outcome",
}
"""Which field is to blame for what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finishing:
    """How a unit ends its order and what it answers the person."""

    order_id: UUID
    outcome: OutcomeDetail
    answer: str
    attempt_needed: bool
    """The node wants a logged try to reach the person before that."""
    legal_basis: str = ""
    evidence: str = ""
    override: OverrideReason | None = None
    """Why it ends though a part of it is open or dissenting, with words."""
    override_words: str = ""
    outside: tuple[UUID, ...] = ()
    """Questions to outside parties whose answers are part of the evidence."""
    sealed: Sealed | None = None
    """The answer as whoever took the case down has sealed it; `answer` is then masked."""


def finish_order(
    db: Connection, keys: NodeKeys, finishing: Finishing, caller: Caller, house: House
) -> Order:
    """Keep the answer sealed under the data key of its case, and masked for everyone."""
    needed = finishing.attempt_needed
    hand = take_in_hand(db, finishing.order_id, Step.FINISH, attempt_needed=needed)
    finishing = replace(finishing, evidence=_evidence(db, finishing))
    _check_proof(db, finishing)
    end_meeting_with(db, hand.case, finishing.outcome, caller.now)
    override = _override(db, finishing)
    state = state_after(Step.FINISH, hand.order.state)
    sealed = finishing.sealed or sealed_answer(db, keys, hand.case.case_id, finishing.answer)
    result = _result(finishing, sealed)

    order = complete(
        db,
        hand,
        state,
        caller,
        finished_at=caller.now,
        outcome=finishing.outcome,
        answer=result["answer"].model_dump(mode="json"),
        answer_masked=result["answer_masked"],
        finish_basis=mask_text(finishing.legal_basis),
        evidence_masked=mask_text(finishing.evidence),
        **override,
    )
    proof = {"legal_basis": order.finish_basis, "evidence_masked": order.evidence_masked}
    end_what_is_open(db, order, caller.now, PartEnd.FINISHED)
    say(db, OrderFinished(**order_facts(order, caller), **result, **proof, **override))
    if policy.is_case_finished(hand.case.state, open_orders(db, hand.case.case_id)):
        _pass_on(db, replace(hand.case, result_from=None), (order, result), caller.now, house)
        _answer_joined(db, keys, finishing, (order, caller.now), house)
    return order


def _evidence(db: Connection, finishing: Finishing) -> str:
    chosen = set(finishing.outside)
    asked = questions_of(db, finishing.order_id) if chosen else ()
    answered = [each for each in asked if each.question_id in chosen and each.answer is not None]
    if len(answered) < len(chosen):
        raise Refused("not_answered_yet", field="outside")
    lines = [f"{each.party_name}答复：{each.answer_masked}" for each in answered]
    return "\n".join(filter(None, (finishing.evidence, *lines)))


def _check_proof(db: Connection, finishing: Finishing) -> None:
    tries = tries_of(db, finishing.order_id)
    given = policy.Given(finishing.legal_basis, finishing.evidence, tries)
    lacks = policy.lacking(finishing.outcome, given)
    if lacks is not None:
        raise Refused(lacks, field=FIELDS[lacks])


def _override(db: Connection, finishing: Finishing) -> dict[str, Any]:
    """Return why the order ends over its parts, as it is kept; nothing where they are settled."""
    states = [part.state for part in parts_of(db, finishing.order_id)]
    words = finishing.override_words
    objection = objection_to_ending(states, finishing.override, words)
    if objection is not None:
        is_mute = objection is PartRefusal.WORDS_NEEDED
        raise Refused(objection, field="override_words" if is_mute else "override")
    if not UNSETTLED & set(states):
        return {}
    return {"override_reason": finishing.override, "override_masked": mask_text(words)}


def _pass_on(
    db: Connection, case: Case, by: tuple[Order, dict[str, Any]], at: datetime, house: House
) -> None:
    order, told = by
    unit = {"unit_code": order.unit_code, "unit_name": order.unit_name}
    joined = case.case_id != order.case_id
    pass_result_on(db, case, Result(**unit, told=told, joined=joined), at, house)


def _answer_joined(
    db: Connection,
    keys: NodeKeys,
    finishing: Finishing,
    by: tuple[Order, datetime],
    house: House,
) -> None:
    order, at = by
    for case in joined_cases(db, order.case_id):
        told = _result(finishing, sealed_answer(db, keys, case.case_id, finishing.answer))
        answered = replace(case, unit_code=order.unit_code, result_from=None, joined_to=None)
        _pass_on(db, answered, (order, told), at, house)


def sealed_answer(
    db: Connection, keys: NodeKeys, case_id: UUID, answer: str, field: str = ANSWER
) -> Sealed:
    """Seal what the person is told under the key of the case; Refused where there is none."""
    try:
        return sealer_of_case(db, keys, case_id).seal(field, answer)
    except KeyDestroyed as missing:
        # What was taken over a moment ago has its person on the way.
        code = "case_erased" if was_erased(db, case_id) else "not_received_yet"
        raise Refused(code) from missing


def _result(finishing: Finishing, answer: Sealed) -> dict[str, Any]:
    masked = mask_text(finishing.answer)
    outcome, nearest = finishing.outcome, finishing.outcome.nearest
    # Nodes of the release before know no other words.
    detail = "" if outcome.value == nearest.value else outcome.value
    told = {"outcome": nearest, "outcome_detail": detail}
    return {**told, "answer": answer, "answer_masked": masked}
