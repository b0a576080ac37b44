"""Units of other nodes of which cases complain, and how this node's units are found by title."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select

from services.review.tables import complained_elsewhere, lead_cases, units
from shared.events.intake import UnitComplainedOf


def keep_elsewhere(db: Connection, case_id: UUID, told: Collection[UnitComplainedOf]) -> None:
    """Keep of which units of other nodes a case complains, in place of what was known."""
    c = complained_elsewhere.c
    db.execute(delete(complained_elsewhere).where(c.case_id == case_id))
    if told:
        rows = [{"case_id": case_id, **unit.model_dump()} for unit in sorted(set(told), key=repr)]
        db.execute(insert(complained_elsewhere), rows)


def elsewhere_of(db: Connection, lead_id: UUID) -> tuple[UnitComplainedOf, ...]:
    """Return the units of other nodes of which the cases of a lead complain."""
    c = complained_elsewhere.c
    told = (c.node, c.code, c.title)
    query = select(*told).join(lead_cases, lead_cases.c.case_id == c.case_id).distinct()
    found = db.execute(query.where(lead_cases.c.lead_id == lead_id).order_by(*told))
    return tuple(UnitComplainedOf.model_validate(row) for row in found.mappings())


def codes_titled(db: Connection, titles: Sequence[str]) -> frozenset[str]:
    """Return the codes of this node's units of these titles."""
    return frozenset(db.scalars(select(units.c.code).where(units.c.title.in_(titles))))


def leads_of(db: Connection, case_id: UUID) -> Sequence[UUID]:
    """Return the leads that a case has met."""
    mine = lead_cases.c.case_id == case_id
    query = select(lead_cases.c.lead_id).where(mine).order_by(lead_cases.c.lead_id)
    return list(db.scalars(query))
