"""What dispatch says of parts: co-handling, duties of meetings."""

from services.portal.handlers.sheet import Facts, Sheet
from services.portal.repository import Row
from shared.events.base import Envelope
from shared.events.dispatch import (
    PartAnswered,
    PartDeclined,
    PartDissented,
    PartEvent,
    PartOpened,
    PartUrged,
    PartWithdrawn,
)


def _opened(sheet: Sheet, envelope: Envelope, event: PartOpened) -> None:
    part = _part(sheet, event)
    part["node"] = envelope.node
    part["round"] = event.round
    part["task_masked"] = event.task_masked
    part["opened_at"] = event.occurred_at
    part["due_at"] = event.due_at


def _answered(sheet: Sheet, _envelope: Envelope, event: PartAnswered) -> None:
    part = _part(sheet, event)
    part.update(state="answered", answered_at=event.occurred_at, dissent_reason=None)
    part.update(answer_masked=event.answer_masked, legal_basis=event.legal_basis)


def _dissented(sheet: Sheet, _envelope: Envelope, event: PartDissented) -> None:
    part = _part(sheet, event)
    part.update(state="dissenting", answered_at=event.occurred_at, dissent_reason=event.reason)
    part.update(answer_masked=event.note_masked, legal_basis=event.legal_basis)


def _declined(sheet: Sheet, _envelope: Envelope, event: PartDeclined) -> None:
    part = _part(sheet, event)
    part.update(declined_at=event.occurred_at, decline_ground=event.ground)
    part.update(answer_masked=event.note_masked, legal_basis=event.legal_basis)


def _urged(sheet: Sheet, _envelope: Envelope, event: PartUrged) -> None:
    part = _part(sheet, event)
    part.update(urged_at=event.occurred_at, urges=event.urges)


def _withdrawn(sheet: Sheet, _envelope: Envelope, event: PartWithdrawn) -> None:
    part = _part(sheet, event)
    part.update(state="withdrawn", ended_at=event.occurred_at)
    part.update(end_why=event.why, end_note_masked=event.note_masked)


def _part(sheet: Sheet, event: PartEvent) -> Row:
    # All of them are said by one dispatch, in their order.
    sheet.case(event.case_id)
    part = sheet.part(event.part_id, event.case_id)
    part["order_id"] = event.order_id
    part["kind"] = event.kind
    part["unit_code"] = event.unit_code
    part["unit_name"] = event.unit_name
    return part


FACTS: Facts = {
    PartOpened: _opened,
    PartAnswered: _answered,
    PartDissented: _dissented,
    PartDeclined: _declined,
    PartUrged: _urged,
    PartWithdrawn: _withdrawn,
}
