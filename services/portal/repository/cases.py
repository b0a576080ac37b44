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
    )


def _of(db: Connection, card: type[C], table: Table, case_id: UUID, *order: str) -> Sequence[C]:
    query = select(*columns_of(card, table)).where(table.c.case_id == case_id)
    rows: Any = db.execute(query.order_by(*(table.c[name] for name in order))).mappings()
    return [card(**row) for row in rows]


def numbers_of(db: Connection, cases: Sequence[UUID]) -> Mapping[UUID, str]:
    """Return the numbers of cases by their ids; of one that is unknown here nothing."""
    query = select(live.cases.c.case_id, live.cases.c.number)
    found = db.execute(query.where(among(live.cases.c.case_id, cases))) if cases else ()
    return {row.case_id: row.number for row in found if row.number is not None}
