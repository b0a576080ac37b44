"""Which fact is told to the person, and how: one function for each fact that notify hears."""

from sqlalchemy import Connection

from services.notify.handlers.queueing import House, Notice, queue
from services.notify.handlers.templates import told_moment
from services.notify.repository.recipients import Recipient, add_recipient, lock_recipient
from shared.events.dispatch import CaseFinished, CaseHandedOver, OrderDispatched
from shared.events.intake import CaseDeclined, CaseRegistered
from shared.events.link import CaseReceived, FactRelayed
from shared.events.notify import Purpose
from shared.events.review import CaseReopened, EvaluationInvited
from shared.events.sealed import SealedParty
from shared.events.sla import ClockStarted
from shared.events.words import ClockKind, HandOverKind

TO_ANOTHER_TIER = frozenset({HandOverKind.UP, HandOverKind.DOWN})
"""Of a reopened case the person is told that, and then who has it; the rest comes back here."""


def confirm_registration(db: Connection, event: CaseRegistered, house: House) -> None:
    """Remember whom to tell of a case, and send number and query code as a receipt."""
    told = _who_is_told(event)
    add_recipient(
        db,
        Recipient(
            case_id=event.case_id,
            number=event.number,
            query_code=event.query_code,
            phone=told.phone,
            masked_phone=told.masked_phone,
        ),
    )
    queue(db, house, event, Notice(Purpose.RECEIPT, shows_code=True))


def leave_to_origin(db: Connection, event: CaseReceived) -> None:
    """Remember that the node that registered a case tells its person, and this one never does."""
    told = Recipient(case_id=event.case_id, number=event.number, told_by=event.origin)
    add_recipient(db, told)


def tell_declined(db: Connection, event: CaseDeclined, house: House) -> None:
    """Tell that the case was not accepted; reason and route are read by query code."""
    queue(db, house, event, Notice(Purpose.DECLINED))


def tell_promise(db: Connection, event: ClockStarted, house: House) -> None:
    """Tell by when the case is promised to be solved; units' own clocks are not told."""
    if event.kind is not ClockKind.CITIZEN:
        return
    values = {"date": told_moment(event.due_at)}
    notice = Notice(Purpose.PROMISE, values=values, provisional=event.provisional)
    queue(db, house, event, notice)


def tell_dispatched(db: Connection, event: OrderDispatched, house: House) -> None:
    """Tell which unit has the case, for each unit that is given it."""
    queue(db, house, event, _dispatched(event))


def tell_dispatched_elsewhere(db: Connection, event: FactRelayed, house: House) -> None:
    """Tell which unit of another node has a case of this one; of others nobody here is told."""
    is_dispatch = event.fact.type == OrderDispatched.name
    if is_dispatch and lock_recipient(db, event.case_id) is not None:
        # About the relayed fact, for its time is this node's: the other clock may be wrong.
        queue(db, house, event, _dispatched(event.fact.open(OrderDispatched)))


def tell_handed_over(db: Connection, event: CaseHandedOver, house: House) -> None:
    """Tell which tier took the case, and that what was promised stands."""
    if event.kind in TO_ANOTHER_TIER:
        values = {"node": event.to_name}
        ref = str(event.hand_over_id)
        queue(db, house, event, Notice(Purpose.HANDED_OVER, ref, values, round=event.round))


def tell_result(db: Connection, event: CaseFinished, house: House) -> None:
    """Tell that there is a result; what it says is read by query code."""
    queue(db, house, event, Notice(Purpose.RESULT, str(event.round), round=event.round))


def invite_to_rate(db: Connection, event: EvaluationInvited, house: House) -> None:
    """Ask whether it was really solved, with a link that leads to the case."""
    values = {"date": told_moment(event.answer_by)}
    ref = str(event.round)
    notice = Notice(Purpose.INVITATION, ref, values, shows_code=True, round=event.round)
    queue(db, house, event, notice)


def tell_reopened(db: Connection, event: CaseReopened, house: House) -> None:
    """Tell that the case is taken up again."""
    queue(db, house, event, Notice(Purpose.REOPENED, str(event.round), round=event.round))


def _dispatched(event: OrderDispatched) -> Notice:
    values = {"unit": event.unit_name}
    return Notice(Purpose.DISPATCHED, str(event.order_id), values, round=event.round)


def _who_is_told(event: CaseRegistered) -> SealedParty:
    speaks = event.agent
    return speaks if speaks is not None and speaks.phone is not None else event.complainant
