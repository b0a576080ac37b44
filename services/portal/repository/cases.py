"""The card of one case: its row and everything that hangs on it."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Table, select

from services.portal.repository.cards import (
    CaseCard,
    ClockCard,
    EvaluationCard,
    OrderCard,
    PartCard,
    Step,
)
from services.portal.repository.columns import columns_of
from services.portal.repository.tiers import HandOverCard, SupervisionCard
from services.portal.tables import live
from shared.db.bulk import among

C = TypeVar("C")


def case_page(db: Connection, number: str) -> CaseCard | None:
    """Return the card of the case with this number, or None while it is unknown here."""
    case = live.cases
    query = select(*columns_of(CaseCard, case)).where(case.c.number == number).limit(1)
    row = db.execute(query).mappings().one_or_none()
    if row is None:
        return None
    case_id = row["case_id"]
    return CaseCard(
        **row,
        orders=_of(db, OrderCard, live.orders, case_id, "dispatched_at", "order_id"),
        clocks=_of(db, ClockCard, live.clocks, case_id, "started_at", "clock_id"),
        timeline=_of(db, Step, live.timeline, case_id, "at", "id"),
        evaluations=_of(db, EvaluationCard, live.evaluations, case_id, "round"),
        hand_overs=_of(db, HandOverCard, live.hand_overs, case_id, "epoch", "offered_at"),
        supervisions=_of(db, SupervisionCard, live.supervisions, case_id, "ordered_at"),
        parts=_of(db, PartCard, live.parts, case_id, "opened_at", "part_id"),
    )


def _of(db: Connection, card: type[C], table: Table, case_id: UUID, *order: str) -> Sequence[C]:
    query = select(*columns_of(card, table)).where(table.c.case_id == case_id)
    rows: Any = db.execute(query.order_by(*(table.c[name] for name in order))).mappings()
    return [card(**row) for row in rows]


def live_parts_of(
    db: Connection, unit: str, cases: Sequence[UUID]
) -> Mapping[UUID, Sequence[PartCard]]:
    """Return what a unit still owes of other units' cases, by case."""
    p = live.parts.c
    if not cases:
        return {}
    mine = (p.is_live, p.unit_code == unit, among(p.case_id, cases))
    query = select(p.case_id, *columns_of(PartCard, live.parts)).where(*mine).order_by(p.due_at)
    found: dict[UUID, list[PartCard]] = {}
    for row in db.execute(query).mappings():
        told = {name: value for name, value in row.items() if name != "case_id"}
        found.setdefault(row["case_id"], []).append(PartCard(**told))
    return found


def numbers_of(db: Connection, cases: Sequence[UUID]) -> Mapping[UUID, str]:
    """Return the numbers of cases by their ids; of one that is unknown here nothing."""
    query = select(live.cases.c.case_id, live.cases.c.number)
    found = db.execute(query.where(among(live.cases.c.case_id, cases))) if cases else ()
    return {row.case_id: row.number for row in found if row.number is not None}
