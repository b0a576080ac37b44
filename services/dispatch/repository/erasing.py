"""What remains of a case's rows when its person was erased."""

from uuid import UUID

from sqlalchemy import Connection, case, null, select, update

from services.dispatch.tables import cases, contacts, hand_overs, order_rules, orders
from shared.security.erasing import redacted, worded


def erase_rows(db: Connection, case_id: UUID) -> None:
    """Empty what was told, answered and noted of a case."""
    c, h, o = cases.c, hand_overs.c, orders.c
    item = case((c.item_code.is_(None), None), else_=c.item_name)
    told = {name: worded(c[name]) for name in ("title_masked", "text_masked")}
    db.execute(update(cases).where(c.case_id == case_id).values(**told, item_name=item))
    noted = {name: worded(h[name]) for name in ("because", "legal_basis", "note_masked")}
    of_case = update(hand_overs).where(h.case_id == case_id)
    db.execute(of_case.values(**noted, told=redacted(h.told)))
    words = ("because", "legal_basis", "return_note_masked", "answer_masked")
    done = {name: worded(o[name]) for name in words}
    db.execute(update(orders).where(o.case_id == case_id).values(**done, answer=null()))
    mine = select(o.order_id).where(o.case_id == case_id)
    met = update(order_rules).where(order_rules.c.order_id.in_(mine))
    db.execute(met.values(met=[]))
    noted_there = worded(contacts.c.note_masked)
    log = update(contacts).where(contacts.c.order_id.in_(mine))
    db.execute(log.values(note_masked=noted_there))
