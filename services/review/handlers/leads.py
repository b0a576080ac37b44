"""Keep the registers of policy gaps and hidden barriers: note, add cases, route, answer (N12)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from uuid import UUID

from sqlalchemy import Connection

from services.review import policy
from services.review.handlers.house import House
from services.review.handlers.supervise import complains_of
from services.review.handlers.tell_leads import tell_above, tell_below
from services.review.handlers.trace import leave_trace
from services.review.policy import LeadAnswer, LeadKind, LeadObjection, LeadState
from services.review.repository.evaluations import find_case
from services.review.repository.leads import (
    Lead,
    LeadStep,
    active_unit,
    add_case,
    add_lead,
    add_step,
    change_lead,
    complained_of,
    is_hidden,
    keep_unit,
    lock_lead,
    next_serial,
)
from shared.clock import new_id
from shared.errors import Refused
from shared.events.dispatch import UnitListed
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action, Resource, may

CHINA = timezone(timedelta(hours=8))
"""A register is kept by the years of China."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noting:
    """What somebody found that no rule covers, or that keeps people out."""

    kind: LeadKind
    title: str
    text: str
    item_name: str | None = None
    document: str | None = None
    case_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """To whom a lead goes: a unit of this node, or the tiers above."""

    unit_code: str | None = None
    note: str = ""

    @property
    def goes_up(self) -> bool:
        """Whether the tiers above are asked."""
        return self.unit_code is None


@dataclass(frozen=True, slots=True)
class Answering:
    """What a body says it does about a lead, and its words."""

    answer: LeadAnswer
    words: str


@dataclass(frozen=True, slots=True)
class Said:
    """Who answered, in which words, and when."""

    node: str
    unit: str | None
    words_masked: str
    at: datetime


OF_ANSWER = (
    *("state", "outcome", "answered_node", "answered_by", "answer_masked", "answer_document"),
    *("in_force_from", "promised_on", "answered_at"),
)


def hear_unit(db: Connection, event: UnitListed) -> None:
    """Keep which units there are to be asked."""
    keep_unit(db, event.code, event.title, active=event.active)


def note_lead(db: Connection, noting: Noting, caller: Caller, house: House) -> Lead:
    """Enter a lead under the next number of the year; Refused for a case nobody knows here."""
    _check_case(db, noting.case_id, caller)
    year = caller.now.astimezone(CHINA).year
    lead = Lead(
        lead_id=new_id(),
        origin=house.node,
        year=year,
        serial=next_serial(db, house.node, year),
        kind=noting.kind,
        title_masked=mask_text(noting.title),
        text_masked=mask_text(noting.text),
        item_name=noting.item_name and mask_text(noting.item_name),
        document=noting.document and mask_text(noting.document),
        state=LeadState.OPEN,
        noted_at=caller.now,
    )
    add_lead(db, lead)
    if noting.case_id is not None:
        add_case(db, lead.lead_id, noting.case_id, is_source=True)
    add_step(db, lead.lead_id, LeadStep(caller.now, "noted"))
    _trace(db, caller, Action.LEAD_NOTE, lead, {"title": lead.title_masked})
    return lead


def add_to_lead(
    db: Connection, lead_id: UUID, case_id: UUID, caller: Caller, house: House
) -> Lead:
    """Say that another case met the same; Refused for a case nobody knows here."""
    lead = _seen(db, lead_id, caller)
    _check_case(db, case_id, caller)
    if not add_case(db, lead_id, case_id, is_source=False):
        raise Refused("already_done", field="case_id")
    add_step(db, lead_id, LeadStep(caller.now, "case_added"))
    _trace(db, caller, Action.LEAD_NOTE, lead, {"case": str(case_id)})
    tell_above(db, lead, caller.now, house)
    return lead


