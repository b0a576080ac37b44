"""Whom a case complains of takes no part in it: not by a decision, not as the one who gets it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.policy import Decision, UnitRule, is_barred, past_conflict
from services.dispatch.repository.catalogue import conflicted, whole_tree
from services.dispatch.tables import complaints
from shared.complaints import Complaint, barred, complaint_of
from shared.errors import Refused
from shared.security.caller import Caller
from shared.security.policy import Resource, is_complained_of

UNKNOWN = {
    "case_id": "unknown_case",
    "hand_over_id": "unknown_hand_over",
    "extension_id": "unknown_extension",
    "arbitration_id": "unknown_arbitration",
    "meeting_id": "unknown_meeting",
}
"""What is said of a field that names what there is not."""


def complaint_free_of(
    db: Connection, case_id: UUID, caller: Caller, field: str = "case_id"
) -> Complaint:
    """Return whom a case complains of; for one of them there is no such case, and no such offer.

    Asked before anything else is: what else is wrong would tell them that it exists.
    """
    told = complaint_of(db, complaints, case_id)
    here = barred(Resource(node=caller.actor.node), told)
    if is_complained_of(caller.actor, here):
        raise Refused(UNKNOWN[field], field=field)
    return told


@dataclass(frozen=True, slots=True)
class Barred:
    """The units that may not have a case: complained of, or heirs of such a one, or below it."""

    units: frozenset[str] = frozenset()
    parents: Mapping[str, str | None] = field(default_factory=dict)

    def has(self, unit: str) -> bool:
        """Tell whether a unit is among them."""
        return is_barred(unit, self.units, self.parents)


def barred_from(db: Connection, case_id: UUID) -> Barred:
    """Return which units may not have a case, as far as it is known to complain of any."""
    told = complaint_of(db, complaints, case_id)
    return Barred(conflicted(db, told.units), whole_tree(db).parents) if told.units else Barred()


def detoured(db: Connection, case_id: UUID, decision: Decision) -> Decision:
    """Return a decision for one case as it stands once whom it complains of is passed by."""
    told = complaint_of(db, complaints, case_id)
    if decision.unit is None or not told.units:
        return decision
    return past_conflict(decision, whole_tree(db), conflicted(db, told.units))


def because_of(decision: Decision, otherwise: str) -> str:
    """Return the ground of a decision for people; past whom it went, if it is a detour."""
    before = decision.detour_from
    ground = f"{otherwise}{taking_over((before or decision).unit)}"
    if before is None or before.unit is None:
        return ground
    return f"{ground}；本件反映的是{before.unit.title}或它的上级，按回避要求交由上级单位办理"


def taking_over(unit: UnitRule | None) -> str:
    """Return for people in whose place a unit stands; empty where it stands for itself."""
    if unit is None or unit.instead_of is None:
        return ""
    return f"；“{unit.instead_of}”已停用，由“{unit.title}”承接"
