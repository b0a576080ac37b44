"""The projector: events in, rows out; the same for what is heard and for what is replayed.

What another node said comes over the link as a fact within a fact, and is shown by the same
functions as what was said here.

It never waits for a prerequisite: between speakers no order is guaranteed, so a row may be born of
any event, and what is shown is derived anew from all facts known. The same events show the same
projection in whatever order the speakers were heard.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.portal import repository
from services.portal.handlers.erasing import empty
from services.portal.handlers.facts import FACTS, NODE_FACTS, RELAYED
from services.portal.handlers.settling import settle
from services.portal.handlers.sheet import Sheet, open_sheet, write_sheet
from services.portal.handlers.telling import OF_PERSON, step_of
from services.portal.tables import Projection
from shared.events.base import CaseEvent, Envelope, Event, NodeFact
from shared.events.dispatch import ItemListed, UnitListed
from shared.events.link import FactRelayed, NodeFactRelayed

Heard = Sequence[tuple[Envelope, Event]]


@dataclass(frozen=True, slots=True)
class Fact:
    """What was said, by whichever node, in the envelope in which that node said it."""

    envelope: Envelope
    event: Event
    heard_at: datetime
    """By the clock of this node."""


def project(db: Connection, projection: Projection, heard: Heard) -> frozenset[UUID]:
    """Bring a projection up to these events, in a dozen statements however many they are.

    Return which of their cases were erased.
    """
    if not heard:
        return frozenset()
    facts = [fact for envelope, event in heard if (fact := _fact(envelope, event)) is not None]
    cases = {fact.event.case_id for fact in facts if isinstance(fact.event, CaseEvent)}
    sheet = open_sheet(db, projection, heard[0][0].node, cases)
    _open_catalogue(db, projection, sheet, facts)
    _open_node_facts(db, projection, sheet, facts)
    for fact in facts:
        FACTS[type(fact.event)](sheet, fact.envelope, fact.event)
        if isinstance(fact.event, CaseEvent):
            step = step_of(fact.envelope, fact.event, fact.heard_at)
            sheet.timeline[fact.envelope.id] = step
            _said(sheet, fact.event, fact.heard_at)
    _reach(sheet, heard)
    settle(sheet)
    erased = empty(sheet)
    write_sheet(db, projection, sheet)
    if erased:
        repository.empty_stories(db, projection, erased)
    return erased


def _fact(envelope: Envelope, event: Event) -> Fact | None:
    if not isinstance(event, FactRelayed | NodeFactRelayed):
        return Fact(envelope, event, event.occurred_at)
    relayed = RELAYED if isinstance(event, FactRelayed) else NODE_FACTS
    kind = relayed.get(event.fact.type)
    # What a newer node says is passed over, and so is what somebody says in this node's name.
    if kind is None or event.fact.node == envelope.node:
        return None
    return Fact(event.fact, event.fact.open(kind), event.occurred_at)


def _said(sheet: Sheet, event: CaseEvent, at: datetime) -> None:
    if isinstance(event, OF_PERSON) and not getattr(event, "by_staff", False):
        row = sheet.case(event.case_id)
        row["said_at"] = max(row["said_at"] or at, at)


def _open_catalogue(
    db: Connection, projection: Projection, sheet: Sheet, facts: Sequence[Fact]
) -> None:
    units = {fact.event.unit_id for fact in facts if isinstance(fact.event, UnitListed)}
    items = {fact.event.item_id for fact in facts if isinstance(fact.event, ItemListed)}
    if units:
        rows = repository.rows_by_key(db, projection.units, units)
        sheet.units = {row["unit_id"]: row for row in rows}
    if items:
        rows = repository.rows_by_key(db, projection.items, items)
        sheet.items = {row["item_id"]: row for row in rows}


def _open_node_facts(
    db: Connection, projection: Projection, sheet: Sheet, facts: Sequence[Fact]
) -> None:
    told = {fact.event.subject_id for fact in facts if isinstance(fact.event, NodeFact)}
    if told:
        rows = repository.rows_by_key(db, projection.node_facts, told)
        sheet.node_facts = {row["fact_id"]: row for row in rows}


def _reach(sheet: Sheet, heard: Heard) -> None:
    # Versions are counted here as they were heard: a relayed fact counts as what link said.
    for envelope, _event in heard:
        said = (envelope.speaker, envelope.subject)
        sheet.reached[said] = max(sheet.reached.get(said, 0), envelope.version)
