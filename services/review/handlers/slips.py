"""A limit of a unit passed long ago: the node itself gives the unit a supervision slip."""

from uuid import UUID, uuid5

from sqlalchemy import Connection

from services.review import policy
from services.review.handlers.trace import leave_trace
from services.review.repository.custodies import find_custody
from services.review.repository.evaluations import find_case
from services.review.repository.supervisions import Supervision, add_supervision
from shared.errors import NotYet
from shared.events.review import SupervisionOrdered
from shared.events.sla import StepKind, StepTaken
from shared.events.words import By
from shared.outbox import say
from shared.security.actor import Actor, ActorKind
from shared.security.caller import Caller
from shared.security.policy import Action

SLIPS = UUID("0c7a4f52-93be-5d0e-8a61-4b1f2d7e6c35")
THE_LADDER = "ladder"
BY_RULE = By(kind="system")


def give_slip(db: Connection, event: StepTaken, node: str) -> None:
    """Ask the unit what keeps its order; each step of a clock asks once, however often it is told.

    NotYet: of the case nothing was heard.
    """
    if event.step is not StepKind.SUPERVISE or event.unit_code is None or not event.answer_by:
        return
    slip = Supervision(
        supervision_id=uuid5(SLIPS, f"{event.clock_id} {event.level}"),
        case_id=event.case_id,
        number=_number_of(db, event.case_id),
        from_node=node,
        to_node=node,
        text_masked=policy.slip_text(event.kind_told, event.due_at, event.level),
        answer_by=event.answer_by,
        ordered_at=event.occurred_at,
        unit_code=event.unit_code,
    )
    if add_supervision(db, slip):
        say(db, _ordered(slip))
        by_rule = Caller(Actor(kind=ActorKind.SYSTEM, node=node, id=THE_LADDER), event.occurred_at)
        told = {"to": event.unit_code, "text": slip.text_masked, "row": event.row}
        leave_trace(db, by_rule, Action.SUPERVISION_ORDER, slip.supervision_id, told)


def _number_of(db: Connection, case_id: UUID) -> str:
    custody, own = find_custody(db, case_id), find_case(db, case_id)
    number = own.number if own else custody.number if custody else None
    if number is None:
        raise NotYet("of the case nothing was heard here")
    return number


def _ordered(slip: Supervision) -> SupervisionOrdered:
    return SupervisionOrdered(
        case_id=slip.case_id,
        occurred_at=slip.ordered_at,
        supervision_id=slip.supervision_id,
        number=slip.number,
        to_node=slip.to_node,
        text_masked=slip.text_masked,
        answer_by=slip.answer_by,
        by=BY_RULE,
        unit_code=slip.unit_code,
    )
