"""Hear what other nodes say: who has which case, and what tiers ask and answer each other."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from services.review.handlers.house import House
from services.review.repository.custodies import (
    Custody,
    note_holder,
    note_numbers,
    note_shared,
)
from services.review.repository.supervisions import (
    Supervision,
    add_supervision,
    lock_supervision,
    mark_answered,
    mark_read,
)
from shared.events.base import CaseEvent
from shared.events.dispatch import CaseReportedUp, HandOverAnswered
from shared.events.intake import CaseRegistered
from shared.events.link import FactRelayed
from shared.events.review import (
    SupervisionAnswered,
    SupervisionOrdered,
    SupervisionReached,
    SupervisionRead,
)
from shared.outbox import say


def hear_neighbours(db: Connection, events: Sequence[FactRelayed], house: House) -> None:
    """Hear the facts of other nodes that concern supervision; all others pass by."""
    heard = [event for event in events if event.fact.type in ALL]
    for is_registration, run in groupby(heard, lambda event: event.fact.type not in HEARD):
        if is_registration:
            note_numbers(db, [_registered(event) for event in run])
            continue
        for event in run:
            kind, handle = HEARD[event.fact.type]
            handle(db, event.fact.open(kind), event, house)


def take_here(db: Connection, event: HandOverAnswered, node: str) -> None:
    """Note that this node took a case over: what is held here is not supervised from here."""
    if event.accepted:
        held = Custody(case_id=event.case_id, holder=node, epoch=event.epoch, shared=True)
        note_holder(db, held)


def _registered(told: FactRelayed) -> Custody:
    event = told.fact.open(CaseRegistered)
    return Custody(
        case_id=event.case_id,
        number=event.number,
        holder=told.fact.node,
        via=told.via,
        registered_at=event.occurred_at,
    )


def _taken(db: Connection, event: HandOverAnswered, told: FactRelayed, _house: House) -> None:
    if event.accepted:
        holder, via = told.fact.node, told.via
        held = Custody(case_id=event.case_id, holder=holder, via=via, epoch=event.epoch)
        note_holder(db, held)


def _reported(db: Connection, event: CaseReportedUp, told: FactRelayed, house: House) -> None:
    if event.to_node == house.node:
        holder, via = told.fact.node, told.via
        note_shared(db, Custody(case_id=event.case_id, holder=holder, via=via, shared=True))


def _ordered(db: Connection, event: SupervisionOrdered, told: FactRelayed, house: House) -> None:
    if told.via not in house.above or event.to_node == told.fact.node:
        return  # a slip to a unit there is that unit's alone
    is_ours = event.to_node == house.node
    if is_ours and not add_supervision(db, _asked_by(told.fact.node, event)):
        return
    reached = SupervisionReached(
        case_id=event.case_id,
        occurred_at=told.occurred_at,
        supervision_id=event.supervision_id,
        to_node=told.fact.node,
        answer_by=event.answer_by if is_ours else None,
    )
    say(db, reached)


def _asked_by(node: str, event: SupervisionOrdered) -> Supervision:
    return Supervision(
        supervision_id=event.supervision_id,
        case_id=event.case_id,
        number=event.number,
        from_node=node,
        to_node=event.to_node,
        text_masked=event.text_masked,
        answer_by=event.answer_by,
        ordered_at=event.occurred_at,
    )


def _answered(db: Connection, event: SupervisionAnswered, told: FactRelayed, house: House) -> None:
    asked = lock_supervision(db, event.supervision_id)
    if asked is None or (asked.from_node, asked.to_node) != (house.node, told.fact.node):
        return
    if asked.answered_at is None:
        mark_answered(db, event.supervision_id, event.occurred_at, event.text_masked)


def _read(db: Connection, event: SupervisionRead, told: FactRelayed, house: House) -> None:
    asked = lock_supervision(db, event.supervision_id)
    if asked and (asked.from_node, asked.to_node) == (house.node, told.fact.node):
        mark_read(db, event.supervision_id, event.occurred_at)


Handle = Callable[[Connection, Any, FactRelayed, House], None]

HEARD: Mapping[str, tuple[type[CaseEvent], Handle]] = MappingProxyType(
    {
        HandOverAnswered.name: (HandOverAnswered, _taken),
        CaseReportedUp.name: (CaseReportedUp, _reported),
        SupervisionOrdered.name: (SupervisionOrdered, _ordered),
        SupervisionAnswered.name: (SupervisionAnswered, _answered),
        SupervisionRead.name: (SupervisionRead, _read),
    }
)
"""What of other nodes' facts concerns supervision, and what is done about each."""
ALL = HEARD.keys() | {CaseRegistered.name}
"""With what every case brings."""
