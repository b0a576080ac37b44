"""Ask the person for materials, and go on when they are there; sla lets the clock rest."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.steps import complete, order_facts, take_in_hand
from services.dispatch.handlers.trace import THE_RULES
from services.dispatch.policy import Step, objection_to_materials
from services.dispatch.repository.cases import lock_case
from services.dispatch.repository.life import (
    MaterialRequest,
    add_request,
    end_request,
    find_request,
    open_request,
)
from services.dispatch.repository.orders import Order, find_order
from shared.clock import new_id
from shared.errors import Refused
from shared.events.dispatch import MaterialsAsked, MaterialsEnd, MaterialsReceived
from shared.events.intake import MaterialsAnswered
from shared.events.link import FactRelayed
from shared.events.words import By
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a unit needs, one thing a line, and until when."""

    order_id: UUID
    materials: str
    answer_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """How a unit ends a wait for materials."""

    order_id: UUID
    how: MaterialsEnd
    note: str = ""


def ask_materials(db: Connection, asking: Asking, caller: Caller) -> Order:
    """Ask the person, who answers on the follow page; one wait of an order at a time."""
    hand = take_in_hand(db, asking.order_id, Step.MATERIALS)
    is_open = open_request(db, asking.order_id) is not None
    wrong = objection_to_materials(caller.now, asking.answer_by, is_open=is_open)
    if wrong is not None:
        raise Refused(wrong, field=None if is_open else "answer_by")
    request = MaterialRequest(
        request_id=new_id(),
        order_id=asking.order_id,
        asked_at=caller.now,
        answer_by=asking.answer_by,
        materials_masked=mask_text(asking.materials),
    )

    add_request(db, request)
    told = {"materials_masked": request.materials_masked, "answer_by": request.answer_by}
    facts = order_facts(hand.order, caller)
    say(db, MaterialsAsked(**facts, **told, request_id=request.request_id, round=hand.order.round))
    return complete(db, hand, hand.order.state, caller)


def settle_materials(db: Connection, settling: Settling, caller: Caller) -> Order:
    """End the wait: the unit has what it needs, or goes on without."""
    hand = take_in_hand(db, settling.order_id, Step.MATERIALS)
    request = open_request(db, settling.order_id)
    if request is None:
        raise Refused("no_materials_open")
    note = mask_text(settling.note)

    end_request(db, request.request_id, ended_at=caller.now, how=settling.how, note_masked=note)
    facts = {**order_facts(hand.order, caller), "how": settling.how, "note_masked": note}
    say(db, MaterialsReceived(**facts, request_id=request.request_id))
    return complete(db, hand, hand.order.state, caller)


def hear_materials(db: Connection, event: MaterialsAnswered, at: datetime) -> None:
    """The person answered: the wait of this node's unit is over, if it still waits."""
    request = find_request(db, event.request_id)
    order = None if request is None else find_order(db, request.order_id)
    if order is None or order.case_id != event.case_id:
        return  # another node's unit has asked
    lock_case(db, event.case_id)
    request = find_request(db, event.request_id)
    if request is not None and request.ended_at is None:
        _end(db, order, request, _Ending(MaterialsEnd.ANSWERED, at, event.by, event.text_masked))


def hear_materials_elsewhere(db: Connection, event: FactRelayed) -> None:
    """The person answered where the case was registered, and a unit of this node has asked."""
    if event.fact.type == MaterialsAnswered.name:
        hear_materials(db, event.fact.open(MaterialsAnswered), event.occurred_at)


def stop_waiting(db: Connection, order: Order, at: datetime) -> None:
    """End the wait of an order that ends, and say so: the person need bring nothing any more."""
    request = open_request(db, order.order_id)
    if request is not None:
        _end(db, order, request, _Ending(MaterialsEnd.ENDED, at, THE_RULES))


@dataclass(frozen=True, slots=True)
class _Ending:
    how: MaterialsEnd
    at: datetime
    by: By
    note: str = ""


def _end(db: Connection, order: Order, request: MaterialRequest, ending: _Ending) -> None:
    ended = {"ended_at": ending.at, "how": ending.how, "note_masked": ending.note}
    end_request(db, request.request_id, **ended)
    fact = MaterialsReceived(
        case_id=order.case_id,
        occurred_at=ending.at,
        order_id=order.order_id,
        unit_code=order.unit_code,
        unit_name=order.unit_name,
        request_id=request.request_id,
        how=ending.how,
        note_masked=ending.note,
        by=ending.by,
    )
    say(db, fact)
