"""What notify says: it stands in the timeline and changes nothing else."""

from services.portal.handlers.sheet import Facts, Sheet
from shared.events.base import Envelope
from shared.events.notify import DutyPhoneListed, MessageDelivered, MessageFailed


def _told(sheet: Sheet, _envelope: Envelope, event: MessageDelivered | MessageFailed) -> None:
    sheet.case(event.case_id)


def _listed(_sheet: Sheet, _envelope: Envelope, _event: DutyPhoneListed) -> None:
    # Who tells staff keeps it.
    pass


FACTS: Facts = {MessageDelivered: _told, MessageFailed: _told, DutyPhoneListed: _listed}
