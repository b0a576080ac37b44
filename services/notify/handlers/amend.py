"""A case was corrected: what is told of it goes to the telephone that is right."""

from dataclasses import replace

from sqlalchemy import Connection

from services.notify.handlers.facts import told_of
from services.notify.handlers.own_codes import readdress_others
from services.notify.handlers.queueing import (
    House,
    Notice,
    can_be_told,
    queue,
    say_unreachable,
)
from services.notify.policy.delivery import Failure, State
from services.notify.repository.messages import end_for_one_telephone, readdress_waiting
from services.notify.repository.recipients import (
    Recipient,
    lock_recipients,
    readdress,
    renew_query_code,
)
from shared.db.bulk import Row
from shared.errors import NotYet
from shared.events.intake import CaseAmended
from shared.events.notify import Purpose
from shared.events.sealed import PartyRole

PHONES = frozenset(f"{role}.phone" for role in PartyRole)


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
    told = _with_codes(told_of(event), known)
    readdress(db, told)
    readdress_others(db, told, known)
    if not PHONES.isdisjoint(event.fields):
        _readdress_waiting(db, event, told, house)
    if event.query_code is not None:
        renew_query_code(db, event.case_id, event.query_code)
        notice = Notice(Purpose.CODE_RENEWED, str(event.order_id), shows_code=True)
        queue(db, house, [(event, notice)])


def _with_codes(told: Recipient, known: Recipient) -> Recipient:
    codes = {each.serial: each.query_code for each in known.also}
    also = (replace(each, query_code=codes.get(each.serial)) for each in told.also)
    return replace(told, also=tuple(also))


def _readdress_waiting(db: Connection, event: CaseAmended, told: Recipient, house: House) -> None:
    over = {"state": State.FAILED, "ended_at": event.occurred_at}
    end_for_one_telephone(db, event.case_id, over | {"last_error": Failure.CORRECTED})
    there: Row = {"masked_phone": told.masked_phone}
    if can_be_told(db, house, event.case_id, told.phone):
        readdress_waiting(db, event.case_id, there)
        return
    unreachable = there | over | {"last_error": Failure.NO_MOBILE}
    for row in readdress_waiting(db, event.case_id, unreachable):
        say_unreachable(db, house, {**row, "last_error": Failure.NO_MOBILE})
