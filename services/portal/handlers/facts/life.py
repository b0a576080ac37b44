"""What dispatch says of an order's life, of searches for a unit, arbitrations and meetings."""

from services.portal.handlers.sheet import Facts, Sheet
from services.portal.repository import Row
from shared.events.base import CaseEvent, Envelope
from shared.events.dispatch import (
    ArbitrationDecided,
    ArbitrationOpened,
    ExtensionAsked,
    ExtensionDecided,
    MaterialsAsked,
    MaterialsReceived,
    MeetingCalled,
    MeetingCancelled,
    MeetingHeld,
    MeetingReminded,
    MinutesConfirmed,
    OpinionGiven,
    OutsideAsked,
    OutsideEnded,
    OutsideMessageMade,
    SearchEscalated,
    SearchTaken,
    WorkLogged,
)

NO_MATERIALS = ("materials_id", "materials_by", "materials_masked")
NO_EXTENSION = ("extension_id", "extension_at", "extension_days", "extension_because")


def _noted(sheet: Sheet, _envelope: Envelope, event: CaseEvent) -> None:
    sheet.case(event.case_id)  # it stands in the timeline and changes nothing else


def _asked(sheet: Sheet, _envelope: Envelope, event: MaterialsAsked) -> None:
    order = _order(sheet, event)
    order["materials_id"] = event.request_id
    order["materials_by"] = event.answer_by
    order["materials_masked"] = event.materials_masked


def _received(sheet: Sheet, _envelope: Envelope, event: MaterialsReceived) -> None:
    order = _order(sheet, event)
    if order["materials_id"] == event.request_id:
        order.update(dict.fromkeys(NO_MATERIALS))


def _pleaded(sheet: Sheet, _envelope: Envelope, event: ExtensionAsked) -> None:
    order = _order(sheet, event)
    order["extension_id"] = event.extension_id
    order["extension_at"] = event.occurred_at
    order["extension_days"] = event.days
    order["extension_because"] = event.because


def _decided(sheet: Sheet, _envelope: Envelope, event: ExtensionDecided) -> None:
    order = _order(sheet, event)
    if order["extension_id"] == event.extension_id:
        order.update(dict.fromkeys(NO_EXTENSION))


def _order(
    sheet: Sheet, event: MaterialsAsked | MaterialsReceived | ExtensionAsked | ExtensionDecided
) -> Row:
    # The same dispatch has said before that there is such an order.
    sheet.case(event.case_id)
    return sheet.order(event.order_id, event.case_id)


def _taken(sheet: Sheet, _envelope: Envelope, event: SearchTaken) -> None:
    sheet.case(event.case_id)["searcher"] = event.owner


def _escalated(sheet: Sheet, envelope: Envelope, event: SearchEscalated) -> None:
    row = sheet.case(event.case_id)
    if sheet.is_own(envelope):
        row["escalated_at"] = event.occurred_at


def _arbitrating(sheet: Sheet, envelope: Envelope, event: ArbitrationOpened) -> None:
    row = sheet.case(event.case_id)
    if sheet.is_own(envelope):
        row["arbitration_id"] = event.arbitration_id
        row["arbitrating_at"] = event.occurred_at


def _arbitrated(sheet: Sheet, envelope: Envelope, event: ArbitrationDecided) -> None:
    row = sheet.case(event.case_id)
    if sheet.is_own(envelope) and row["arbitration_id"] == event.arbitration_id:
        row["arbitrating_at"] = None


FACTS: Facts = {
    WorkLogged: _noted,
    MaterialsAsked: _asked,
    MaterialsReceived: _received,
    ExtensionAsked: _pleaded,
    ExtensionDecided: _decided,
    SearchTaken: _taken,
    SearchEscalated: _escalated,
    ArbitrationOpened: _arbitrating,
    OpinionGiven: _noted,
    OutsideAsked: _noted,
    OutsideEnded: _noted,
    OutsideMessageMade: _noted,
    ArbitrationDecided: _arbitrated,
    MeetingCalled: _noted,
    MeetingHeld: _noted,
    MeetingReminded: _noted,
    MinutesConfirmed: _noted,
    MeetingCancelled: _noted,
}
