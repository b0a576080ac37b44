"""Hear of leads of other tiers: what was raised below, what was answered above."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from services.review.handlers.guide import hear_rule
from services.review.handlers.leads import Said, answered_lead, keep_answer
from services.review.policy import LeadAnswer, LeadKind, LeadOutcome, LeadState
from services.review.repository.complained import codes_titled
from services.review.repository.leads import (
    UNITS,
    Lead,
    LeadStep,
    add_lead,
    add_step,
    change_lead,
    lock_lead,
)
from shared.complaints import complaint_at
from shared.events.link import DisclosureSet, NodeFactRelayed
from shared.events.review import LeadAnswered, LeadRaised
from shared.security.masking import mask_text

RENEWED = ("title_masked", "text_masked", "item_name", "document", "cases_told", "told_at")


def hear_node_fact(db: Connection, event: NodeFactRelayed, node: str) -> None:
    """Hear what another node tells of itself; what does not concern review passes by."""
    if event.fact.type == LeadRaised.name:
        _raised(db, event, node)
        return
    act = HEARD.get(event.fact.type)
    if act is not None:
        act(db, event)


def _raised(db: Connection, event: NodeFactRelayed, node: str) -> None:
    told = event.fact.open(LeadRaised)
    if told.kind not in set(LeadKind):
        return
    fresh = replace(_lead(told, event), complained_units=_own_units(db, told, node))
    if add_lead(db, fresh):
        add_step(db, fresh.lead_id, LeadStep(told.noted_at, "raised", told.node))
        return
    known = lock_lead(db, told.lead_id)
    if known is not None and known.origin == told.node and _is_later(known, event.fact.time):
        _renew(db, known, fresh)


def _renew(db: Connection, known: Lead, fresh: Lead) -> None:
    changed: dict[str, Any] = {name: getattr(fresh, name) for name in RENEWED}
    changed |= {UNITS: list(fresh.complained_units)}
    if fresh.state == LeadState.CLOSED and known.state != LeadState.CLOSED:
        changed["state"] = LeadState.CLOSED
        assert fresh.told_at is not None, "it was told"  # noqa: S101
        add_step(db, known.lead_id, LeadStep(fresh.told_at, "closed_below", known.origin))
    change_lead(db, known.lead_id, changed)


def _is_later(known: Lead, at: datetime) -> bool:
    return known.told_at is None or known.told_at < at


def _own_units(db: Connection, told: LeadRaised, node: str) -> tuple[str, ...]:
    named = told.complained_of.units if told.complained_of else ()
    titles = [unit.title for unit in named if unit.node == node and not unit.code]
    codes = complaint_at(node, told.complained_of).units | codes_titled(db, titles)
    return tuple(sorted(codes))


def _lead(told: LeadRaised, event: NodeFactRelayed) -> Lead:
    return Lead(
        lead_id=told.lead_id,
        origin=told.node,
        year=told.year,
        serial=told.serial,
        kind=told.kind,
        title_masked=mask_text(told.title_masked),
        text_masked=mask_text(told.text_masked),
        item_name=told.item_name,
        document=told.document,
        state=LeadState.CLOSED if told.is_closed else LeadState.OPEN,
        noted_at=told.noted_at,
        told_at=event.fact.time,
        cases_told=told.cases,
    )


def _answered(db: Connection, event: NodeFactRelayed) -> None:
    told = event.fact.open(LeadAnswered)
    lead = lock_lead(db, told.lead_id)
    if lead is None or lead.origin != told.origin or told.outcome not in set(LeadOutcome):
        return
    answer = LeadAnswer(
        outcome=LeadOutcome(told.outcome),
        document=told.document,
        in_force_from=told.in_force_from,
        promised_on=told.promised_on,
    )
    words = mask_text(told.answer_masked)
    said = Said(told.node, told.answered_by, words, told.occurred_at)
    if lead.state == LeadState.CLOSED:
        step = LeadStep(said.at, f"answered_{told.outcome}", said.unit or said.node, words)
        add_step(db, lead.lead_id, step)
        return
    keep_answer(db, _where_it_stands(lead, answered_lead(lead, answer, said)))


def _where_it_stands(before: Lead, answered: Lead) -> Lead:
    # A unit of this node that is at work on it stays asked, whatever a tier above does not own.
    keeps = before.unit_code is not None and answered.outcome == LeadOutcome.NOT_OURS
    return replace(answered, state=before.state) if keeps else answered


HEARD: Mapping[str, Callable[[Connection, NodeFactRelayed], None]] = MappingProxyType(
    {DisclosureSet.name: hear_rule, LeadAnswered.name: _answered}
)
"""What else concerns review of what nodes tell of themselves."""
