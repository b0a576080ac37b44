"""What the queries of portal return of one case, and of the catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.portal.policy.days import day_of
from services.portal.repository.tiers import HandOverCard, SupervisionCard


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCard:
    """One order of a case."""

    order_id: UUID
    node: str | None
    round: int | None
    unit_code: str | None
    unit_name: str | None
    complexity: str | None
    route: str | None
    because: str | None
    state: str
    dispatched_at: datetime | None
    sign_by: datetime | None = None
    signed_at: datetime | None
    forced_at: datetime | None = None
    tried_at: datetime | None
    contacted_at: datetime | None
    returned_at: datetime | None
    ground: str | None
    legal_basis: str | None
    note_masked: str | None
    finished_at: datetime | None
    handed_over_at: datetime | None
    outcome: str | None
    answer_masked: str | None
    materials_id: UUID | None = None
    materials_by: datetime | None = None
    materials_masked: str | None = None
    extension_id: UUID | None = None
    extension_at: datetime | None = None
    extension_days: int | None = None
    extension_because: str | None = None
    tracked_at: datetime | None = None
    tracking_serial: int | None = None
    tracking_on: date | None = None
    tracking_masked: str | None = None
    tracking_ground: str | None = None
    consent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockCard:
    """One clock of a case, running or stopped."""

    clock_id: UUID
    node: str | None
    kind: str
    order_id: UUID | None
    unit_code: str | None
    started_at: datetime | None
    due_at: datetime
    lamp: str
    provisional: bool | None
    explanation: str | None
    missed_at: datetime | None
    stopped_at: datetime | None
    reason: str | None
    on_time: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCard:
    """What another unit than the lead does for an order of a case."""

    part_id: UUID
    node: str | None
    order_id: UUID | None
    round: int | None
    kind: str | None
    unit_code: str | None
    unit_name: str | None
    task_masked: str | None
    state: str
    is_live: bool
    opened_at: datetime | None
    due_at: datetime | None
    lamp: str | None
    urged_at: datetime | None
    urges: int | None
    declined_at: datetime | None
    decline_ground: str | None
    answered_at: datetime | None
    answer_masked: str | None
    dissent_reason: str | None
    legal_basis: str | None
    ended_at: datetime | None
    end_why: str | None
    end_note_masked: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry of a case's timeline: an event and what of it may be shown to staff."""

    id: UUID
    at: datetime
    node: str | None
    name: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationCard:
    """What the person said of one round."""

    evaluation_id: UUID
    round: int
    level: int
    solved: bool
    reasons: Sequence[str]
    text_masked: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCard:
    """Everything a desk shows of one case; masked."""

    case_id: UUID
    number: str
    title_masked: str | None
    text_masked: str | None
    channel: str | None
    demand: str | None
    region: str | None
    item_code: str | None
    item_name: str | None
    complexity: str | None
    attempts: int | None
    party_kind: str | None
    person_masked: str | None
    phone_masked: str | None
    agent_masked: str | None
    status: str
    is_open: bool
    round: int
    registered_at: datetime | None
    accepted_at: datetime | None
    declined_at: datetime | None
    decline_reason: str | None
    decline_basis: str | None
    decline_explanation: str | None
    decline_guide: str | None
    order_id: UUID | None
    unit_code: str | None
    unit_name: str | None
    pool_reason: str | None
    reopened_at: datetime | None
    reopened_because: str | None
    citizen_lamp: str | None
    citizen_due_at: datetime | None
    citizen_provisional: bool | None
    citizen_on_time: bool | None
    custody_kind: str | None
    custody_lamp: str | None
    custody_due_at: datetime | None
    custody_provisional: bool | None
    lamp: str | None
    next_due_at: datetime | None
    finished_round: int | None
    finished_at: datetime | None
    outcome: str | None
    answer_masked: str | None
    invited_round: int | None
    answer_by: datetime | None
    rated_round: int | None
    level: int | None
    solved: bool | None
    closed_at: datetime | None
    closed_how: str | None
    origin: str | None
    holder: str | None
    holder_epoch: int | None
    is_ours: bool
    is_away: bool
    is_below: bool
    unit_node: str | None
    incoming_id: UUID | None
    incoming_from: str | None
    incoming_at: datetime | None
    offered_id: UUID | None
    offered_to: str | None
    reported_from: str | None
    reported_at: datetime | None
    reported_because: str | None
    supervised_until: datetime | None
    asked_until: datetime | None
    held_at: datetime | None
    held_by: str | None
    held_because: str | None
    hold_review_on: date | None
    searcher: str | None = None
    """The account of who answers for finding the unit of a pooled case."""
    escalated_at: datetime | None = None
    arbitration_id: UUID | None = None
    arbitrating_at: datetime | None = None
    bulletin_at: datetime | None = None
    raising_at: datetime | None = None
    callback_at: datetime | None = None
    centre_callback_at: datetime | None = None
    reclassified_at: datetime | None = None
    complained_units: Sequence[str] | None = None
    complained_persons: Sequence[str] | None = None
    complained_of: Mapping[str, Any] | None = None
    """By node: the titles of its units of which the case complains, and how many persons."""
    erased_at: datetime | None = None
    helping_units: Sequence[str] | None = None
    """Units of this node that have a part in this round; None where there never was a part."""
    urges: int | None = None
    """In this round; None where it was not urged."""
    urged_at: datetime | None = None
    name_withheld: bool | None = None
    """The person wants not to be known to who works on the case."""
    measures: Sequence[str] | None = None
    """What is done for a person who needs care."""
    others: Sequence[str] | None = None
    """Who reports it too, masked."""
    authority: Mapping[str, Any] | None = None
    """By which right the agent speaks."""
    helper_login: str | None = None
    helper_name: str | None = None
    said_at: datetime | None = None
    """When this node last heard something of the person."""
    withdrawn_at: datetime | None = None
    withdrawn_why: str | None = None
    withdrawn_by: str | None = None
    take_back_by: datetime | None = None
    taken_back_at: datetime | None = None
    pressed_at: datetime | None = None
    pressed_masked: str | None = None
    """Of being asked to withdraw; for supervisors alone."""
    orders: Sequence[OrderCard] = field(default=(), metadata={"beside": True})
    clocks: Sequence[ClockCard] = field(default=(), metadata={"beside": True})
    timeline: Sequence[Step] = field(default=(), metadata={"beside": True})
    evaluations: Sequence[EvaluationCard] = field(default=(), metadata={"beside": True})
    hand_overs: Sequence[HandOverCard] = field(default=(), metadata={"beside": True})
    supervisions: Sequence[SupervisionCard] = field(default=(), metadata={"beside": True})
    parts: Sequence[PartCard] = field(default=(), metadata={"beside": True})

    def authority_lapsed(self, now: datetime) -> bool:
        """Tell whether the agent's authority counts no more; on its last day it does."""
        until = (self.authority or {}).get("valid_until")
        return bool(until) and str(until) < day_of(now).isoformat()

    @property
    def order(self) -> OrderCard | None:
        """The order of the unit that holds the case, if any."""
        return next((order for order in self.orders if order.order_id == self.order_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCard:
    """A unit as dispatch listed it."""

    unit_id: UUID
    code: str
    title: str
    region: str
    parent: str | None
    phone: str | None
    active: bool
    kind: str = "ordinary"
    supervised_by: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    successors: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCard:
    """A service item as dispatch listed it."""

    item_id: UUID
    code: str
    title: str
    kind: str
    unit_code: str
    """Empty where nobody owns it."""
    complexity: str
    active: bool
