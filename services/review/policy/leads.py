"""Leads: what no rule covers or what quietly keeps people out, until who can change it answers.

open ─► routed ─► closed. A body that says it is not the one sends a lead back to open; one that
is at work on it keeps it routed, with a day (N12, S4-09, S4-13).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from types import MappingProxyType


@unique
class LeadKind(StrEnum):
    """Which register a lead stands in."""

    POLICY_GAP = "policy_gap"
    """No rule covers it, or two rules each want the other first."""
    HIDDEN_BARRIER = "hidden_barrier"
    """A rule covers it, and practice asks for more than the rule."""


@unique
class LeadState(StrEnum):
    """Where a lead stands."""

    OPEN = "open"
    ROUTED = "routed"
    CLOSED = "closed"


@unique
class LeadOutcome(StrEnum):
    """What the body that can change the rule says."""

    CHANGED = "changed"
    UNDER_WAY = "under_way"
    KEPT = "kept"
    NOT_OURS = "not_ours"


@unique
class LeadRefusal(StrEnum):
    """Why a step is not possible; the words are codes of the HTTP door."""

    WRONG_STATE = "wrong_state"
    REQUIRED = "required"
    PAST_DATE = "past_date"


@dataclass(frozen=True, slots=True)
class LeadAnswer:
    """What was answered, but for its words."""

    outcome: LeadOutcome
    document: str | None = None
    """The paper that changes the rule, or the one that keeps it."""
    in_force_from: date | None = None
    promised_on: date | None = None


AFTER: Mapping[LeadOutcome, LeadState] = MappingProxyType(
    {
        LeadOutcome.CHANGED: LeadState.CLOSED,
        LeadOutcome.UNDER_WAY: LeadState.ROUTED,
        LeadOutcome.KEPT: LeadState.CLOSED,
        LeadOutcome.NOT_OURS: LeadState.OPEN,
    }
)
"""The state that an answer leads to."""

NEEDS: Mapping[LeadOutcome, tuple[str, ...]] = MappingProxyType(
    {
        LeadOutcome.CHANGED: ("document", "in_force_from"),
        LeadOutcome.UNDER_WAY: ("promised_on",),
        LeadOutcome.KEPT: ("document",),
        LeadOutcome.NOT_OURS: (),
    }
)
"""What an answer cannot be without: a change has its paper and its day, a no has its basis."""


@dataclass(frozen=True, slots=True)
class LeadObjection:
    """Why not, and because of which field; None where it is no field's fault."""

    refusal: LeadRefusal
    field: str | None = None


def objection_to_routing(state: LeadState) -> LeadObjection | None:
    """Return why a lead cannot be given to a body now; one that is with a body may change it."""
    return LeadObjection(LeadRefusal.WRONG_STATE) if state is LeadState.CLOSED else None


def objection_to_answer(state: LeadState, answer: LeadAnswer, today: date) -> LeadObjection | None:
    """Return why an answer cannot stand: nobody was asked, or it lacks what it needs."""
    if state is not LeadState.ROUTED:
        return LeadObjection(LeadRefusal.WRONG_STATE)
    for name in NEEDS[answer.outcome]:
        if not getattr(answer, name):
            return LeadObjection(LeadRefusal.REQUIRED, name)
    promised = answer.promised_on
    if answer.outcome is LeadOutcome.UNDER_WAY and promised is not None and promised < today:
        return LeadObjection(LeadRefusal.PAST_DATE, "promised_on")
    return None
