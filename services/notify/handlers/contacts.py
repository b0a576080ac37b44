"""A person changes the telephone: a code goes to the new one, a notice to the old one."""

from sqlalchemy import Connection

from services.notify.handlers.queueing import Addressee, House, Notice, queue
from shared.events.intake.afterwards import ContactChanged, ContactCodeMade
from shared.events.notify import Purpose


def send_contact_code(db: Connection, event: ContactCodeMade, house: House) -> None:
    """Send the code to the new telephone; later than its end it is of no use."""
    notice = Notice(
        Purpose.CONTACT_CODE,
        str(event.change_id),
        {"date": event.expires_at},
        sealed={"code": event.code},
        to=Addressee(event.phone, event.masked_phone, event.language),
        expires_at=event.expires_at,
    )
    queue(db, house, [(event, notice)])


def tell_old_telephone(db: Connection, event: ContactChanged, house: House) -> None:
    """Tell the old telephone, if there was one: whoever has it may not have wanted the change."""
    if event.old_phone is None:
        return
    to = Addressee(event.old_phone, event.old_masked, event.language)
    notice = Notice(Purpose.CONTACT_CHANGED, str(event.change_id), to=to)
    queue(db, house, [(event, notice)])
