"""What remains of a case's rows when its person was erased."""

from uuid import UUID

from sqlalchemy import Connection, case, null, select, update

from services.dispatch.tables import (
    arbitrations,
    cases,
    contacts,
    extensions,
    hand_overs,
    material_requests,
    opinions,
    order_rules,
    order_suggestions,
    orders,
    work_log,
)
from shared.security.erasing import redacted, worded

OF_ORDERS = (
    *("because", "legal_basis", "return_note_masked"),
    *("answer_masked", "finish_basis", "evidence_masked"),
)
WRITTEN = {
    contacts: ("note_masked",),
    work_log: ("place_masked", "people_masked", "note_masked"),
    material_requests: ("materials_masked", "note_masked"),
    extensions: ("because", "decided_because"),
}
"""What units write down for their orders, by table."""


def erase_rows(db: Connection, case_id: UUID) -> None:
    """Empty what was told, answered and noted of a case."""
    c, h, o = cases.c, hand_overs.c, orders.c
    item = case((c.item_code.is_(None), None), else_=c.item_name)
    told = {name: worded(c[name]) for name in ("title_masked", "text_masked")}
    db.execute(update(cases).where(c.case_id == case_id).values(**told, item_name=item))
    noted = {name: worded(h[name]) for name in ("because", "legal_basis", "note_masked")}
    of_case = update(hand_overs).where(h.case_id == case_id)
    db.execute(of_case.values(**noted, told=redacted(h.told)))
    done = {name: worded(o[name]) for name in OF_ORDERS}
    db.execute(update(orders).where(o.case_id == case_id).values(**done, answer=null()))
    mine = select(o.order_id).where(o.case_id == case_id)
    met = update(order_rules).where(order_rules.c.order_id.in_(mine))
    db.execute(met.values(met=[]))
    like = update(order_suggestions).where(order_suggestions.c.order_id.in_(mine))
    db.execute(like.values(counted=[]))
    _erase_disputes(db, case_id)
    for table, written in WRITTEN.items():
        told = {name: worded(table.c[name]) for name in written}
        db.execute(update(table).where(table.c.order_id.in_(mine)).values(told))


def _erase_disputes(db: Connection, case_id: UUID) -> None:
    a, o = arbitrations.c, opinions.c
    ruled = {name: worded(a[name]) for name in ("because", "legal_basis", "waiver_masked")}
    db.execute(update(arbitrations).where(a.case_id == case_id).values(ruled))
    mine = select(a.arbitration_id).where(a.case_id == case_id)
    said = {name: worded(o[name]) for name in ("because", "legal_basis")}
    db.execute(update(opinions).where(o.arbitration_id.in_(mine)).values(said))
