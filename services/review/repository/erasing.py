"""What remains of a case's ratings, callbacks and supervisions when its person was erased."""

from uuid import UUID

from sqlalchemy import Connection, null, update

from services.review.repository.leads import erase_leads
from services.review.tables import callbacks, evaluations, supervisions
from shared.security.erasing import worded


def erase_rows(db: Connection, case_id: UUID) -> None:
    """Empty what was written about a case; levels, reasons and times remain."""
    e, s = evaluations.c, supervisions.c
    of_case = update(evaluations).where(e.case_id == case_id)
    db.execute(of_case.values(text=null(), text_masked=worded(e.text_masked)))
    words = {name: worded(s[name]) for name in ("text_masked", "answer_masked")}
    db.execute(update(supervisions).where(s.case_id == case_id).values(words))
    called = update(callbacks).where(callbacks.c.case_id == case_id)
    db.execute(called.values(note_masked=worded(callbacks.c.note_masked)))
    erase_leads(db, case_id)
