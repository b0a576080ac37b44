"""What every step with a part has in common, and the steps of the unit whose the part is."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.opening import part_facts
from services.dispatch.handlers.steps import lock_order
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy.parts import (
    PartStanding,
    PartStep,
    objection_to_part,
    state_of_part_after,
)
from services.dispatch.repository.orders import Order
from services.dispatch.repository.parts import Part, change_part, find_part, parts_of
from shared.errors import Refused
from shared.events.dispatch import (
    DissentReason,
    PartAnswered,
    PartDeclined,
    PartDissented,
    ReturnGround,
)
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action

ACTIONS = {
    PartStep.ANSWER: Action.PART_ANSWER,
    PartStep.DISSENT: Action.PART_ANSWER,
    PartStep.DECLINE: Action.PART_ANSWER,
    PartStep.WORK: Action.PART_ANSWER,
    PartStep.URGE: Action.PART_URGE,
    PartStep.WITHDRAW: Action.PART_WITHDRAW,
}


@dataclass(frozen=True, slots=True)
class PartInHand:
    """A part for which a step is possible, and its order, under the lock of their case."""

    order: Order
    part: Part
    step: PartStep


@dataclass(frozen=True, slots=True, kw_only=True)
class PartAnswer:
    """What a unit says of its part; texts are masked before they are kept anywhere."""

    part_id: UUID
    answer: str
    legal_basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dissent:
    """Why a unit does not agree with what the lead wants."""

    part_id: UUID
    reason: DissentReason
    note: str
    legal_basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declining:
    """Why a part is not the unit's matter, and by which rule."""

    part_id: UUID
    ground: ReturnGround
    legal_basis: str
    note: str = ""


def answer_part(db: Connection, answer: PartAnswer, caller: Caller) -> Part:
    """Keep the unit's answer for the lead; what it dissented from before is settled by it."""
    hand = take_part(db, answer.part_id, PartStep.ANSWER, caller)
    words = {"answer_masked": mask_text(answer.answer), **_basis(answer.legal_basis)}
    said = {**words, "answered_at": caller.now, "answered_by": caller.actor.id}
    part = complete_part(db, hand, caller, **said, dissent_reason=None)
    say(db, PartAnswered(**part_facts(part, caller.by, caller.now), **words))
    return part


def dissent_from_part(db: Connection, dissent: Dissent, caller: Caller) -> Part:
    """Keep that the unit does not agree: the order does not end before that is settled."""
    hand = take_part(db, dissent.part_id, PartStep.DISSENT, caller)
    note, basis = mask_text(dissent.note), _basis(dissent.legal_basis)
    said = {"answer_masked": note, "answered_at": caller.now, "answered_by": caller.actor.id}
    part = complete_part(db, hand, caller, **said, **basis, dissent_reason=dissent.reason)
    facts = part_facts(part, caller.by, caller.now)
    say(db, PartDissented(**facts, **basis, reason=dissent.reason, note_masked=note))
    return part


def decline_part(db: Connection, declining: Declining, caller: Caller) -> Part:
    """Keep that the part is not the unit's matter, once and in time; others take it back then."""
    hand = take_part(db, declining.part_id, PartStep.DECLINE, caller)
    note, basis = mask_text(declining.note), _basis(declining.legal_basis)
    told = {"declined_at": caller.now, "decline_ground": declining.ground}
    part = complete_part(db, hand, caller, **told, **basis, answer_masked=note)
    facts = part_facts(part, caller.by, caller.now)
    say(db, PartDeclined(**facts, **basis, ground=declining.ground, note_masked=note))
    return part


def take_part(db: Connection, part_id: UUID, step: PartStep, caller: Caller) -> PartInHand:
    """Lock the case of a part and check the step; Refused if it is not possible."""
    order, part = lock_part(db, part_id)
    standing = PartStanding(
        has_declined=any(one.declined_at for one in _of_its_unit(db, part)),
        sign_by=part.sign_by,
        urged_at=part.urged_at,
    )
    refusal = objection_to_part(step, part.state, standing, caller.now)
    if refusal is not None:
        raise Refused(refusal)
    return PartInHand(order, part, step)


def lock_part(db: Connection, part_id: UUID) -> tuple[Order, Part]:
    """Lock the case of a part and return its order and the part; Refused if there is none."""
    before = find_part(db, part_id)
    if before is None:
        raise Refused("unknown_part", field="part_id")
    _case, order = lock_order(db, before.order_id)
    part = find_part(db, part_id)  # again: only now does it stand still
    return order, part or before


def complete_part(db: Connection, hand: PartInHand, caller: Caller, **changes: Any) -> Part:
    """Write what the step changed and leave its trace; return the part as it is now."""
    changes["state"] = state_of_part_after(hand.step, hand.part.state)
    change_part(db, hand.part, **changes)
    before = {"state": hand.part.state}
    trace = Trace(ACTIONS[hand.step], "part", str(hand.part.part_id), changes, before)
    leave_trace(db, caller, trace)
    return replace(hand.part, **changes)


def _basis(told: str) -> dict[str, str]:
    return {"legal_basis": mask_text(told)}


def _of_its_unit(db: Connection, part: Part) -> list[Part]:
    return [one for one in parts_of(db, part.order_id) if one.unit_code == part.unit_code]
