"""A case was corrected: what is told of it goes to the telephone that is right."""

from sqlalchemy import Connection

from services.notify.handlers.facts import told_of
from services.notify.handlers.queueing import House, Notice, queue
from services.notify.policy.delivery import Failure, State
from services.notify.repository.messages import readdress_waiting
from services.notify.repository.recipients import (
    lock_recipients,
    readdress,
    renew_query_code,
)
from shared.errors import NotYet
from shared.events.intake import CaseAmended
from shared.events.notify import Purpose


def readdress_case(db: Connection, event: CaseAmended, house: House, node: str) -> None:
    """Let messages go to the corrected telephone, those that wait as well; send the new code.

    Only the node that registered a case tells its person.
    """
    if event.ordered_by != node:
        return
    known = lock_recipients(db, [event.case_id]).get(event.case_id)
    if known is None:
        raise NotYet
    if event.amendment <= known.amendment:
        return
    told = told_of(event)
    readdress(db, told)
    ended = {"state": State.FAILED, "last_error": Failure.CORRECTED, "ended_at": event.occurred_at}
    if any(field.endswith(".phone") for field in event.fields):
        readdress_waiting(db, event.case_id, told.masked_phone, ended)
    if event.query_code is not None:
        renew_query_code(db, event.case_id, event.query_code)
        notice = Notice(Purpose.CODE_RENEWED, str(event.order_id), shows_code=True)
        queue(db, house, [(event, notice)])
