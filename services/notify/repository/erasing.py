"""What remains of a case's recipient and messages when its person was erased."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, null, select, update

from services.notify.policy.delivery import State
from services.notify.tables import handset, messages, recipients
from shared.security.erasing import redacted

ERASED = "erased"


def erase_rows(db: Connection, case_id: UUID, at: datetime) -> None:
    """Empty recipient and messages of a case; of a message its purpose and its times remain."""
    mine = messages.c.case_id == case_id
    gone = {"query_code": null(), "phone": null(), "masked_phone": None, "also": null()}
    gone |= {"language": None}
    db.execute(update(recipients).where(recipients.c.case_id == case_id).values(gone))
    under_way = messages.c.state.in_((State.QUEUED, State.SENDING))
    ended = {"state": State.FAILED, "last_error": ERASED, "ended_at": at}
    db.execute(update(messages).where(mine, under_way).values(ended))
    blank = {"body": redacted(messages.c.body), "masked_phone": None}
    db.execute(update(messages).where(mine).values(**blank, phone=null()))
    of_case = select(messages.c.id).where(mine)
    db.execute(delete(handset).where(handset.c.message_id.in_(of_case)))
