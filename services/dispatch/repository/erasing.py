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
    meeting_duties,
    meeting_minutes,
    meeting_parties,
    meeting_presences,
    meeting_rounds,
    meetings,
    opinions,
    order_rules,
    order_suggestions,
    orders,
    outside_questions,
    parts,
    tracking_consents,
    tracking_reports,
    work_log,
)
from shared.security.erasing import redacted, worded

OF_ORDERS = (
    *("because", "legal_basis", "return_note_masked"),
    *("answer_masked", "finish_basis", "evidence_masked", "override_masked"),
)
OF_PARTS = ("task_masked", "answer_masked", "legal_basis", "end_note_masked")
WRITTEN = {
    contacts: ("note_masked",),
    work_log: ("place_masked", "people_masked", "note_masked"),
    material_requests: ("materials_masked", "note_masked"),
    extensions: ("because", "decided_because"),
    tracking_reports: ("explanation_masked", "ground_masked"),
    tracking_consents: ("because",),
}
"""What units write down for their orders, by table."""
OF_MEETINGS = {
    meetings: ("topic_masked", "bring_masked", "ended_because"),
    meeting_parties: ("name_masked", "heard_because"),
    meeting_rounds: ("place_masked", "agenda_masked", "said_masked"),
    meeting_presences: ("substitute_masked",),
    meeting_minutes: ("conclusion_masked", "amends_because"),
    meeting_duties: ("company_masked", "words_masked"),
}
"""What is written down of meetings, by table."""


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
    _erase_meetings(db, case_id)
    helped = {name: worded(parts.c[name]) for name in OF_PARTS}
    db.execute(update(parts).where(parts.c.case_id == case_id).values(helped))
    _erase_questions(db, case_id)
    for table, written in WRITTEN.items():
        told = {name: worded(table.c[name]) for name in written}
        db.execute(update(table).where(table.c.order_id.in_(mine)).values(told))
    reports = update(tracking_reports).where(tracking_reports.c.order_id.in_(mine))
    db.execute(reports.values(explanation=null()))


def _erase_disputes(db: Connection, case_id: UUID) -> None:
    a, o = arbitrations.c, opinions.c
    ruled = {name: worded(a[name]) for name in ("because", "legal_basis", "waiver_masked")}
    db.execute(update(arbitrations).where(a.case_id == case_id).values(ruled))
    mine = select(a.arbitration_id).where(a.case_id == case_id)
    said = {name: worded(o[name]) for name in ("because", "legal_basis")}
    db.execute(update(opinions).where(o.arbitration_id.in_(mine)).values(said))


def _erase_meetings(db: Connection, case_id: UUID) -> None:
    mine = select(meetings.c.meeting_id).where(meetings.c.case_id == case_id)
    rounds = select(meeting_rounds.c.round_id).where(meeting_rounds.c.meeting_id.in_(mine))
    papers = select(meeting_minutes.c.minutes_id).where(meeting_minutes.c.meeting_id.in_(mine))
    of = {
        meetings: meetings.c.case_id == case_id,
        meeting_parties: meeting_parties.c.meeting_id.in_(mine),
        meeting_rounds: meeting_rounds.c.meeting_id.in_(mine),
        meeting_presences: meeting_presences.c.round_id.in_(rounds),
        meeting_minutes: meeting_minutes.c.meeting_id.in_(mine),
        meeting_duties: meeting_duties.c.minutes_id.in_(papers),
    }
    for table, names in OF_MEETINGS.items():
        told = {name: worded(table.c[name]) for name in names}
        db.execute(update(table).where(of[table]).values(told))
    db.execute(update(meeting_minutes).where(of[meeting_minutes]).values(paper=null()))


def _erase_questions(db: Connection, case_id: UUID) -> None:
    q = outside_questions.c
    told = {name: worded(q[name]) for name in ("text_masked", "answer_masked", "end_note_masked")}
    erased = update(outside_questions).where(q.case_id == case_id)
    gone = erased.values(files=[], link_mark=None, code_hash=None, answer=null())
    db.execute(gone.values(told))
