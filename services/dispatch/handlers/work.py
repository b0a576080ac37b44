"""Write down what a unit did for its order: a note, or a visit on the spot."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.opening import part_facts
from services.dispatch.handlers.part_steps import complete_part, take_part
from services.dispatch.handlers.steps import complete, order_facts, take_in_hand
from services.dispatch.policy import Step
from services.dispatch.policy.parts import PartStep
from services.dispatch.repository.life import Work, add_work
from services.dispatch.repository.orders import Order
from services.dispatch.repository.parts import Part
from shared.clock import new_id
from shared.errors import Refused
from shared.events.dispatch import WorkKind, WorkLogged
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """What was done; texts are masked before they are kept anywhere."""

    order_id: UUID
    kind: WorkKind
    note: str
    done_at: datetime | None = None
    """None is now; nothing is done in the future, or before the unit was asked."""
    place: str = ""
    people: str = ""


def log_work(db: Connection, doing: Doing, caller: Caller) -> Order:
    """Keep an entry of the work log; it changes nothing else of the order."""
    hand = take_in_hand(db, doing.order_id, Step.WORK)
    work = _work(doing, hand.order.dispatched_at, caller)
    _keep(db, work, doing, order_facts(hand.order, caller))
    return complete(db, hand, hand.order.state, caller)


def log_part_work(db: Connection, part_id: UUID, doing: Doing, caller: Caller) -> Part:
    """Keep what a unit did for its part of another's order; it changes nothing else."""
    hand = take_part(db, part_id, PartStep.WORK, caller)
    work = replace(_work(doing, hand.part.opened_at, caller), part_id=part_id)
    facts = part_facts(hand.part, caller.by, caller.now)
    _keep(db, work, doing, {name: told for name, told in facts.items() if name != "kind"})
    return complete_part(db, hand, caller)


def _keep(db: Connection, work: Work, doing: Doing, facts: dict[str, Any]) -> None:
    add_work(db, work)
    kept = {"place_masked": work.place_masked, "people_masked": work.people_masked}
    told = {**facts, **kept, "note_masked": work.note_masked}
    say(db, WorkLogged(**told, kind=doing.kind, done_at=work.done_at))


def _work(doing: Doing, asked_at: datetime, caller: Caller) -> Work:
    done_at = doing.done_at or caller.now
    if done_at > caller.now:
        raise Refused("in_the_future", field="done_at")
    # Forms tell whole minutes.
    if done_at < asked_at.replace(second=0, microsecond=0):
        raise Refused("before_the_order", field="done_at")
    if doing.kind is WorkKind.VISIT and not doing.place.strip():
        raise Refused("place_needed", field="place")
    return Work(
        work_id=new_id(),
        order_id=doing.order_id,
        at=caller.now,
        kind=doing.kind,
        done_at=done_at,
        place_masked=mask_text(doing.place),
        people_masked=mask_text(doing.people),
        note_masked=mask_text(doing.note),
    )
