"""Give a case by itself, as it is accepted: only above a confidence that the node set."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.suggest import Suggestion, best_of_each
from services.dispatch.policy import Decision, PoolReason, Route
from services.dispatch.repository.cases import Case

WITHOUT_UNIT = frozenset({PoolReason.NO_RULE, PoolReason.UNKNOWN_PLACE})
"""Reasons of the pool that leave open whose a case is."""


def alone(
    db: Connection,
    decided: Sequence[tuple[Case, Decision]],
    node: str,
    above: float,
) -> dict[UUID, Suggestion]:
    """Return what is suggested surely enough for cases that no rule could place.

    None for one of which another tier's authority is told, or that complains of somebody: that is
    the caller's to leave out. `above` 0 is never.
    """
    open_ = [case for case, made in decided if made.reason in WITHOUT_UNIT and not made.because]
    if not open_ or above <= 0:
        return {}
    best = best_of_each(db, open_, node, _last(open_))
    return {case_id: one for case_id, one in best.items() if one.confidence >= above}


def as_decision(suggestion: Suggestion) -> Decision:
    """Return a suggestion that is acted upon as a decision."""
    return Decision(suggestion.unit, Route.SUGGESTION, None)


def sentence(suggestion: Suggestion) -> str:
    """Return for people why the system gave a case to a unit."""
    right, asked = suggestion.right, suggestion.asked
    return f"按以往派单自动派单：有同样把握的建议，过去 {asked} 次里 {right} 次派对"


def _last(cases: Sequence[Case]) -> datetime:
    return max(case.accepted_at for case in cases)
