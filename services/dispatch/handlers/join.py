"""A case waits for the answer of another one of the same person, until that comes or it is undone.

What cannot be joined here, since it was finished or offered to another node meanwhile, goes its
own way: it is answered for itself.
"""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.conflict import because_of, detoured
from services.dispatch.handlers.custody import (
    Assignment,
    held_by,
    pooled,
    say_pooled,
    send_order,
)
from services.dispatch.handlers.ending import end_what_is_open
from services.dispatch.handlers.trace import THE_RULES
from services.dispatch.policy import CaseState, Decision, OrderState, PoolReason, Route, UnitRule
from services.dispatch.repository.cases import Case, has_joined, lock_case, move_case
from services.dispatch.repository.catalogue import find_in_place
from services.dispatch.repository.disputes import open_arbitration
from services.dispatch.repository.hand_overs import open_offer
from services.dispatch.repository.meetings import open_meeting
from services.dispatch.repository.orders import change_order, open_orders_in
from shared.errors import NotYet
from shared.events.dispatch import CaseJoined, OrderReturned, PartEnd, ReturnGround
from shared.events.intake import CaseGrouped, CaseUngrouped, GroupKind
from shared.outbox import say

IN_WORK = frozenset({CaseState.POOLED, CaseState.HELD})
INTO = "并入 {} 一起办理"
APART = "撤销并案，由原单位继续办理"


def hear_grouped(db: Connection, event: CaseGrouped) -> None:
    """Let a case of the same person wait for its lead; others are only shown together."""
    if event.kind is not GroupKind.JOINED:
        return
    # The lead first, as who finishes it does.
    lead, case = _known(db, event.lead_id), _known(db, event.case_id)
    if not (_is_free(db, case) and _is_free(db, lead)) or has_joined(db, case.case_id):
        return
    _end_orders(db, case, event)
    move_case(db, replace(case, state=CaseState.JOINED, joined_to=lead.case_id, searcher=None))
    about = {"case_id": case.case_id, "occurred_at": event.occurred_at}
    led = {"lead_id": lead.case_id, "lead_number": lead.number}
    say(db, CaseJoined(**about, **led, round=case.round, epoch=case.epoch))


def hear_ungrouped(db: Connection, event: CaseUngrouped) -> None:
    """Give a case that waited for its lead back to who had it, or to a dispatcher."""
    case = _known(db, event.case_id)
    if case.state is not CaseState.JOINED or case.joined_to != event.lead_id:
        return
    apart = replace(case, joined_to=None)
    decision = _before(db, apart)
    if decision.unit is None or decision.route is None:
        waiting = pooled(apart, decision.reason or PoolReason.NO_RULE)
        move_case(db, waiting)
        say_pooled(db, waiting, event.occurred_at, event.because_masked)
        return
    given = held_by(apart, decision.unit)
    move_case(db, given)
    because = because_of(decision, APART)
    by, at = THE_RULES, event.occurred_at
    told = Assignment(unit=decision.unit, route=decision.route, because=because, by=by, at=at)
    send_order(db, given, told)


def _known(db: Connection, case_id: UUID) -> Case:
    case = lock_case(db, case_id)
    if case is None:
        raise NotYet("the case was not accepted here")
    return case


def _is_free(db: Connection, case: Case) -> bool:
    busy = (find(db, case.case_id) for find in (open_offer, open_arbitration, open_meeting))
    return case.here and case.state in IN_WORK and all(found is None for found in busy)


def _end_orders(db: Connection, case: Case, event: CaseGrouped) -> None:
    # Without a ground in the row: the unit did not give it back, so it counts as no return.
    basis, at = INTO.format(event.lead_number), event.occurred_at
    for order in open_orders_in(db, case.case_id):
        change_order(db, order, state=OrderState.RETURNED, legal_basis=basis, returned_at=at)
        end_what_is_open(db, order, at, PartEnd.RETURNED)
        returned = OrderReturned(
            case_id=case.case_id,
            occurred_at=at,
            order_id=order.order_id,
            unit_code=order.unit_code,
            unit_name=order.unit_name,
            by=event.by,
            ground=ReturnGround.NOT_OUR_DUTY,
            legal_basis=basis,
        )
        say(db, returned)


def _before(db: Connection, case: Case) -> Decision:
    """Return where a case was before it was joined, past whom it complains of by now."""
    if case.pool_reason is not None:
        return Decision(None, None, case.pool_reason)
    unit: UnitRule | None = find_in_place(db, case.unit_code) if case.unit_code else None
    if unit is None or not unit.active:
        return Decision(None, None, PoolReason.UNIT_INACTIVE)
    return detoured(db, case.case_id, Decision(unit, Route.MANUAL, None))
