"""What a lead does with the parts of its order: ask where they stay, take back, give elsewhere."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.opening import Opener, ended, part_facts, say_taken_back
from services.dispatch.handlers.part_steps import PartInHand, complete_part, take_part
from services.dispatch.handlers.parts import Opening, open_part
from services.dispatch.policy.parts import PartStep
from services.dispatch.repository.parts import Part
from shared.events.dispatch import PartEnd, PartUrged
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingBack:
    """Why a part is taken back; `to_unit` has it from now on, with the same task."""

    part_id: UUID
    because: str
    to_unit: str | None = None
    task: str = ""
    """In place of the same one."""
    days: int | None = None


def urge_part(db: Connection, part_id: UUID, note: str, caller: Caller) -> Part:
    """Ask a unit where its part stays; not again within a few hours."""
    hand = take_part(db, part_id, PartStep.URGE, caller)
    urged = {"urged_at": caller.now, "urges": hand.part.urges + 1}
    part = complete_part(db, hand, caller, **urged)
    told = {"urges": part.urges, "note_masked": mask_text(note)}
    say(db, PartUrged(**part_facts(part, caller.by, caller.now), **told))
    return part


def withdraw_part(db: Connection, taking: TakingBack, caller: Caller) -> Part:
    """Take a part back with a reason, and give it to another unit if one is named.

    Returns the part that is open then, or the one that was taken back. Refused also as
    `open_part` is, in which case nothing was taken back.
    """
    hand = take_part(db, taking.part_id, PartStep.WITHDRAW, caller)
    why = PartEnd.WITHDRAWN if taking.to_unit is None else PartEnd.REASSIGNED
    part = _end(db, hand, taking, why, caller)
    if taking.to_unit is None:
        return part
    opening = Opening(
        kind=part.kind,
        unit_code=taking.to_unit,
        task=taking.task or part.task_masked,
        days=taking.days,
    )
    return open_part(db, part.order_id, opening, caller)


def _end(
    db: Connection, hand: PartInHand, taking: TakingBack, why: PartEnd, caller: Caller
) -> Part:
    note, ender = mask_text(taking.because), Opener(caller.actor.id, caller.by, caller.now)
    part = complete_part(db, hand, caller, **ended(why, ender, note))
    say_taken_back(db, part, why, ender, note)
    return part
