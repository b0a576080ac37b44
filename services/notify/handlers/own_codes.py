"""Somebody beside who speaks for all has a new query code of their own, or a new telephone."""

from dataclasses import replace

from sqlalchemy import Connection

from services.notify.handlers.queueing import Addressee, House, Notice, queue
from services.notify.repository.messages import readdress_of_one
from services.notify.repository.recipients import Recipient, lock_recipients, readdress
from shared.errors import NotYet
from shared.events.intake import OwnCodeRenewed
from shared.events.notify import Purpose


def tell_own_code(db: Connection, event: OwnCodeRenewed, house: House) -> None:
    """Send somebody their own new code, and put it into what they are sent from now on.

    Who is told nothing of it, or has left, is sent none. Raises NotYet for an unknown case.
    """
    known = lock_recipients(db, [event.case_id]).get(event.case_id)
    if known is None:
        raise NotYet
    mine = next((each for each in known.also if each.serial == event.complainant), None)
    if mine is None:
        return
    renewed = replace(mine, query_code=event.query_code)
    also = (renewed if each is mine else each for each in known.also)
    readdress(db, replace(known, also=tuple(also)))
    notice = Notice(
        Purpose.CODE_RENEWED,
        f"{event.renewal_id} +{event.complainant}",
        shows_code=True,
        to=Addressee(mine.phone, mine.masked_phone),
        query_code=event.query_code,
    )
    queue(db, house, [(event, notice)])


def readdress_others(db: Connection, told: Recipient, known: Recipient) -> None:
    """Let what waits for each beside who speaks for all go to the telephone they have now."""
    before = {each.serial: each.phone for each in known.also}
    for each in told.also:
        if each.serial in before and each.phone != before[each.serial]:
            readdress_of_one(db, told.case_id, each)
