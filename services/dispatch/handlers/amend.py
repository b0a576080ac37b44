"""A case was corrected: what dispatch shows and says of it is what stands now."""

from sqlalchemy import Connection

from services.dispatch.repository.cases import Words, amend_told
from services.dispatch.repository.lessons import note_changed
from shared.events.intake import CaseAmended


def amend_case(db: Connection, event: CaseAmended) -> None:
    """Take over the masked words of a correction; what is not here is told corrected later."""
    words = (event.title_masked, event.text_masked)
    amend_told(db, Words(event.case_id, event.amendment, *words))
    note_changed(db, event.case_id)