def route_lead(
    db: Connection, lead_id: UUID, routing: Routing, caller: Caller, house: House
) -> Lead:
    """Ask the body that can change the rule; Refused if it is complained of or there is none."""
    lead = _seen(db, lead_id, caller)
    _refuse(policy.objection_to_routing(LeadState(lead.state)))
    whom = _body(db, lead, routing, house)
    note = mask_text(routing.note) if routing.note else None
    raised = lead.raised or routing.goes_up
    changed = {"state": LeadState.ROUTED, "unit_code": routing.unit_code, "raised": raised}
    change_lead(db, lead_id, changed)
    add_step(db, lead_id, LeadStep(caller.now, "routed", whom, note))
    _trace(db, caller, Action.LEAD_ROUTE, lead, {"to": whom or "above"})
    state = LeadState.ROUTED
    routed = replace(lead, state=state, unit_code=routing.unit_code, raised=raised)
    tell_above(db, routed, caller.now, house)
    return routed


def answer_lead(
    db: Connection, lead_id: UUID, answering: Answering, caller: Caller, house: House
) -> Lead:
    """Say what the body does about it; Refused if it was not asked, or something is missing."""
    lead = _seen(db, lead_id, caller)
    _demand_answering(lead, caller)
    today, answer = caller.now.astimezone(CHINA).date(), answering.answer
    _refuse(policy.objection_to_answer(LeadState(lead.state), answer, today))
    unit = active_unit(db, lead.unit_code) if lead.unit_code else None
    said = Said(house.node, unit, mask_text(answering.words), caller.now)
    answered = answered_lead(lead, answer, said)
    keep_answer(db, answered)
    _trace(db, caller, Action.LEAD_ANSWER, lead, {"outcome": answer.outcome})
    tell_above(db, answered, caller.now, house)
    tell_below(db, answered, caller.now, house)
    return answered


def answered_lead(lead: Lead, answer: LeadAnswer, said: Said) -> Lead:
    """Return a lead as it stands after an answer."""
    return replace(
        lead,
        state=policy.AFTER[answer.outcome],
        outcome=answer.outcome,
        answered_node=said.node,
        answered_by=said.unit,
        answer_masked=said.words_masked,
        answer_document=answer.document,
        in_force_from=answer.in_force_from,
        promised_on=answer.promised_on,
        answered_at=said.at,
    )


def keep_answer(db: Connection, answered: Lead) -> None:
    """Write an answer down, and the step that it is."""
    change_lead(db, answered.lead_id, {name: getattr(answered, name) for name in OF_ANSWER})
    assert answered.answered_at is not None, "an answer has its time"  # noqa: S101
    step = LeadStep(
        at=answered.answered_at,
        what=f"answered_{answered.outcome}",
        whom=answered.answered_by or answered.answered_node,
        words_masked=answered.answer_masked,
    )
    add_step(db, answered.lead_id, step)


def _body(db: Connection, lead: Lead, routing: Routing, house: House) -> str | None:
    if routing.goes_up:
        if not house.above:
            raise Refused("nobody_above", field="unit_code")
        return None
    title = active_unit(db, routing.unit_code or "")
    if title is None:
        raise Refused("unknown_unit", field="unit_code")
    if routing.unit_code in complained_of(db, lead.lead_id):
        raise Refused("unit_complained_of", field="unit_code")
    return title


def _demand_answering(lead: Lead, caller: Caller) -> None:
    resource = Resource(node=caller.actor.node, unit=lead.unit_code)
    if not may(caller.actor, Action.LEAD_ANSWER, resource).allowed:
        raise Refused("unknown_lead", field="lead_id")


def _seen(db: Connection, lead_id: UUID, caller: Caller) -> Lead:
    lead = lock_lead(db, lead_id)
    if lead is None or is_hidden(db, lead_id, caller.actor):
        raise Refused("unknown_lead", field="lead_id")
    return lead


def _check_case(db: Connection, case_id: UUID | None, caller: Caller) -> None:
    if case_id is None:
        return
    if find_case(db, case_id) is None or complains_of(db, case_id, caller):
        raise Refused("unknown_case", field="case_id")


def _refuse(objection: LeadObjection | None) -> None:
    if objection is not None:
        code = "answer_incomplete" if objection.refusal == "required" else objection.refusal.value
        raise Refused(code, field=objection.field)


def _trace(
    db: Connection, caller: Caller, action: Action, lead: Lead, after: Mapping[str, object]
) -> None:
    leave_trace(db, caller, action, lead.lead_id, after)
