"""Leads between tiers: what a node raises is kept above, what is answered there comes back."""

from datetime import datetime

from sqlalchemy import Connection

from services.review.handlers.house import House
from services.review.policy import LeadState
from services.review.repository.complained import elsewhere_of
from services.review.repository.leads import Lead, numbers_of
from services.review.tables import plumbing
from shared.events.intake import ComplainedOf
from shared.events.review import LeadAnswered, LeadRaised
from shared.forgetting import forget_said
from shared.outbox import say


def tell_above(db: Connection, lead: Lead, at: datetime, house: House) -> None:
    """Tell the tiers above how a lead of this node stands, once they have been asked."""
    if lead.raised and lead.origin == house.node:
        say(db, _raised(db, lead, at))


def tell_emptied(db: Connection, lead: Lead, at: datetime, house: House) -> None:
    """Tell the tiers above that words of a lead are gone; what was said of it before goes too."""
    if lead.raised and lead.origin == house.node:
        told = _raised(db, lead, at)
        forget_said(db, plumbing, told.subject_id)
        say(db, told)


def tell_below(db: Connection, lead: Lead, at: datetime, house: House) -> None:
    """Tell the tiers below what was answered here to a lead of one of them."""
    if lead.origin != house.node:
        say(db, _answered(lead, at, house.node))


def _raised(db: Connection, lead: Lead, at: datetime) -> LeadRaised:
    elsewhere = elsewhere_of(db, lead.lead_id)
    return LeadRaised(
        node=lead.origin,
        occurred_at=at,
        lead_id=lead.lead_id,
        year=lead.year,
        serial=lead.serial,
        kind=lead.kind,
        title_masked=lead.title_masked,
        text_masked=lead.text_masked,
        item_name=lead.item_name,
        document=lead.document,
        cases=len(numbers_of(db, lead.lead_id)),
        noted_at=lead.noted_at,
        is_closed=lead.state == LeadState.CLOSED,
        complained_of=ComplainedOf(units=elsewhere) if elsewhere else None,
    )


def _answered(lead: Lead, at: datetime, node: str) -> LeadAnswered:
    return LeadAnswered(
        node=node,
        occurred_at=at,
        lead_id=lead.lead_id,
        origin=lead.origin,
        outcome=lead.outcome or "",
        answered_by=lead.answered_by,
        answer_masked=lead.answer_masked or "",
        document=lead.answer_document,
        in_force_from=lead.in_force_from,
        promised_on=lead.promised_on,
    )
