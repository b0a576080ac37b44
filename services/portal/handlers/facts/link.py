"""What this node's link says: the person of a case that was taken over is known here."""

from services.portal.handlers.facts.told import Told, earliest, persons, told
from services.portal.handlers.sheet import Facts, Sheet
from shared.events.base import Envelope
from shared.events.link import AnchorContradicted, CaseReceived, CustodyHeard, OrderPassedOn


def _received(sheet: Sheet, _envelope: Envelope, event: CaseReceived) -> None:
    row = sheet.case(event.case_id)
    row["is_ours"] = True
    row["origin"] = row["origin"] or event.origin
    row["received_at"] = event.occurred_at
    told(sheet, event, Told.RECEIVED)
    persons(row, event)
    earliest(row, registered_at=event.registered_at, accepted_at=event.accepted_at)


def _contradicted(_sheet: Sheet, _envelope: Envelope, _event: AnchorContradicted) -> None:
    # It stands in the journal; the page of the audit asks link how the anchors are now.
    pass


def _passed_on(sheet: Sheet, _envelope: Envelope, event: OrderPassedOn) -> None:
    sheet.case(event.case_id)


def _custody_heard(_sheet: Sheet, _envelope: Envelope, _event: CustodyHeard) -> None:
    # It stands in the journal; dispatch keeps what differs.
    pass


FACTS: Facts = {
    CaseReceived: _received,
    AnchorContradicted: _contradicted,
    OrderPassedOn: _passed_on,
    CustodyHeard: _custody_heard,
}
