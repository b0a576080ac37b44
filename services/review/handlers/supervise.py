"""A tier asks one below what keeps a case, and the one below answers, once."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.review import policy
from services.review.handlers.house import House
from services.review.handlers.trace import leave_trace
from services.review.policy import Where
from services.review.repository.custodies import Custody, find_custody
from services.review.repository.disclosures import rules_below
from services.review.repository.evaluations import find_case
from services.review.repository.supervisions import (
    Supervision,
    add_supervision,
    lock_supervision,
    mark_answered,
    mark_read,
)
from services.review.tables import complaints
from shared.clock import new_id
from shared.complaints import barred, complaint_of
from shared.errors import Refused
from shared.events.review import SupervisionAnswered, SupervisionOrdered, SupervisionRead
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.disclosure import is_shown
from shared.security.masking import mask_text
from shared.security.policy import Action, Resource, is_complained_of

REFUSALS = {
    Where.UNKNOWN: "unknown_case",
    Where.HERE: "held_here",
    Where.ABOVE: "held_above",
}


@dataclass(frozen=True, slots=True)
class Ordering:
    """What a supervisor wants to know of which case, and by when."""

    case_id: UUID
    text: str
    answer_by: datetime | None = None


def order_supervision(
    db: Connection, ordering: Ordering, caller: Caller, house: House
) -> Supervision:
    """Ask whoever has a case below; Refused if nobody below has it, or the day has passed."""
    if complains_of(db, ordering.case_id, caller):
        raise Refused("unknown_case", field="case_id")
    custody = held_below(db, ordering.case_id, house)
    due = policy.supervision_due(ordering.answer_by, caller.now)
    if due is None:
        raise Refused("past_date", field="answer_by")

    supervision = Supervision(
        supervision_id=new_id(),
        case_id=custody.case_id,
        number=custody.number or "",
        from_node=house.node,
        to_node=custody.holder,
        text_masked=mask_text(ordering.text),
        answer_by=due,
        ordered_at=caller.now,
    )
    _keep_and_say(db, supervision, caller)
    return supervision


def _keep_and_say(db: Connection, ordered: Supervision, caller: Caller) -> None:
    add_supervision(db, ordered)
    say(db, _ordered(ordered, caller))
    due = ordered.answer_by.isoformat()
    after = {"to": ordered.to_node, "text": ordered.text_masked, "by": due}
    leave_trace(db, caller, Action.SUPERVISION_ORDER, ordered.supervision_id, after)


def answer_supervision(
    db: Connection, supervision_id: UUID, text: str, caller: Caller, node: str
) -> Supervision:
    """Answer the tier above; Refused if this node was not asked, or has answered."""
    asked = _asked(db, supervision_id, caller, node)
    if asked.answered_at is not None:
        raise Refused("already_answered")

    answer = mask_text(text)
    mark_answered(db, supervision_id, caller.now, answer)
    fact = SupervisionAnswered(
        case_id=asked.case_id,
        occurred_at=caller.now,
        supervision_id=supervision_id,
        text_masked=answer,
        by=caller.by,
        to_node=asked.from_node,
    )
    say(db, fact)
    leave_trace(db, caller, Action.SUPERVISION_ANSWER, supervision_id, {"text": answer})
    return replace(asked, answered_at=caller.now, answer_masked=answer)


def read_supervision(
    db: Connection, supervision_id: UUID, caller: Caller, node: str
) -> Supervision:
    """Sign for what the tier above asks, once; Refused if this node was not asked."""
    asked = _asked(db, supervision_id, caller, node)
    if asked.read_at is not None:
        raise Refused("already_read")
    mark_read(db, supervision_id, caller.now)
    fact = SupervisionRead(
        case_id=asked.case_id,
        occurred_at=caller.now,
        supervision_id=supervision_id,
        to_node=asked.from_node,
        by=caller.by,
    )
    say(db, fact)
    leave_trace(db, caller, Action.SUPERVISION_ANSWER, supervision_id, {"read": True})
    return replace(asked, read_at=caller.now)


def _asked(db: Connection, supervision_id: UUID, caller: Caller, node: str) -> Supervision:
    asked = lock_supervision(db, supervision_id)
    hidden = asked is not None and complains_of(db, asked.case_id, caller)
    if asked is None or asked.to_node != node or hidden:
        raise Refused("unknown_supervision", field="supervision_id")
    return asked


def complains_of(db: Connection, case_id: UUID, caller: Caller) -> bool:
    """Tell whether a case complains of who asks: for them it does not exist."""
    told = complaint_of(db, complaints, case_id)
    return is_complained_of(caller.actor, barred(Resource(node=caller.actor.node), told))


def held_below(db: Connection, case_id: UUID, house: House) -> Custody:
    """Return who has a case below; Refused if nobody below has it."""
    custody, own = find_custody(db, case_id), find_case(db, case_id)
    via = custody.via if custody else None
    where = policy.where_is(via, house.below, known=bool(custody or own))
    number = (custody.number if custody else None) or (own.number if own else None)
    if custody is None or where is not Where.BELOW:
        raise Refused(REFUSALS[where], field="case_id")
    is_seen = own is not None or custody.shared or _is_shown(db, custody)
    if number is None or not is_seen:  # of its registration nothing came yet, or it is hidden
        raise Refused("unknown_case", field="case_id")
    return replace(custody, number=number)


def _is_shown(db: Connection, custody: Custody) -> bool:
    return is_shown(rules_below(db), custody.holder, custody.registered_at)


def _ordered(supervision: Supervision, caller: Caller) -> SupervisionOrdered:
    return SupervisionOrdered(
        case_id=supervision.case_id,
        occurred_at=supervision.ordered_at,
        supervision_id=supervision.supervision_id,
        number=supervision.number,
        to_node=supervision.to_node,
        text_masked=supervision.text_masked,
        answer_by=supervision.answer_by,
        by=caller.by,
    )
